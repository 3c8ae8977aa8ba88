//! The blocking forms of the operations that manage keys.

use super::blocking::run;
use super::key_info::{KeyInfo, ProtectionLevel};
use super::key_update::KeyUpdate;
use super::open::Client;
use super::results::{AlgorithmInfo, ImportParameters, KeyRotation, WrappingAlgorithm};
use crate::algorithm::Algorithm;
use crate::api::KeyAction;
use crate::error::Result;

impl Client {
    /// A key's metadata, with its public key if it has one. The metadata is cached: it shows the key as it was when the
    /// client first used it, or had created or found it within the minute before.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn key_info(&self, key: &str) -> Result<KeyInfo> {
        run(self.key_info_job(key, None))
    }

    /// Creates a key.
    ///
    /// `name` is the key's name, or a URI with more parameters: `scwkms:name=NAME`, with `algorithm=`,
    /// `unprotected=true`, `region=`, `project-id=`, `description=`, `tags=A,B` and `protection-level=`. The algorithm
    /// is given in the URI or as the argument; if both are given, they must be equal. The default is ec_p256_sha256.
    /// The same holds for the protection level. The key is protected against deletion unless the URI contains
    /// `unprotected=true`.
    ///
    /// A creation is repeated only if the first request was certainly not processed. If this is unknown, the error says
    /// so, and how to look for the key.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) (no region or project) before a request is sent,
    /// and those of sending requests.
    pub fn create_key(
        &self,
        name: &str,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
    ) -> Result<KeyInfo> {
        run(self.create_key_job(name, algorithm, protection_level, None))
    }

    /// Schedules a key for deletion. For 7 days [`Client::restore_key`] restores it.
    ///
    /// A deletion is repeated only if the first request was certainly not processed. If this is unknown, the error says
    /// so; [`Client::key_info`] then returns the key's state.
    ///
    /// # Errors
    /// [`ErrorKind::KeyState`](crate::ErrorKind::KeyState) for a protected key, and those of sending requests.
    pub fn delete_key(&self, key: &str) -> Result<()> {
        run(self.delete_key_job(key, None))
    }

    /// The keys that match a query, ordered by name. Keys that are scheduled for deletion are left out.
    ///
    /// An empty query finds all keys of the client's region, in its project or else its organization. Otherwise it is `scwkms:` with any of `name=` (exact), `usage=`,
    /// `algorithm=`, `tags=A,B` (all of them), `region=` and `project-id=`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a malformed query,
    /// [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) for a list of over 32 MiB (about 50,000 keys), and those of
    /// sending requests.
    pub fn find_keys(&self, query: &str) -> Result<Vec<KeyInfo>> {
        run(self.find_keys_job(query, None))
    }

    /// Changes a key's name, description, tags or rotation policy. A key that is named by its name is looked up
    /// again. The result is the key's new metadata.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) (an update that
    /// changes nothing, an empty name, a rotation period below 24 hours). Those of sending requests.
    pub fn update_key(&self, key: &str, update: &KeyUpdate) -> Result<KeyInfo> {
        run(self.update_key_job(key, update, None))
    }

    /// Generates new key material for a symmetric key. Ciphertexts of older key material can still be decrypted. It
    /// is repeated only if the first request was certainly not processed. If this is unknown, the error says so.
    ///
    /// A name is looked up again. The result is the key's new metadata.
    ///
    /// # Errors
    /// Those of sending requests, for example [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for
    /// an asymmetric key.
    pub fn rotate_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Rotate, None))
    }

    /// Enables a disabled key.
    ///
    /// A name is looked up again. The result is the key's new metadata.
    ///
    /// # Errors
    /// [`ErrorKind::KeyState`](crate::ErrorKind::KeyState) for a key that is scheduled for deletion or has no key
    /// material, and those of sending requests.
    pub fn enable_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Enable, None))
    }

    /// Disables a key: no cryptographic operation is possible until it is enabled again.
    ///
    /// A name is looked up again. The result is the key's new metadata.
    ///
    /// # Errors
    /// [`ErrorKind::KeyState`](crate::ErrorKind::KeyState) for a key that is scheduled for deletion, and those of
    /// sending requests.
    pub fn disable_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Disable, None))
    }

    /// Protects a key against deletion.
    ///
    /// A name is looked up again. The result is the key's new metadata.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn protect_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Protect, None))
    }

    /// Removes the protection against deletion.
    ///
    /// A name is looked up again. The result is the key's new metadata.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn unprotect_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Unprotect, None))
    }

    /// Restores a key that is scheduled for deletion, with all its rotations. It is repeated only if the first
    /// request was certainly not processed. If this is unknown, the error says so.
    ///
    /// The key must be named by its id, since a name refers to no key that is scheduled for deletion. The result is the
    /// key's new metadata.
    ///
    /// # Errors
    /// [`ErrorKind::KeyState`](crate::ErrorKind::KeyState) for a key that is not scheduled for deletion, and those
    /// of sending requests.
    pub fn restore_key(&self, key: &str) -> Result<KeyInfo> {
        run(self.act_on_key_job(key, KeyAction::Restore, None))
    }

    /// The rotations of a key, the oldest first. An asymmetric key has one.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn list_rotations(&self, key: &str) -> Result<Vec<KeyRotation>> {
        run(self.list_rotations_job(key, None))
    }

    /// Imports key material into a key of origin `external`. The service derives the key from the material and the
    /// salt. Without a salt (an empty one is not sent), the same material need not give the same key again. Each import
    /// is a rotation. It is repeated only if the first request was certainly
    /// not processed. If this is unknown, the error says so.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for empty key material and for a key of
    /// another origin, and those of sending requests.
    pub fn import_key_material(&self, key: &str, material: &[u8], salt: &[u8]) -> Result<KeyInfo> {
        run(self.import_key_material_job(key, material, salt, None))
    }

    /// Deletes imported key material at once: ciphertexts of it can no longer be decrypted. Without a rotation
    /// index, the newest key material is deleted. It is repeated only if the first request was certainly not
    /// processed. If this is unknown, the error says so.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a key whose origin is not `external`,
    /// [`ErrorKind::KeyState`](crate::ErrorKind::KeyState) for one without key material, and those of sending
    /// requests.
    pub fn delete_key_material(&self, key: &str, rotation_index: Option<u32>) -> Result<()> {
        run(self.delete_key_material_job(key, rotation_index, None))
    }

    /// The public key and the token for an import of wrapped key material into a key of origin `external`. In its
    /// version v1alpha1 the service has no request that takes the token: [`Client::import_key_material`] imports
    /// material that is not wrapped.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn import_parameters(
        &self,
        key: &str,
        wrapping_algorithm: WrappingAlgorithm,
    ) -> Result<ImportParameters> {
        run(self.import_parameters_job(key, wrapping_algorithm, None))
    }

    /// The algorithms that the service offers for new keys. An empty query finds all algorithms of the client's
    /// region. Otherwise it is `scwkms:` with `usage=`, `region=` or both.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a malformed query, and those of
    /// sending requests.
    pub fn list_algorithms(&self, query: &str) -> Result<Vec<AlgorithmInfo>> {
        run(self.list_algorithms_job(query, None))
    }
}
