//! The blocking forms of the cryptographic operations.

use zeroize::Zeroizing;

use super::driver::Job;
use super::key_info::PublicKeyInfo;
use super::open::Client;
use super::results::{DataKey, Decrypted};
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

    /// Verifies a signature of a digest with the public key. After the first use of a key no request is sent.
    ///
    /// The digest and `expected` are as for [`Client::sign`], the signature as [`Client::sign`] returns it.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`](crate::ErrorKind::Integrity) if the signature is not a signature of the digest by
    /// the key. [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a key that does not sign, or whose
    /// signatures this library cannot verify; [`Client::verify_by_service`] verifies those of secp256k1.
    pub fn verify(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        run(self.verify_job(key, expected, (digest, signature), false, None))
    }

    /// Verifies a signature of a digest by a request to the service. [`Client::verify`] gives the same answer
    /// without a request.
    ///
    /// # Errors
    /// As for [`Client::verify`], and those of sending requests.
    pub fn verify_by_service(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        run(self.verify_job(key, expected, (digest, signature), true, None))
    }

    /// Encrypts with an AES-256-GCM key. The associated data is authenticated but not part of the ciphertext: the
    /// decryption needs the same associated data. Empty associated data is the same as none.
    ///
    /// # Errors
    /// As for [`Client::encrypt`]; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for associated data
    /// with a key that is not symmetric.
    pub fn encrypt_with_associated_data(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
    ) -> Result<Vec<u8>> {
        run(self.encrypt_with_associated_data_job(key, plaintext, associated_data, None))
    }

    /// Decrypts as [`Client::decrypt`] does, with the associated data of the encryption. If the key was rotated
    /// since the encryption, the result also has the plaintext encrypted with the newest key material.
    ///
    /// # Errors
    /// As for [`Client::decrypt`]; [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if the
    /// ciphertext was not made with this key and associated data.
    pub fn decrypt_with_associated_data(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
    ) -> Result<Decrypted> {
        run(self.decrypt_with_associated_data_job(key, ciphertext, associated_data, None))
    }

    /// Generates a data key for AES-256-GCM outside of Key Manager. The service does not store it: it returns the
    /// data key encrypted with the key, and with `with_plaintext` also the data key itself. [`Client::decrypt`]
    /// decrypts it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a key that is not symmetric, and those of
    /// sending requests.
    pub fn generate_data_key(&self, key: &str, with_plaintext: bool) -> Result<DataKey> {
        run(self.generate_data_key_job(key, with_plaintext, None))
    }

    /// Decrypts a data key. [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a key that is not symmetric.
    pub(crate) fn decrypt_data_key(
        &self,
        key: &str,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        run(self.decrypt_data_key_job(key, ciphertext))
    }

    /// Encrypts at most 2,048 bytes, usually another key, with an ML-KEM key (FIPS 203). The service encrypts.
    /// [`Client::unwrap`] needs the same associated data, which may be empty.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) (a plaintext that is
    /// empty or too long) and [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) (a key of another usage).
    pub fn wrap(&self, key: &str, plaintext: &[u8], associated_data: &[u8]) -> Result<Vec<u8>> {
        run(self.wrap_job(key, plaintext, associated_data, None))
    }

    /// Decrypts a ciphertext of [`Client::wrap`] with an ML-KEM key. The plaintext is wiped when it is dropped.
    ///
    /// # Errors
    /// As for [`Client::wrap`]; [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) if the ciphertext
    /// was not made with this key and associated data.
    pub fn unwrap(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        run(self.unwrap_job(key, ciphertext, associated_data, None))
    }
}

pub(super) fn run<T: OperationResult>(job: Result<Job>) -> Result<T> {
    let job = job?;
    job.run().and_then(typed)
}
