//! Data keys that are used for several messages.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::client::{decrypt_data_key, decryptor};
use super::decryptor::Decryptor;
use super::encryptor::Encryptor;
use super::format::Header;
use crate::api::KeyLocation;
use crate::client::{Client, DataKey};
use crate::error::Result;
use crate::fork::PerProcess;
use crate::uri::KeyReference;

/// The limits of a cached data key. After the first limit that it reaches, the next message has a new data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataKeyLimits {
    /// The time during which a data key is used for new messages, and during which a decrypted data key is kept.
    pub max_age: Duration,
    /// The number of messages that are encrypted with a data key.
    pub max_messages: u64,
    /// The number of bytes of plaintext after which a data key is not used for a new message. A message that has begun
    /// is finished with its data key.
    pub max_bytes: u64,
}

impl Default for DataKeyLimits {
    /// 5 minutes, 65,536 messages, 1 TiB.
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(300),
            max_messages: 1 << 16,
            max_bytes: 1 << 40,
        }
    }
}

/// Encrypts and decrypts many messages with few requests: it uses a data key for several messages.
///
/// Each message has a key of its own, which is derived from the data key. Messages are the same as those of
/// [`Client::encryptor`], and either can decrypt those of the other. Any number of threads may use a cache at once. Data
/// keys beyond a limit are wiped when the cache is used the next time, and all of them when it is dropped. A child process
/// has a cache of its own after fork().
pub struct DataKeyCache {
    client: Arc<Client>,
    limits: DataKeyLimits,
    data_keys: PerProcess<Mutex<DataKeys>>,
}

#[derive(Default)]
struct DataKeys {
    for_encryption: HashMap<KeyReference, EncryptionDataKey>,
    for_decryption: HashMap<EncryptedDataKey, DecryptedDataKey>,
}

struct EncryptionDataKey {
    data_key: DataKey,
    created: Instant,
    messages: u64,
    bytes: Arc<AtomicU64>,
}

type EncryptedDataKey = (KeyLocation, Vec<u8>);

struct DecryptedDataKey {
    plaintext: Zeroizing<Vec<u8>>,
    created: Instant,
}

/// The maximum number of decrypted data keys.
const MAX_DECRYPTED: usize = 1000;

impl DataKeyCache {
    /// An empty cache of a client.
    pub fn new(client: Arc<Client>, limits: DataKeyLimits) -> Self {
        Self {
            client,
            limits,
            data_keys: PerProcess::new(),
        }
    }

    /// The client of the cache.
    pub fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Begins the encryption of a message, as [`Client::encryptor`] does. A request is sent if no data key of the key is
    /// within its limits. Threads that find none at the same time may each send one.
    ///
    /// # Errors
    /// Those of [`Client::encryptor`].
    pub fn encryptor(&self, key: &str, associated_data: &[u8]) -> Result<Encryptor> {
        self.client.check_open()?;
        let reference = self.client.key_reference(key)?;
        let cached = self.lock()?.use_for_message(&reference, &self.limits);
        let (data_key, bytes) = match cached {
            Some(found) => found,
            None => self.generate(key, reference)?,
        };
        Encryptor::with_data_key(&data_key, associated_data, Some(bytes))
    }

    /// Begins the decryption of a message, as [`Client::decryptor`] does. A request is sent if the cache does not have the
    /// message's data key.
    ///
    /// # Errors
    /// Those of [`Client::decryptor`].
    pub fn decryptor(
        &self,
        expected_key: Option<&str>,
        associated_data: &[u8],
        start: &[u8],
    ) -> Result<Decryptor> {
        self.client.check_open()?;
        decryptor(
            &self.client,
            expected_key,
            associated_data,
            start,
            |header| self.decrypt(header),
        )
    }

    fn generate(&self, key: &str, reference: KeyReference) -> Result<(DataKey, Arc<AtomicU64>)> {
        let data_key = self.client.generate_data_key(key, true)?;
        let bytes = Arc::default();
        let entry = EncryptionDataKey {
            data_key: data_key.clone(),
            created: Instant::now(),
            messages: 1,
            bytes: Arc::clone(&bytes),
        };
        self.lock()?.for_encryption.insert(reference, entry);
        Ok((data_key, bytes))
    }

    fn decrypt(&self, header: &Header) -> Result<Zeroizing<Vec<u8>>> {
        let encrypted = (header.key.clone(), header.encrypted_data_key.clone());
        if let Some(found) = self.lock()?.decrypted(&encrypted, &self.limits) {
            return Ok(found);
        }
        let plaintext = decrypt_data_key(&self.client, header)?;
        self.lock()?.insert_decrypted(encrypted, plaintext.clone());
        Ok(plaintext)
    }

    /// No request is in flight while it is locked.
    fn lock(&self) -> Result<MutexGuard<'_, DataKeys>> {
        let data_keys = self.data_keys.get(|| Ok(Mutex::default()))?;
        Ok(data_keys.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl DataKeys {
    /// The data key for the next message with a key.
    fn use_for_message(
        &mut self,
        key: &KeyReference,
        limits: &DataKeyLimits,
    ) -> Option<(DataKey, Arc<AtomicU64>)> {
        self.for_encryption
            .retain(|_, entry| entry.is_within(limits));
        let entry = self.for_encryption.get_mut(key)?;
        entry.messages += 1;
        Some((entry.data_key.clone(), Arc::clone(&entry.bytes)))
    }

    fn decrypted(
        &mut self,
        encrypted: &EncryptedDataKey,
        limits: &DataKeyLimits,
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.for_decryption
            .retain(|_, entry| entry.created.elapsed() < limits.max_age);
        let entry = self.for_decryption.get(encrypted)?;
        Some(entry.plaintext.clone())
    }

    fn insert_decrypted(&mut self, encrypted: EncryptedDataKey, plaintext: Zeroizing<Vec<u8>>) {
        if self.for_decryption.len() >= MAX_DECRYPTED {
            self.for_decryption.clear();
        }
        let created = Instant::now();
        self.for_decryption
            .insert(encrypted, DecryptedDataKey { plaintext, created });
    }
}

impl EncryptionDataKey {
    /// Whether a further message may use the data key.
    fn is_within(&self, limits: &DataKeyLimits) -> bool {
        self.created.elapsed() < limits.max_age
            && self.messages < limits.max_messages
            && self.bytes.load(Ordering::Relaxed) < limits.max_bytes
    }
}
