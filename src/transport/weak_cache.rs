//! Values that the clients of a process share as long as one of them uses them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::error::Result;
use crate::fork::PerProcess;

/// A child of fork() has values of its own.
pub(super) struct WeakCache<K: Send + 'static, V: Send + Sync + 'static>(
    PerProcess<Mutex<Entries<K, V>>>,
);

type Entries<K, V> = Vec<(K, Weak<V>)>;

impl<K: PartialEq + Send + 'static, V: Send + Sync + 'static> WeakCache<K, V> {
    pub(super) const fn new() -> Self {
        Self(PerProcess::new())
    }

    /// The value of a key. It is created if no client uses it.
    pub(super) fn get(&self, key: K, create: impl FnOnce() -> Result<Arc<V>>) -> Result<Arc<V>> {
        let entries = self.0.get(|| Ok(Mutex::default()))?;
        // The list is consistent even if a thread panicked while it held the lock.
        let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(_, value)| value.strong_count() > 0);
        let same = entries.iter().find(|(other, _)| *other == key);
        if let Some(value) = same.and_then(|(_, value)| value.upgrade()) {
            return Ok(value);
        }
        let value = create()?;
        entries.push((key, Arc::downgrade(&value)));
        Ok(value)
    }
}
