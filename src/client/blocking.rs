//! The blocking forms of the operations.

use zeroize::Zeroizing;

use super::driver::Job;
use super::key_info::{KeyInfo, ProtectionLevel, PublicKeyInfo};
use super::open::Client;
use super::steps::{OperationResult, typed};
use crate::algorithm::Algorithm;
use crate::error::Result;

impl Client {
    /// The public key of an asymmetric key, and its algorithm.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a symmetric key or an algorithm that this library
    /// does not know, and the errors of sending requests.
    pub fn public_key(&self, key: &str) -> Result<PublicKeyInfo> {
        run(self.public_key_job(key, None))
    }

    /// A key's metadata, with its public key if it has one. The metadata is cached: it shows the key as it was when the
    /// client first used it, or had created or found it within the minute before.
    ///
    /// # Errors
    /// Those of sending requests.
    pub fn key_info(&self, key: &str) -> Result<KeyInfo> {
        run(self.key_info_job(key, None))
    }

    /// Signs a digest.
    ///
    /// The digest must have the length of the key's hash (32 bytes for SHA-256, 48 for SHA-384). `expected` is the
    /// algorithm that the caller expects the key to have, or `None`. ECDSA signatures are in ASN.1 DER (RFC 3279,
    /// section 2.2.3); RSA signatures have the length of the modulus. The service chooses a PSS salt of the hash's
    /// length or of the maximum length. The signature is verified with the public key, unless the client's URI
    /// contains `verify=false`.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) (a digest of the wrong
    /// length) and [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (a key that does not sign, or an algorithm
    /// other than expected). [`ErrorKind::Integrity`](crate::ErrorKind::Integrity) means that the service returned
    /// something other than a signature of the digest by the key; it is never passed on.
    pub fn sign(&self, key: &str, expected: Option<Algorithm>, digest: &[u8]) -> Result<Vec<u8>> {
        run(self.sign_job(key, expected, digest, None))
    }

    /// Decrypts with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no associated data). The plaintext is
    /// wiped when it is dropped.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) (a ciphertext of an
    /// impossible length) and [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (a key that does not decrypt).
    pub fn decrypt(&self, key: &str, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        run(self.decrypt_job(key, ciphertext, None))
    }

    /// Encrypts with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no associated data). The service
    /// encrypts.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) (a plaintext that is
    /// empty or too long) and [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (a key that does not encrypt).
    pub fn encrypt(&self, key: &str, plaintext: &[u8]) -> Result<Vec<u8>> {
        run(self.encrypt_job(key, plaintext, None))
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

    /// Schedules a key for deletion. For 7 days it can be restored in Scaleway's console.
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
}

fn run<T: OperationResult>(job: Result<Job>) -> Result<T> {
    let job = job?;
    job.run().and_then(typed)
}
