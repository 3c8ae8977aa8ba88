//! Clients as numbers: a stale, foreign or made-up one is an error, never a wild pointer.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ffi_support::{Handle, HandleMap};

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};

/// Held only to look up, insert or remove, never while a request is under way.
static CLIENTS: LazyLock<RwLock<HandleMap<Arc<Client>>>> =
    LazyLock::new(|| RwLock::new(HandleMap::new()));

/// The map's own limit.
const MOST_CLIENTS: usize = (1 << 15) - 2;

pub(super) fn insert(client: Client) -> Result<u64> {
    let mut clients = CLIENTS.write().unwrap_or_else(PoisonError::into_inner);
    if clients.len() >= MOST_CLIENTS {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!("{MOST_CLIENTS} clients are open; free those that are not needed"),
        ));
    }
    Ok(clients.insert(Arc::new(client)).into_u64())
}

/// The client of a number, which lives at least as long as the call that asked.
pub(super) fn get(number: u64) -> Result<Arc<Client>> {
    let clients = CLIENTS.read().unwrap_or_else(PoisonError::into_inner);
    Handle::from_u64(number)
        .and_then(|handle| clients.get(handle).cloned())
        .map_err(|_| {
            Error::new(
                ErrorKind::InvalidHandle,
                match number {
                    0 => "the client is 0: it was never opened, or opening it failed",
                    _ => "the client was freed, or its number was never one",
                },
            )
        })
}

/// Forgets a number. Calls under way keep the client until they return.
pub(super) fn remove(number: u64) {
    let removed = {
        let mut clients = CLIENTS.write().unwrap_or_else(PoisonError::into_inner);
        Handle::from_u64(number).and_then(|handle| clients.remove(handle))
    };
    // Dropped outside of the lock.
    drop(removed);
}
