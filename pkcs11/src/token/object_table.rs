//! The handles of objects. An object has the same handle as long as the module is initialized, and a key whose token needs
//! a login as long as the login. The table is replaced as a whole, without a lock.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use cryptoki_sys::*;

use crate::handles::Handles;
use crate::objects::{Key, Object};

/// The class of an object and its CKA_UNIQUE_ID.
type Identity = (CK_OBJECT_CLASS, String);

#[derive(Clone, Default)]
struct Objects {
    by_handle: HashMap<CK_OBJECT_HANDLE, Object>,
    handles: HashMap<Identity, CK_OBJECT_HANDLE>,
    removed: HashSet<Identity>,
}

#[derive(Default)]
pub(super) struct ObjectTable(ArcSwap<Objects>);

static HANDLES: Handles = Handles::after(0);

fn identity(object: &Object) -> Identity {
    (object.class(), object.unique_id())
}

impl Objects {
    fn insert(&mut self, object: &Object) {
        let identity = identity(object);
        if !self.removed.contains(&identity) {
            let handle = *self
                .handles
                .entry(identity)
                .or_insert_with(|| HANDLES.next());
            self.by_handle.insert(handle, object.clone());
        }
    }

    fn forget_keys(&mut self) {
        self.by_handle.retain(|_, object| object.key().is_none());
        let by_handle = &self.by_handle;
        self.handles
            .retain(|_, handle| by_handle.contains_key(handle));
    }

    fn remove(&mut self, handle: CK_OBJECT_HANDLE) {
        if let Some(object) = self.by_handle.remove(&handle) {
            let identity = identity(&object);
            self.handles.remove(&identity);
            self.removed.insert(identity);
        }
    }
}

impl ObjectTable {
    pub(super) fn get(&self, handle: CK_OBJECT_HANDLE) -> Option<Object> {
        self.0.load().by_handle.get(&handle).cloned()
    }

    /// The handle of an object, which gets one if it has none yet.
    pub(super) fn handle(&self, object: &Object) -> Option<CK_OBJECT_HANDLE> {
        let identity = identity(object);
        if let Some(handle) = self.0.load().handles.get(&identity) {
            return Some(*handle);
        }
        self.insert(std::slice::from_ref(object));
        self.0.load().handles.get(&identity).copied()
    }

    /// Adds keys that a lookup found. A key that is known already keeps its public key, and itself if it did not change.
    pub(super) fn add_keys(&self, keys: Vec<Key>) -> Vec<Arc<Key>> {
        let mut changed = Vec::new();
        let mut all = Vec::new();
        for key in keys {
            let known = self.known_key(&key);
            if let Some(known) = known.as_ref().filter(|known| is_same(known, &key)) {
                all.push(Arc::clone(known));
                continue;
            }
            if let Some(public) = known.as_ref().and_then(|known| known.public()) {
                key.set_public(public.spki.clone());
            }
            let key = Arc::new(key);
            changed.push(Object::PrivateKey(Arc::clone(&key)));
            changed.push(Object::PublicKey(Arc::clone(&key)));
            all.push(key);
        }
        if !changed.is_empty() {
            self.insert(&changed);
        }
        all
    }

    fn known_key(&self, key: &Key) -> Option<Arc<Key>> {
        let objects = self.0.load();
        let identity = (CKO_PRIVATE_KEY, key.unique_id("private"));
        let handle = objects.handles.get(&identity)?;
        objects.by_handle.get(handle)?.key().cloned()
    }

    fn insert(&self, added: &[Object]) {
        self.change(|objects| added.iter().for_each(|object| objects.insert(object)));
    }

    pub(super) fn remove(&self, handle: CK_OBJECT_HANDLE) {
        self.change(|objects| objects.remove(handle));
    }

    /// Makes the handles of all keys invalid. A later lookup gives them others.
    pub(super) fn forget_keys(&self) {
        self.change(Objects::forget_keys);
    }

    fn change(&self, change: impl Fn(&mut Objects)) {
        self.0.rcu(|objects| {
            let mut changed = Objects::clone(objects);
            change(&mut changed);
            changed
        });
    }
}

/// Whether all metadata that attributes contain is the same.
fn is_same(a: &Key, b: &Key) -> bool {
    a.name == b.name && a.id == b.id && a.destroyable == b.destroyable
}
