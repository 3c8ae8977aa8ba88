//! Clients as numbers: a stale, foreign or made-up one is an error, never a wild pointer.

use std::sync::Arc;

use arc_swap::ArcSwap;
use ffi_support::{Handle, HandleMap};
use once_cell::race::OnceBox;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};

type Clients = HandleMap<Arc<Client>>;

/// Exchanged as a whole, without locks: a child of fork() inherits the clients, and would also
/// inherit a lock that another thread held at that moment, with nobody left to open it.
static CLIENTS: OnceBox<ArcSwap<Clients>> = OnceBox::new();

/// The map's own limit.
const MOST_CLIENTS: usize = (1 << 15) - 2;

fn clients() -> &'static ArcSwap<Clients> {
    CLIENTS.get_or_init(|| Box::new(ArcSwap::from_pointee(HandleMap::new())))
}

/// Exchanges the map for a changed copy, and says what the change gave. It may be made more than
/// once, where others change the map at the same time.
fn change<T>(change: impl Fn(&mut Clients) -> T) -> T {
    loop {
        let current = clients().load_full();
        let mut changed = Clients::clone(&current);
        let outcome = change(&mut changed);
        let found = clients().compare_and_swap(&current, Arc::new(changed));
        if Arc::ptr_eq(&current, &found) {
            return outcome;
        }
    }
}

pub(super) fn insert(client: Client) -> Result<u64> {
    let client = Arc::new(client);
    change(|clients| {
        if clients.len() >= MOST_CLIENTS {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("{MOST_CLIENTS} clients are open; free those that are not needed"),
            ));
        }
        Ok(clients.insert(Arc::clone(&client)).into_u64())
    })
}

/// The client of a number, which lives at least as long as the call that asked.
pub(super) fn get(number: u64) -> Result<Arc<Client>> {
    Handle::from_u64(number)
        .and_then(|handle| clients().load().get(handle).cloned())
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
pub(super) fn remove(number: u64) -> Option<Arc<Client>> {
    get(number).ok()?;
    let handle = Handle::from_u64(number).ok()?;
    change(|clients| clients.remove(handle)).ok()
}
