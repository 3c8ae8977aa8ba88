//! The open clients, by number.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use once_cell::race::OnceBox;

use super::handle::{self, HandleKind};
use crate::client::Client;
use crate::error::Result;

type Clients = HashMap<u64, Arc<Client>>;

/// The map is replaced as a whole, without a lock. A lock that another thread held during fork() would remain locked in the
/// child, which inherits the clients.
static CLIENTS: OnceBox<ArcSwap<Clients>> = OnceBox::new();

fn clients() -> &'static ArcSwap<Clients> {
    CLIENTS.get_or_init(|| Box::new(ArcSwap::from_pointee(HashMap::new())))
}

/// Adds a client and returns its number.
pub(super) fn insert(client: Client) -> Result<u64> {
    let number = handle::next(HandleKind::Client)?;
    let client = Arc::new(client);
    clients().rcu(|clients| {
        let mut changed = Clients::clone(clients);
        changed.insert(number, Arc::clone(&client));
        changed
    });
    Ok(number)
}

/// The client of a number. It exists at least until the caller drops it.
pub(super) fn get(number: u64) -> Result<Arc<Client>> {
    clients()
        .load()
        .get(&number)
        .cloned()
        .ok_or_else(|| handle::invalid(HandleKind::Client, number))
}

/// Removes a client. Calls that use it continue.
pub(super) fn remove(number: u64) -> Option<Arc<Client>> {
    let client = get(number).ok()?;
    clients().rcu(|clients| {
        let mut changed = Clients::clone(clients);
        changed.remove(&number);
        changed
    });
    Some(client)
}
