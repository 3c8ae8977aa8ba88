//! A cache in which each value is loaded once. Callers that ask for a value during its loading share the result,
//! including an error. An error is not kept: the next caller loads again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::error::{Error, ErrorKind, Result};

pub(super) struct SingleFlight<K, V> {
    slots: Mutex<HashMap<K, Slot<V>>>,
}

enum Slot<V> {
    Loaded(V),
    Loading(Loading<V>),
}

/// The result of a loading that is in flight.
type Loading<V> = watch::Receiver<Option<Result<V>>>;

impl<K, V> Default for SingleFlight<K, V> {
    fn default() -> Self {
        Self {
            slots: Mutex::new(HashMap::new()),
        }
    }
}

impl<K, V> SingleFlight<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The value, if it was loaded.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        match self.lock().get(key)? {
            Slot::Loaded(value) => Some(value.clone()),
            Slot::Loading(_) => None,
        }
    }

    /// The value, which is loaded if necessary. The loading is a task of its own: it continues if this caller is
    /// cancelled, since others may wait for it. It must be called on the I/O thread.
    pub(super) async fn get_or_load(
        self: &Arc<Self>,
        key: &K,
        load: impl Future<Output = Result<V>> + Send + 'static,
    ) -> Result<V> {
        let mut loading = {
            let mut slots = self.lock();
            match slots.get(key) {
                Some(Slot::Loaded(value)) => return Ok(value.clone()),
                Some(Slot::Loading(loading)) => loading.clone(),
                None => self.spawn(&mut slots, key, load),
            }
        };
        let result = loading.wait_for(Option::is_some).await;
        match result.as_deref() {
            Ok(Some(result)) => result.clone(),
            // The sender of a task that panicked is dropped without a result.
            _ => Err(Error::new(
                ErrorKind::Internal,
                "loading a key was aborted inside the library; please report this",
            )),
        }
    }

    /// Removes the values that `matches` selects.
    pub(super) fn remove(&self, matches: impl Fn(&K, &V) -> bool) {
        self.lock().retain(|key, slot| match slot {
            Slot::Loaded(value) => !matches(key, value),
            Slot::Loading(_) => true,
        });
    }

    fn spawn(
        self: &Arc<Self>,
        slots: &mut HashMap<K, Slot<V>>,
        key: &K,
        load: impl Future<Output = Result<V>> + Send + 'static,
    ) -> Loading<V> {
        let (sender, loading) = watch::channel(None);
        slots.insert(key.clone(), Slot::Loading(loading.clone()));
        let guard = SlotGuard {
            cache: Arc::clone(self),
            key: key.clone(),
            loaded: None,
        };
        tokio::spawn(async move {
            let mut guard = guard;
            let result = load.await;
            guard.loaded = result.as_ref().ok().cloned();
            drop(guard);
            // An error means that no caller waits any more.
            let _ = sender.send(Some(result));
        });
        loading
    }

    /// The map is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Slot<V>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a loading: the slot receives the value, or is removed if there is none, even after a panic.
struct SlotGuard<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    cache: Arc<SingleFlight<K, V>>,
    key: K,
    loaded: Option<V>,
}

impl<K, V> Drop for SlotGuard<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn drop(&mut self) {
        let mut slots = self.cache.lock();
        match self.loaded.take() {
            Some(value) => slots.insert(self.key.clone(), Slot::Loaded(value)),
            None => slots.remove(&self.key),
        };
    }
}
