//! The asynchronous forms of the cryptographic operations: each starts an operation and returns at once.

use std::time::Duration;

use zeroize::Zeroizing;

use super::completion::{Notify, Operation};
use super::driver::Job;
use super::key_info::PublicKeyInfo;
use super::open::Client;
use super::results::{DataKey, Decrypted};
use super::steps::OperationResult;
use crate::algorithm::Algorithm;
use crate::error::Result;

/// The options of an operation that is started.
#[derive(Default)]
pub struct StartOptions {
    /// A time limit that is shorter than the client's timeout.
    pub timeout: Option<Duration>,
    /// Called once on the library's I/O thread when the result can be taken, also after a cancellation. It must return
    /// quickly, and must not block. [`Operation::wait`] on other threads returns after it.
    pub notify: Option<Notify>,
}

/// All of these functions return errors that can be found without a request. Other errors are results of the
/// operation, for example those of a key that was not used before and is loaded first.
impl Client {
    /// Starts [`Client::public_key`].
    ///
    /// # Errors
    /// Those that can be found without a request; [`ErrorKind::Internal`](crate::ErrorKind::Internal) if the I/O
    /// thread cannot be started. `notify` is then not called.
    pub fn start_public_key(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<PublicKeyInfo>> {
        start(self.public_key_job(key, options.timeout), options)
    }

    /// Starts [`Client::sign`]. The digest is copied.
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_sign(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Vec<u8>>> {
        start(
            self.sign_job(key, expected, digest, options.timeout),
            options,
        )
    }

    /// Starts [`Client::decrypt`]. The ciphertext is copied.
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_decrypt(
        &self,
        key: &str,
        ciphertext: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Zeroizing<Vec<u8>>>> {
        start(self.decrypt_job(key, ciphertext, options.timeout), options)
    }

    /// Starts [`Client::encrypt`]. The plaintext is copied, and the copy is wiped.
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_encrypt(
        &self,
        key: &str,
        plaintext: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Vec<u8>>> {
        start(self.encrypt_job(key, plaintext, options.timeout), options)
    }

    /// Starts [`Client::verify`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_verify(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        signature: &[u8],
        options: StartOptions,
    ) -> Result<Operation<()>> {
        let job = self.verify_job(key, expected, (digest, signature), false, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::verify_by_service`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_verify_by_service(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        signature: &[u8],
        options: StartOptions,
    ) -> Result<Operation<()>> {
        let job = self.verify_job(key, expected, (digest, signature), true, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::encrypt_with_associated_data`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_encrypt_with_associated_data(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Vec<u8>>> {
        let job =
            self.encrypt_with_associated_data_job(key, plaintext, associated_data, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::decrypt_with_associated_data`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_decrypt_with_associated_data(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Decrypted>> {
        let job = self.decrypt_with_associated_data_job(
            key,
            ciphertext,
            associated_data,
            options.timeout,
        );
        start(job, options)
    }

    /// Starts [`Client::generate_data_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_generate_data_key(
        &self,
        key: &str,
        with_plaintext: bool,
        options: StartOptions,
    ) -> Result<Operation<DataKey>> {
        let job = self.generate_data_key_job(key, with_plaintext, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::wrap`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_wrap(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Vec<u8>>> {
        let job = self.wrap_job(key, plaintext, associated_data, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::unwrap`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_unwrap(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Zeroizing<Vec<u8>>>> {
        let job = self.unwrap_job(key, ciphertext, associated_data, options.timeout);
        start(job, options)
    }
}

pub(super) fn start<T: OperationResult>(
    job: Result<Job>,
    options: StartOptions,
) -> Result<Operation<T>> {
    Operation::start(job?, options.notify).map(Operation::typed)
}
