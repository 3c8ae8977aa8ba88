//! The operations on messages, in their blocking and asynchronous forms.

use std::sync::Arc;

use super::arguments::Timeout;
use super::blocking::run;
use super::completion::Operation;
use super::driver::Job;
use super::open::Client;
use super::operations::{SignMessage, VerifyMessage};
use super::start::{StartOptions, start};
use crate::algorithm::Algorithm;
use crate::error::Result;

impl Client {
    /// Signs a message of any length.
    ///
    /// With ECDSA and RSA keys, the message is hashed with the key's hash, and the digest is signed as by
    /// [`Client::sign`]. With ML-DSA keys, the signature is one of pure ML-DSA (FIPS 204) with an empty context. It is
    /// always verified, also with `verify=false`.
    ///
    /// The service does not document what it signs with ML-DSA keys. The client sends the external mu of the message. If
    /// the service signs these 64 bytes as a message instead, the client sends the message, from then on at once; the message
    /// must then have 1 to 65,535 bytes.
    ///
    /// # Errors
    /// As for [`Client::sign`]. [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) also if the service signs
    /// otherwise with an ML-DSA key, for example with HashML-DSA, or does not accept the message.
    pub fn sign_message(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        message: &[u8],
    ) -> Result<Vec<u8>> {
        run(self.sign_message_job(key, expected, message, None))
    }

    /// Starts [`Client::sign_message`]. The message is copied.
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_sign_message(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        message: &[u8],
        options: StartOptions,
    ) -> Result<Operation<Vec<u8>>> {
        let job = self.sign_message_job(key, expected, message, options.timeout);
        start(job, options)
    }

    /// Verifies a signature of a message with the public key. After the first use of a key no request is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Integrity`](crate::ErrorKind::Integrity) if the signature is not a signature of the message by
    /// the key, with ML-DSA by pure ML-DSA with an empty context. [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported)
    /// as for [`Client::verify`].
    pub fn verify_message(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        run(self.verify_message_job(key, expected, (message, signature), None))
    }

    /// Starts [`Client::verify_message`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_verify_message(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        message: &[u8],
        signature: &[u8],
        options: StartOptions,
    ) -> Result<Operation<()>> {
        let job = self.verify_message_job(key, expected, (message, signature), options.timeout);
        start(job, options)
    }

    fn sign_message_job(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        message: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("sign a message with", key, timeout, |key| {
            let known = Arc::clone(&self.shared()?.ml_dsa_input);
            SignMessage::new(key, expected, message, known)
        })
    }

    fn verify_message_job(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        (message, signature): (&[u8], &[u8]),
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("verify a message with", key, timeout, |key| {
            VerifyMessage::new(key, expected, message, signature)
        })
    }
}
