//! The asynchronous forms of the operations: each starts an operation and returns at once.

use std::time::Duration;

use zeroize::Zeroizing;

use super::completion::{Notify, Operation};
use super::driver::Job;
use super::key_info::{KeyInfo, ProtectionLevel, PublicKeyInfo};
use super::open::Client;
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

    /// Starts [`Client::key_info`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_key_info(&self, key: &str, options: StartOptions) -> Result<Operation<KeyInfo>> {
        start(self.key_info_job(key, options.timeout), options)
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

    /// Starts [`Client::create_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_create_key(
        &self,
        name: &str,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.create_key_job(name, algorithm, protection_level, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::delete_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_delete_key(&self, key: &str, options: StartOptions) -> Result<Operation<()>> {
        start(self.delete_key_job(key, options.timeout), options)
    }

    /// Starts [`Client::find_keys`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_find_keys(
        &self,
        query: &str,
        options: StartOptions,
    ) -> Result<Operation<Vec<KeyInfo>>> {
        start(self.find_keys_job(query, options.timeout), options)
    }
}

fn start<T: OperationResult>(job: Result<Job>, options: StartOptions) -> Result<Operation<T>> {
    Operation::start(job?, options.notify)
}
