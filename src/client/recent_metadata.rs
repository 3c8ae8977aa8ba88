//! The metadata of keys that were just created or found. If such a key is used next, its metadata is not fetched again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::api::{Key, KeyLocation};

/// Older metadata is fetched again.
const MAX_AGE: Duration = Duration::from_secs(60);

/// A list may have more keys. The metadata of the others is fetched when they are used.
const MAX_KEYS: usize = 1000;

#[derive(Default)]
pub(super) struct RecentMetadata {
    keys: Mutex<HashMap<KeyLocation, (Key, Instant)>>,
}

impl RecentMetadata {
    pub(super) fn add(&self, location: KeyLocation, key: &Key) {
        let mut keys = self.lock();
        if keys.len() >= MAX_KEYS {
            keys.retain(|_, (_, received)| received.elapsed() < MAX_AGE);
        }
        if keys.len() < MAX_KEYS {
            keys.insert(location, (key.clone(), Instant::now()));
        }
    }

    /// Metadata is used once. After that it is in the cache of keys.
    pub(super) fn take(&self, location: &KeyLocation) -> Option<Key> {
        let (key, received) = self.lock().remove(location)?;
        (received.elapsed() < MAX_AGE).then_some(key)
    }

    /// The map is consistent even if a thread panicked while it held the lock.
    fn lock(&self) -> MutexGuard<'_, HashMap<KeyLocation, (Key, Instant)>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
