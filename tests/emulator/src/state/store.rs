//! All keys, in memory and on disk.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::RwLock;
use uuid::Uuid;

use super::DataDir;
use super::key::Key;
use super::timestamp::now;
use crate::crypto::Material;
use crate::http::error::ApiError;
use crate::http::route::Region;

type Entry = Arc<RwLock<Key>>;

pub struct Store {
    keys: RwLock<HashMap<Uuid, Entry>>,
    disk: Option<Arc<DataDir>>,
}

impl Store {
    pub fn new(keys: Vec<Key>, disk: Option<Arc<DataDir>>) -> Self {
        let keys = keys
            .into_iter()
            .map(|key| (key.id, Arc::new(RwLock::new(key))))
            .collect();
        Store {
            keys: RwLock::new(keys),
            disk,
        }
    }

    fn save(&self, key: &Key) -> Result<(), ApiError> {
        match &self.disk {
            Some(disk) => disk
                .save_key(key)
                .map_err(|error| ApiError::internal(&format!("the key was not saved: {error}"))),
            None => Ok(()),
        }
    }

    pub fn insert(&self, key: Key) -> Result<(), ApiError> {
        self.save(&key)?;
        self.keys.write().insert(key.id, Arc::new(RwLock::new(key)));
        Ok(())
    }

    fn entry(&self, id: Uuid) -> Option<Entry> {
        self.keys.read().get(&id).cloned()
    }

    /// Reads a key, after removing it or rotating it if that is due.
    pub fn read<T>(
        &self,
        region: Region,
        id: Uuid,
        read: impl FnOnce(&Key) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let missing = || ApiError::not_found("key", &id.to_string());
        let entry = self.entry(id).ok_or_else(missing)?;
        let mut key = entry.read();
        if key.region != region {
            return Err(missing());
        }
        if key.deletion_requested_at.is_some() || key.rotation_policy.is_some() {
            let now = now();
            if key.is_expired(now) {
                drop(key);
                self.remove(id);
                return Err(missing());
            }
            if key.rotation_is_due(now) {
                drop(key);
                self.rotate_if_due(&entry, now)?;
                key = entry.read();
            }
        }
        read(&key)
    }

    /// Changes a key, first on disk, then in memory. If `change` fails, nothing changes.
    pub fn change<T>(
        &self,
        region: Region,
        id: Uuid,
        change: impl FnOnce(&mut Key, Timestamp) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.read(region, id, |_| Ok(()))?;
        let entry = self
            .entry(id)
            .ok_or_else(|| ApiError::not_found("key", &id.to_string()))?;
        self.change_entry(&entry, now(), change)
    }

    fn change_entry<T>(
        &self,
        entry: &Entry,
        now: Timestamp,
        change: impl FnOnce(&mut Key, Timestamp) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut key = entry.write();
        let mut next = key.clone();
        next.updated_at = now;
        let result = change(&mut next, now)?;
        self.save(&next)?;
        *key = next;
        Ok(result)
    }

    fn rotate_if_due(&self, entry: &Entry, now: Timestamp) -> Result<(), ApiError> {
        self.change_entry(entry, now, |key, now| {
            // A concurrent request may have rotated it.
            if key.rotation_is_due(now) {
                key.add_rotation(Material::generate(key.algorithm)?, false, now);
                if let Some(policy) = &mut key.rotation_policy {
                    policy.next = now.checked_add(policy.period).unwrap_or(Timestamp::MAX);
                }
            }
            Ok(())
        })
    }

    fn remove(&self, id: Uuid) {
        self.keys.write().remove(&id);
        if let Some(disk) = &self.disk {
            disk.remove_key(id);
        }
    }

    /// The results of `pick` for the keys of a region, in no particular order.
    pub fn list<T>(&self, region: Region, pick: impl Fn(&Key) -> Option<T>) -> Vec<T> {
        let entries: Vec<Entry> = self.keys.read().values().cloned().collect();
        let now = now();
        entries
            .iter()
            .filter_map(|entry| {
                let key = entry.read();
                (key.region == region && !key.is_expired(now))
                    .then(|| pick(&key))
                    .flatten()
            })
            .collect()
    }

    /// The region of a key.
    pub fn region_of(&self, id: Uuid) -> Option<Region> {
        self.entry(id).map(|entry| entry.read().region)
    }
}
