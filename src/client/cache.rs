//! Keys that were opened, each fetched once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::Inner;
use super::open::OpenKey;
use crate::api::{Key, KeyFilter, KeyPath, Scope};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::quote;
use crate::transport::Deadline;
use crate::uri::{KeyReference, KeySelector};

/// One fetch for all who ask for the same thing at the same time; a failed one is not kept.
type Slot<T> = Arc<OnceCell<T>>;

#[derive(Default)]
pub(super) struct KeyCache {
    keys: Mutex<HashMap<KeyPath, Slot<Arc<OpenKey>>>>,
    /// References by name, resolved to ids.
    names: Mutex<HashMap<KeyReference, Slot<KeyPath>>>,
}

impl KeyCache {
    /// A key that was fetched before. The reference has its region.
    pub(super) fn get(&self, reference: &KeyReference) -> Option<Arc<OpenKey>> {
        let path = match path_by_id(reference) {
            Some(path) => path,
            None => lock(&self.names).get(reference)?.get()?.clone(),
        };
        lock(&self.keys).get(&path)?.get().cloned()
    }

    /// Forgets a key, after it was deleted.
    pub(super) fn forget(&self, path: &KeyPath) {
        lock(&self.keys).remove(path);
        lock(&self.names).retain(|_, slot| slot.get() != Some(path));
    }
}

impl Inner {
    /// Fetches a key, or joins whoever does already.
    pub(super) async fn fetch(
        self: &Arc<Self>,
        reference: &KeyReference,
        deadline: Deadline,
    ) -> Result<Arc<OpenKey>> {
        let path = self.resolve(reference, deadline).await?;
        let place = Place::of(&self.keys.keys, &path);
        deadline
            .limit(async {
                let fetched = place
                    .slot
                    .get_or_try_init(|| OpenKey::fetch(self, &path, deadline));
                fetched.await.cloned()
            })
            .await
    }

    /// The id behind a reference.
    pub(super) async fn resolve(
        &self,
        reference: &KeyReference,
        deadline: Deadline,
    ) -> Result<KeyPath> {
        if let Some(path) = path_by_id(reference) {
            return Ok(path);
        }
        let place = Place::of(&self.keys.names, reference);
        deadline
            .limit(async {
                let resolved = place
                    .slot
                    .get_or_try_init(|| self.look_up(reference, deadline));
                resolved.await.cloned()
            })
            .await
    }

    async fn look_up(&self, reference: &KeyReference, deadline: Deadline) -> Result<KeyPath> {
        let (KeySelector::Name { name, project_id }, Some(region)) =
            (&reference.selector, &reference.region)
        else {
            return Err(Error::new(
                ErrorKind::Internal,
                "a reference by id needs no look-up",
            ));
        };
        let filter = KeyFilter {
            name: Some(name),
            scope: self.scope(project_id.as_deref())?,
            usage: None,
            tags: &[],
        };
        let mut keys = self.api.list_keys(region, &filter, deadline).await?;
        // The service's filter need not be exact.
        keys.retain(|key| key.name == *name);
        match keys.as_slice() {
            [key] => Ok(KeyPath {
                region: region.clone(),
                id: crate::identifier::uuid(&key.id, "key id", "the service's answer")
                    .map_err(|e| Error::new(ErrorKind::Protocol, e.message()))?,
            }),
            [] => Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "no key is named {} in {region}, {}; names are matched exactly",
                    quote(name),
                    match filter.scope {
                        Scope::Project(id) => format!("project {id}"),
                        Scope::Organization(id) => format!("organization {id}"),
                    }
                ),
            )),
            several => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "{} keys are named {} in {region}: {}; name the one you mean by its id",
                    several.len(),
                    quote(name),
                    some_ids(several)
                ),
            )),
        }
    }
}

/// The ids of some keys, enough to go on with.
fn some_ids(keys: &[Key]) -> String {
    const SHOWN: usize = 5;
    let ids: Vec<&str> = keys.iter().take(SHOWN).map(|key| key.id.as_str()).collect();
    let ids = ids.join(", ");
    match keys.len().checked_sub(SHOWN) {
        None | Some(0) => ids,
        Some(more) => format!("{ids} and {more} more"),
    }
}

/// A slot in use. When nobody has filled it and nobody else waits for it in the end, be it that the
/// fetch failed or that it was given up, nothing is left behind.
struct Place<'a, K: Hash + Eq, T> {
    map: &'a Mutex<HashMap<K, Slot<T>>>,
    key: &'a K,
    slot: Slot<T>,
}

impl<'a, K: Hash + Eq + Clone, T> Place<'a, K, T> {
    fn of(map: &'a Mutex<HashMap<K, Slot<T>>>, key: &'a K) -> Self {
        let slot = lock(map).entry(key.clone()).or_default().clone();
        Self { map, key, slot }
    }
}

impl<K: Hash + Eq, T> Drop for Place<'_, K, T> {
    fn drop(&mut self) {
        if self.slot.get().is_some() {
            return;
        }
        let mut map = lock(self.map);
        // Counted and dropped under the lock, so that of several the last one sees that it is.
        let slot = std::mem::take(&mut self.slot);
        let is_there = |there: &Slot<T>| Arc::ptr_eq(there, &slot);
        if Arc::strong_count(&slot) == 2 && map.get(self.key).is_some_and(is_there) {
            map.remove(self.key);
        }
    }
}

fn path_by_id(reference: &KeyReference) -> Option<KeyPath> {
    match (&reference.selector, &reference.region) {
        (KeySelector::Id(id), Some(region)) => Some(KeyPath {
            region: region.clone(),
            id: id.clone(),
        }),
        _ => None,
    }
}

/// The maps stay consistent whatever panics beside them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
