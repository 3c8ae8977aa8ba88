//! A token: a client, the lookup of its keys, and its objects.

mod cache;
mod certificates;
mod keys;
mod login;
mod object_table;
mod query;

pub(crate) use query::Query;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest::{SHA256, digest};
use cryptoki_sys::*;
use scwkms::Client;

use crate::certificate::{Certificate, hex};
use crate::config::{PinPolicy, TokenConfig};
use crate::failure::{Failure, Result, fail};
use crate::log::entry;
use crate::objects::Object;
use cache::LookupCache;
use object_table::ObjectTable;

/// A token in its slot.
pub(crate) struct Token {
    pub(crate) slot: CK_SLOT_ID,
    pub(crate) config: TokenConfig,
    certificates: Vec<Arc<Certificate>>,
    /// It is opened when it is needed. A child of fork() inherits it.
    client: ArcSwapOption<Client>,
    logged_in: AtomicBool,
    objects: ObjectTable,
    lookups: LookupCache,
}

impl Token {
    /// Reads the certificates. Nothing is sent.
    pub(crate) fn new(slot: CK_SLOT_ID, config: TokenConfig) -> Result<Self, String> {
        Ok(Self {
            slot,
            certificates: certificates::read(&config)?,
            config,
            client: ArcSwapOption::empty(),
            logged_in: AtomicBool::new(false),
            objects: ObjectTable::default(),
            lookups: LookupCache::default(),
        })
    }

    /// The token of a child of fork() that initializes the module again. It has the same client, since the child's
    /// environment need not contain the settings any more.
    pub(crate) fn inherit(&self) -> Self {
        let client = match self.config.pin {
            PinPolicy::Any => self.client.load_full(),
            PinPolicy::SecretKey => None,
        };
        Self {
            slot: self.slot,
            config: self.config.clone(),
            certificates: self.certificates.clone(),
            client: ArcSwapOption::new(client),
            logged_in: AtomicBool::new(false),
            objects: ObjectTable::default(),
            lookups: LookupCache::default(),
        }
    }

    /// The client. The first call opens it.
    pub(crate) fn client(&self) -> Result<Arc<Client>> {
        if let Some(client) = self.client.load_full() {
            return Ok(client);
        }
        if self.config.pin == PinPolicy::SecretKey {
            return fail(
                CKR_USER_NOT_LOGGED_IN,
                format!(
                    "the token {} needs a login with the secret key",
                    self.name()
                ),
            );
        }
        let client = Arc::new(self.open_client(&self.config.client)?);
        // If another thread has opened one meanwhile, it is used.
        let current = self
            .client
            .compare_and_swap(&None::<Arc<Client>>, Some(Arc::clone(&client)));
        Ok((*current).clone().unwrap_or(client))
    }

    fn open_client(&self, uri: &str) -> Result<Client> {
        let client = match self.config.uses_environment {
            true => Client::open(uri),
            false => Client::open_without_environment(uri),
        };
        let client = client.map_err(|e| {
            let context = format!("the settings of the token {}", self.name());
            Failure::new(CKR_TOKEN_NOT_PRESENT, e.to_string()).context(context)
        })?;
        entry!(Info, "the token {} is ready", self.name());
        Ok(client)
    }

    /// Whether the settings are complete.
    pub(crate) fn is_present(&self) -> bool {
        match (self.config.pin, self.client()) {
            (PinPolicy::SecretKey, _) | (_, Ok(_)) => true,
            (PinPolicy::Any, Err(failure)) => {
                entry!(
                    Warning,
                    "the slot {} has no token: {}",
                    self.slot,
                    failure.cause
                );
                false
            }
        }
    }

    /// Closes the client. Operations in flight end by their deadline.
    pub(crate) fn close(&self) {
        if let Some(client) = self.client.swap(None) {
            client.close();
        }
    }

    /// The label for messages.
    pub(crate) fn name(&self) -> String {
        format!("{:?}", self.config.label)
    }

    /// 16 digits that identify the token.
    pub(crate) fn serial_number(&self) -> String {
        const BYTES: usize = 8;
        hex(&digest(&SHA256, self.config.label.as_bytes()).as_ref()[..BYTES])
    }

    pub(crate) fn certificates(&self) -> &[Arc<Certificate>] {
        &self.certificates
    }

    /// The object of a handle.
    pub(crate) fn object(&self, handle: CK_OBJECT_HANDLE) -> Result<Object> {
        let object = self.objects.get(handle);
        let visible = object.filter(|object| object.key().is_none() || self.shows_keys());
        visible.ok_or_else(|| {
            Failure::new(
                CKR_OBJECT_HANDLE_INVALID,
                format!(
                    "the handle {handle} is not an object of the token {}",
                    self.name()
                ),
            )
        })
    }

    /// The object of a key's handle.
    pub(crate) fn key(&self, handle: CK_OBJECT_HANDLE) -> Result<Object> {
        if !self.shows_keys() {
            return fail(CKR_USER_NOT_LOGGED_IN, "the token needs a login");
        }
        let object = self
            .objects
            .get(handle)
            .filter(|object| object.key().is_some());
        object.ok_or_else(|| {
            Failure::new(
                CKR_KEY_HANDLE_INVALID,
                format!(
                    "the handle {handle} is not a key of the token {}",
                    self.name()
                ),
            )
        })
    }

    /// The handle of an object that a lookup found. `None` for an object that was removed.
    pub(crate) fn handle(&self, object: &Object) -> Option<CK_OBJECT_HANDLE> {
        self.objects.handle(object)
    }

    /// Removes an object. Later lookups do not find it either.
    pub(crate) fn remove_object(&self, handle: CK_OBJECT_HANDLE) {
        self.objects.remove(handle);
        self.lookups.clear();
    }
}
