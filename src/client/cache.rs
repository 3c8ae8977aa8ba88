//! Keys that were opened, each fetched once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::Inner;
use super::open::OpenKey;
use crate::api::{KeyFilter, KeyPath, Scope};
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
        let slot = lock(&self.keys.keys)
            .entry(path.clone())
            .or_default()
            .clone();
        let fetched = deadline
            .limit(async {
                slot.get_or_try_init(|| OpenKey::fetch(self, &path, deadline))
                    .await
                    .cloned()
            })
            .await;
        if fetched.is_err() {
            drop_unused(&self.keys.keys, &path, slot);
        }
        fetched
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
        let slot = lock(&self.keys.names)
            .entry(reference.clone())
            .or_default()
            .clone();
        let resolved = deadline
            .limit(async {
                slot.get_or_try_init(|| self.look_up(reference, deadline))
                    .await
                    .cloned()
            })
            .await;
        if resolved.is_err() {
            drop_unused(&self.keys.names, reference, slot);
        }
        resolved
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
                    several
                        .iter()
                        .map(|k| k.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            )),
        }
    }
}

/// Drops a slot that nobody filled and nobody else waits on, so that failures leave nothing behind.
fn drop_unused<K: std::hash::Hash + Eq, T>(
    map: &Mutex<HashMap<K, Slot<T>>>,
    key: &K,
    slot: Slot<T>,
) {
    let mut map = lock(map);
    // This function's own reference and the map's are two.
    if slot.get().is_none() && Arc::strong_count(&slot) == 2 {
        map.remove(key);
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
