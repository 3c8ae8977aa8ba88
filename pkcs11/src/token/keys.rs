//! The lookup of keys, and their public keys.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use cryptoki_sys::*;
use scwkms::{Client, ErrorKind, KeyInfo, StartOptions};

use super::Token;
use super::cache::Keys;
use super::query::{Query, client_query, uuid};
use crate::config::{KeySelector, Selection};
use crate::failure::{Failure, Result};
use crate::log::entry;
use crate::objects::{Generation, Key};
use crate::public_parts::PublicParts;

/// The number of public keys that are requested at the same time. Each request has a deadline of its own, and the service
/// accepts 50 requests per second.
const MAX_REQUESTS: usize = 100;

impl Token {
    /// The keys of a query. Without a necessary login there are none.
    pub(crate) fn keys(&self, query: &Query) -> Result<Keys> {
        if !self.shows_keys() {
            return Ok(Keys::default());
        }
        if let Some(keys) = self.lookups.get(query) {
            return Ok(keys);
        }
        let found = self.request_keys(&*self.client()?, query)?;
        let keys = Arc::new(self.add_keys(found));
        self.lookups.put(query, &keys);
        Ok(keys)
    }

    /// Adds the keys that the token shows to its objects.
    fn add_keys(&self, found: Vec<KeyInfo>) -> Vec<Arc<Key>> {
        let mut ids = HashSet::new();
        let selected = found
            .into_iter()
            .filter(|info| self.config.keys.contains(info) && ids.insert(info.id.clone()));
        let keys = selected.filter_map(|info| self.usable_key(info));
        self.objects.add_keys(keys.collect())
    }

    fn usable_key(&self, info: KeyInfo) -> Option<Key> {
        let (uri, algorithm, state) = (
            info.uri.clone(),
            info.algorithm_name.clone(),
            info.state.clone(),
        );
        let key = Key::new(info, self.config.read_only);
        if key.is_none() {
            entry!(
                Debug,
                "{uri} is not shown: its algorithm is {algorithm}, its state {state}"
            );
        }
        key
    }

    fn request_keys(&self, client: &Client, query: &Query) -> Result<Vec<KeyInfo>> {
        let found = match query {
            Query::All => self.request_all(client)?,
            Query::Name(name) => client.find_keys(&client_query("name", name))?,
            Query::Uuid(id) => find_by_uuid(client, id)?,
            Query::Id(id) => {
                let mut found = client.find_keys(&client_query("tags", &Key::id_tag(id)))?;
                if let Some(id) = uuid(id) {
                    found.extend(find_by_uuid(client, &id)?);
                }
                found
            }
        };
        Ok(found)
    }

    fn request_all(&self, client: &Client) -> Result<Vec<KeyInfo>> {
        let Selection::Only(selectors) = &self.config.keys else {
            return Ok(client.find_keys("")?);
        };
        let mut found = Vec::new();
        for selector in selectors {
            let keys = match selector {
                KeySelector::Name(name) => client.find_keys(&client_query("name", name))?,
                KeySelector::Tag(tag) => client.find_keys(&client_query("tags", tag))?,
                KeySelector::Id(id) => find_by_uuid(client, id)?,
            };
            if keys.is_empty() {
                entry!(
                    Warning,
                    "the token {} has no key of {selector:?}",
                    self.name()
                );
            }
            found.extend(keys);
        }
        Ok(found)
    }

    /// The public key of a key. It is requested at most once.
    pub(crate) fn public_key<'k>(&self, key: &'k Key) -> Result<&'k PublicParts> {
        if let Some(parts) = key.public() {
            return Ok(parts);
        }
        let public_key = self.client()?.public_key(&key.uri)?;
        set_public(key, public_key.spki)
    }

    /// Loads the public keys of many keys. Keys that were deleted since their lookup have none.
    pub(crate) fn load_public_keys(&self, keys: &[Arc<Key>]) -> Result<()> {
        let mut missing = keys.iter().filter(|key| key.public().is_none()).peekable();
        if missing.peek().is_none() {
            return Ok(());
        }
        let client = self.client()?;
        let mut in_flight = VecDeque::new();
        loop {
            for key in missing.by_ref().take(MAX_REQUESTS - in_flight.len()) {
                let operation = client.start_public_key(&key.uri, StartOptions::default())?;
                in_flight.push_back((key, operation));
            }
            let Some((key, operation)) = in_flight.pop_front() else {
                return Ok(());
            };
            match operation.wait() {
                Ok(public_key) => set_public(key, public_key.spki).map(drop)?,
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Creates a key.
    pub(crate) fn create_key(&self, generation: &Generation) -> Result<Arc<Key>> {
        let name = generation.name.clone().unwrap_or_else(|| {
            let id = generation.id.clone().unwrap_or_default();
            format!("pkcs11-{}", crate::certificate::hex(&id))
        });
        let tags = self.creation_tags(&name, generation)?;
        let mut uri = client_query("name", &name);
        if !tags.is_empty() {
            let tags = client_query("tags", &tags.join(","));
            uri.push_str(&tags.replacen("scwkms:", ";", 1));
        }
        if !self.config.protect {
            uri.push_str(";unprotected=true");
        }
        let info = self
            .client()?
            .create_key(&uri, Some(generation.algorithm), None)?;
        entry!(Info, "created {} named {name:?}", info.uri);
        self.lookups.clear();
        let key = self.add_keys(vec![info]).into_iter().next();
        key.ok_or_else(|| {
            let cause = "the key was created, but the token does not show it";
            Failure::new(CKR_FUNCTION_FAILED, cause)
        })
    }

    /// The tags of a key to create: its CKA_ID, and the tag that selects it.
    fn creation_tags(&self, name: &str, generation: &Generation) -> Result<Vec<String>> {
        let selecting = self.config.keys.tag_for(name);
        if selecting.is_none() && !self.config.keys.selects_name(name) {
            return Err(Failure::new(
                CKR_ATTRIBUTE_VALUE_INVALID,
                format!("the configuration's keys would not contain a key named {name:?}"),
            ));
        }
        let id = generation.id.as_deref().map(Key::id_tag);
        Ok(id.into_iter().chain(selecting.map(str::to_owned)).collect())
    }

    /// Schedules a key for deletion.
    pub(crate) fn delete_key(&self, key: &Key) -> Result<()> {
        let deleted = self.client()?.delete_key(&key.uri);
        deleted.map_err(|error| match error.kind() {
            ErrorKind::KeyState => Failure::new(CKR_ACTION_PROHIBITED, error.to_string()),
            _ => error.into(),
        })?;
        entry!(Info, "{} is scheduled for deletion", key.uri);
        Ok(())
    }
}

/// The key with this UUID, if there is one that may be seen.
fn find_by_uuid(client: &Client, id: &str) -> Result<Vec<KeyInfo>> {
    match client.key_info(id) {
        Ok(info) => Ok(vec![info]),
        Err(e) if is_absent(e.kind()) => Ok(Vec::new()),
        Err(e) => Err(e.into()),
    }
}

fn is_absent(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::InvalidArgument
    )
}

fn set_public(key: &Key, spki: Vec<u8>) -> Result<&PublicParts> {
    key.set_public(spki).ok_or_else(|| {
        Failure::new(
            CKR_FUNCTION_FAILED,
            format!("the public key of {} is malformed", key.uri),
        )
    })
}
