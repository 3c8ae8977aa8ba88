//! Operations by number, each with the client that it belongs to.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use crate::error::Result;
use crate::sync::{Mutex, MutexGuard};

/// The operations are distributed over several maps, so that threads rarely wait for a lock. With two maps, the models try
/// more of the interleavings in which the order matters.
const SHARDS: usize = if cfg!(feature = "model-checking") {
    2
} else {
    16
};

/// An operation in the map.
pub(super) trait Cancellable {
    /// Whether its result was taken.
    fn is_taken(&self) -> bool;

    /// Whether its result was taken, and its callback has returned or is never called.
    fn is_over(&self) -> bool;

    /// Cancels several operations, and returns when their callbacks have returned.
    fn cancel_all(operations: &[Arc<Self>]);
}

pub(super) struct OperationMap<O> {
    shards: [Shard<O>; SHARDS],
}

type Shard<O> = Mutex<HashMap<u64, Entry<O>>>;

struct Entry<O> {
    client: u64,
    operation: Arc<O>,
    has_callback: bool,
}

impl<O> Default for OperationMap<O> {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl<O: Cancellable> OperationMap<O> {
    fn shard(&self, number: u64) -> MutexGuard<'_, HashMap<u64, Entry<O>>> {
        lock(&self.shards[number as usize % SHARDS])
    }

    /// Starts an operation of a client and adds it, if the client still exists.
    pub(super) fn insert(
        &self,
        number: u64,
        (client, check_client): (u64, impl FnOnce() -> Result<()>),
        has_callback: bool,
        start: impl FnOnce() -> Result<O>,
    ) -> Result<()> {
        // The lock is held during the start, so that the callback finds the entry.
        let mut shard = self.shard(number);
        // scwkms_free() removes the client first, and then cancels its operations. Either it finds this operation, or
        // this line finds that the client was removed.
        check_client()?;
        let entry = Entry {
            client,
            operation: Arc::new(start()?),
            has_callback,
        };
        shard.insert(number, entry);
        Ok(())
    }

    pub(super) fn get(&self, number: u64) -> Option<Arc<O>> {
        let shard = self.shard(number);
        shard.get(&number).map(|entry| Arc::clone(&entry.operation))
    }

    /// Removes an operation whose result was taken, unless its callback is running or still to come:
    /// [`OperationMap::cancel_all_of`] must wait for it.
    pub(super) fn result_taken(&self, number: u64) {
        let mut shard = self.shard(number);
        if shard
            .get(&number)
            .is_some_and(|entry| !entry.has_callback || entry.operation.is_over())
        {
            shard.remove(&number);
        }
    }

    /// Removes an operation whose result was taken before its callback returned.
    pub(super) fn callback_returned(&self, number: u64) {
        let mut shard = self.shard(number);
        if shard
            .get(&number)
            .is_some_and(|entry| entry.operation.is_taken())
        {
            shard.remove(&number);
        }
    }

    /// Cancels and removes the operations of a client, and returns when their callbacks have returned.
    pub(super) fn cancel_all_of(&self, client: u64) {
        let operations: Vec<Arc<O>> = self
            .shards
            .iter()
            .flat_map(|shard| {
                let shard = lock(shard);
                let of_client = shard.values().filter(|entry| entry.client == client);
                of_client
                    .map(|entry| Arc::clone(&entry.operation))
                    .collect::<Vec<_>>()
            })
            .collect();
        O::cancel_all(&operations);
        for shard in &self.shards {
            lock(shard).retain(|_, entry| entry.client != client);
        }
    }
}

/// The maps are consistent even if a thread panicked while it held a lock.
fn lock<O>(shard: &Shard<O>) -> MutexGuard<'_, HashMap<u64, Entry<O>>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, feature = "model-checking"))]
mod model {
    use shuttle::sync::Condvar;
    use shuttle::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use shuttle::{check_random, thread};

    use super::*;
    use crate::error::{Error, ErrorKind};

    const ITERATIONS: usize = 5_000;
    const CLIENT: u64 = 1;
    const OPERATION: u64 = 2;

    /// An operation whose callback is a thread of the test.
    #[derive(Default)]
    struct ModelOperation {
        state: Mutex<State>,
        changed: Condvar,
    }

    #[derive(Default)]
    struct State {
        taken: bool,
        cancelled: bool,
        callback_over: bool,
    }

    impl ModelOperation {
        fn change(&self, change: impl FnOnce(&mut State)) {
            change(&mut self.state.lock().expect("no panic"));
            self.changed.notify_all();
        }

        fn wait_for_callback(&self) {
            let mut state = self.state.lock().expect("no panic");
            while !state.callback_over {
                state = self.changed.wait(state).expect("no panic");
            }
        }
    }

    impl Cancellable for ModelOperation {
        fn is_taken(&self) -> bool {
            self.state.lock().expect("no panic").taken
        }

        fn is_over(&self) -> bool {
            let state = self.state.lock().expect("no panic");
            state.taken && state.callback_over
        }

        fn cancel_all(operations: &[Arc<Self>]) {
            for operation in operations {
                operation.change(|state| state.cancelled = true);
                operation.wait_for_callback();
            }
        }
    }

    fn is_empty(map: &OperationMap<ModelOperation>) -> bool {
        map.shards.iter().all(|shard| lock(shard).is_empty())
    }

    /// The callback of an operation. It takes the result if `takes` is true.
    fn callback(map: &OperationMap<ModelOperation>, takes: bool) {
        let operation = map.get(OPERATION).expect("an entry");
        if takes {
            operation.change(|state| state.taken = true);
            map.result_taken(OPERATION);
        }
        map.callback_returned(OPERATION);
        operation.change(|state| state.callback_over = true);
    }

    #[test]
    fn a_client_is_freed_while_an_operation_starts() {
        let free = || {
            let map = Arc::new(OperationMap::<ModelOperation>::default());
            let exists = Arc::new(AtomicBool::new(true));
            let starting = thread::spawn({
                let (map, exists) = (Arc::clone(&map), Arc::clone(&exists));
                move || {
                    let check = || match exists.load(SeqCst) {
                        true => Ok(()),
                        false => Err(Error::new(ErrorKind::InvalidHandle, "freed")),
                    };
                    let operation = ModelOperation::default();
                    operation.change(|state| state.callback_over = true);
                    map.insert(OPERATION, (CLIENT, check), true, || Ok(operation))
                        .is_ok()
                }
            });
            exists.store(false, SeqCst);
            let before = map.get(OPERATION);
            map.cancel_all_of(CLIENT);
            assert!(before.is_none_or(|o| o.state.lock().expect("no panic").cancelled));
            starting.join().expect("no panic");
            assert!(is_empty(&map), "an operation remains without its client");
        };
        check_random(free, ITERATIONS);
    }

    #[test]
    fn an_operation_is_removed_once_its_result_was_taken_and_its_callback_returned() {
        for (callback_takes, waits) in [(false, true), (true, true), (true, false)] {
            let wait = move || {
                let map = Arc::new(OperationMap::<ModelOperation>::default());
                let start = || Ok(ModelOperation::default());
                map.insert(OPERATION, (CLIENT, || Ok(())), true, start)
                    .expect("inserted");
                let io = thread::spawn({
                    let map = Arc::clone(&map);
                    move || callback(&map, callback_takes)
                });
                let operation = map.get(OPERATION).filter(|_| waits);
                if let Some(operation) = operation {
                    operation.wait_for_callback();
                    operation.change(|state| state.taken = true);
                    map.result_taken(OPERATION);
                }
                io.join().expect("no panic");
                assert!(is_empty(&map), "the operation is still in the map");
            };
            check_random(wait, ITERATIONS);
        }
    }

    #[test]
    fn a_client_is_freed_after_its_callbacks_returned() {
        let free = || {
            let map = Arc::new(OperationMap::<ModelOperation>::default());
            let start = || Ok(ModelOperation::default());
            map.insert(OPERATION, (CLIENT, || Ok(())), true, start)
                .expect("inserted");
            let (taken, running) = (Arc::default(), Arc::new(AtomicBool::new(true)));
            let io = thread::spawn({
                let map = Arc::clone(&map);
                let (taken, running): (Arc<AtomicBool>, _) =
                    (Arc::clone(&taken), Arc::clone(&running));
                move || {
                    let operation = map.get(OPERATION).expect("an entry");
                    operation.change(|state| state.taken = true);
                    map.result_taken(OPERATION);
                    taken.store(true, SeqCst);
                    thread::yield_now();
                    running.store(false, SeqCst);
                    map.callback_returned(OPERATION);
                    operation.change(|state| state.callback_over = true);
                }
            });
            while !taken.load(SeqCst) {
                thread::yield_now();
            }
            map.cancel_all_of(CLIENT);
            assert!(!running.load(SeqCst), "the callback is still running");
            io.join().expect("no panic");
        };
        check_random(free, ITERATIONS);
    }
}
