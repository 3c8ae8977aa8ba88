//! The operations that were started, by number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client_registry;
use super::handle::{self, HandleKind};
use crate::client::{Operation, Output, OutputKind};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;

/// An operation of any kind.
pub(super) type AnyOperation = Operation<Output>;

/// The operations are distributed over several maps, so that threads rarely wait for a lock.
const SHARDS: usize = 16;

type Shard = Mutex<HashMap<u64, Entry>>;

struct Entry {
    client: u64,
    operation: Arc<AnyOperation>,
    has_callback: bool,
}

/// A child of fork() has none of its parent's operations: no thread of the child executes them.
static OPERATIONS: PerProcess<[Shard; SHARDS]> = PerProcess::new();

fn shards() -> Result<&'static [Shard; SHARDS]> {
    OPERATIONS.get(|| Ok(Default::default()))
}

fn shard(number: u64) -> Result<&'static Shard> {
    Ok(&shards()?[number as usize % SHARDS])
}

fn lock(shard: &Shard) -> MutexGuard<'_, HashMap<u64, Entry>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts an operation of a client under a new number. `start` gets the number, which its callback receives.
pub(super) fn insert(
    client: u64,
    has_callback: bool,
    start: impl FnOnce(u64) -> Result<AnyOperation>,
) -> Result<u64> {
    let number = handle::next(HandleKind::Operation)?;
    // The lock is held during the start, so that the callback finds the entry.
    let mut shard = lock(shard(number)?);
    // scwkms_free() removes the client first, and then looks for its operations. Either it finds this operation, or
    // this line finds that the client was removed.
    client_registry::get(client)?;
    let entry = Entry {
        client,
        operation: Arc::new(start(number)?),
        has_callback,
    };
    shard.insert(number, entry);
    Ok(number)
}

/// Waits for an operation's result and takes it, if the result is of the expected kind.
pub(super) fn wait(number: u64, kind: OutputKind) -> Result<Output> {
    let (operation, has_callback) = {
        let shard = lock(shard(number)?);
        let entry = shard
            .get(&number)
            .ok_or_else(|| handle::invalid(HandleKind::Operation, number))?;
        (Arc::clone(&entry.operation), entry.has_callback)
    };
    check_kind(operation.output_kind(), kind)?;
    operation.check_may_wait()?;
    let result = operation.wait();
    // The entry remains while a callback is running or still to come, so that scwkms_free() waits for it.
    if !has_callback || operation.is_over() {
        lock(shard(number)?).remove(&number);
    }
    result
}

/// Removes an operation whose result was taken inside its callback.
pub(super) fn callback_returned(number: u64) {
    if let Ok(shard) = shard(number) {
        let mut shard = lock(shard);
        if shard.get(&number).is_some_and(|e| e.operation.is_taken()) {
            shard.remove(&number);
        }
    }
}

pub(super) fn get(number: u64) -> Option<Arc<AnyOperation>> {
    let shard = lock(shard(number).ok()?);
    shard.get(&number).map(|entry| Arc::clone(&entry.operation))
}

/// Cancels a client's operations, and returns when their callbacks have returned.
pub(super) fn cancel_all_of(client: u64) {
    let Ok(shards) = shards() else {
        return;
    };
    let operations: Vec<Arc<AnyOperation>> = shards
        .iter()
        .flat_map(|shard| {
            let shard = lock(shard);
            let of_client = shard.values().filter(|entry| entry.client == client);
            of_client
                .map(|entry| Arc::clone(&entry.operation))
                .collect::<Vec<_>>()
        })
        .collect();
    AnyOperation::cancel_all(&operations);
    for shard in shards {
        lock(shard).retain(|_, entry| entry.client != client);
    }
}

fn check_kind(actual: OutputKind, expected: OutputKind) -> Result<()> {
    if actual == expected {
        return Ok(());
    }
    let function = match actual {
        OutputKind::Bytes => "scwkms_wait",
        OutputKind::PublicKey => "scwkms_wait_public_key",
        OutputKind::Key => "scwkms_wait_key",
        OutputKind::Keys => "scwkms_wait_key_list",
        OutputKind::Nothing => "scwkms_wait_done",
    };
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("the operation's result is taken by {function}()"),
    ))
}
