//! Turns the arguments of cryptographic operations into jobs: parses them, and adds the client's settings where the caller
//! gave none. An error names the operation and the key.

use std::sync::Arc;
use std::time::Duration;

use super::driver::Job;
use super::open::Client;
use super::operations::{
    Decrypt, Encrypt, GenerateDataKey, GetPublicKey, Sign, Unwrap, Verify, Wrap,
};
use super::steps::Steps;
use crate::algorithm::Algorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::observer::OperationRecord;
use crate::uri::KeyReference;

/// A limit that is shorter than the client's timeout, if the caller gave one.
pub(super) type Timeout = Option<Duration>;

impl Client {
    pub(super) fn public_key_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("public key of", key, timeout, |key| Ok(GetPublicKey(key)))
    }

    pub(super) fn sign_job(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        digest: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("sign with", key, timeout, |key| {
            Sign::new(key, expected, digest)
        })
    }

    pub(super) fn decrypt_job(
        &self,
        key: &str,
        ciphertext: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("decrypt with", key, timeout, |key| {
            Decrypt::new(key, ciphertext)
        })
    }

    pub(super) fn encrypt_job(&self, key: &str, plaintext: &[u8], timeout: Timeout) -> Result<Job> {
        self.key_job("encrypt with", key, timeout, |key| {
            Encrypt::new(key, plaintext, &[])
        })
    }

    pub(super) fn verify_job(
        &self,
        key: &str,
        expected: Option<Algorithm>,
        (digest, signature): (&[u8], &[u8]),
        by_service: bool,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("verify with", key, timeout, |key| {
            Verify::new(key, expected, digest, signature, by_service)
        })
    }

    pub(super) fn decrypt_with_associated_data_job(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("decrypt with", key, timeout, |key| {
            Decrypt::with_associated_data(key, ciphertext, associated_data)
        })
    }

    pub(super) fn encrypt_with_associated_data_job(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("encrypt with", key, timeout, |key| {
            Encrypt::new(key, plaintext, associated_data)
        })
    }

    pub(super) fn generate_data_key_job(
        &self,
        key: &str,
        with_plaintext: bool,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("generate a data key with", key, timeout, |key| {
            Ok(GenerateDataKey {
                key,
                with_plaintext,
            })
        })
    }

    pub(super) fn decrypt_data_key_job(&self, key: &str, ciphertext: &[u8]) -> Result<Job> {
        self.key_job("decrypt a data key with", key, None, |key| {
            Decrypt::data_key(key, ciphertext)
        })
    }

    pub(super) fn wrap_job(
        &self,
        key: &str,
        plaintext: &[u8],
        associated_data: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("wrap with", key, timeout, |key| {
            Wrap::new(key, plaintext, associated_data)
        })
    }

    pub(super) fn unwrap_job(
        &self,
        key: &str,
        ciphertext: &[u8],
        associated_data: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("unwrap with", key, timeout, |key| {
            Unwrap::new(key, ciphertext, associated_data)
        })
    }

    /// The job of an operation on one key.
    pub(super) fn key_job<S: Steps + 'static>(
        &self,
        verb: &str,
        key: &str,
        timeout: Timeout,
        steps: impl FnOnce(KeyReference) -> Result<S>,
    ) -> Result<Job> {
        let reference = self.key_reference(key);
        let steps = reference.and_then(steps).map(|steps| Arc::new(steps) as _);
        self.key_job_of(verb, key, timeout, steps)
    }

    /// Not generic, so that it exists once in the library and not once for each operation.
    fn key_job_of(
        &self,
        verb: &str,
        key: &str,
        timeout: Timeout,
        steps: Result<Arc<dyn Steps>>,
    ) -> Result<Job> {
        steps
            .and_then(|steps| self.job_of(steps, timeout))
            .map_err(|e| e.context(format_args!("{verb} {}", self.describe_key(key))))
    }

    pub(super) fn job(&self, steps: impl Steps + 'static, timeout: Timeout) -> Result<Job> {
        self.job_of(Arc::new(steps), timeout)
    }

    fn job_of(&self, steps: Arc<dyn Steps>, timeout: Timeout) -> Result<Job> {
        let shared = self.shared()?;
        Ok(Job {
            deadline: shared.deadline(timeout),
            record: begin_record(&*steps),
            steps,
            shared,
        })
    }

    /// A parsed key reference, with the client's region if it contains none.
    pub(crate) fn key_reference(&self, key: &str) -> Result<KeyReference> {
        let mut reference = KeyReference::parse(key)?;
        reference.region = Some(self.region_or_default(reference.region)?);
        Ok(reference)
    }

    pub(super) fn region_or_default(&self, region: Option<String>) -> Result<String> {
        region
            .or_else(|| self.settings.region.clone())
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    "no region: give it with the key as REGION/UUID or region=, or to the client with region= in \
                     its URI, SCW_DEFAULT_REGION or default_region in the config file",
                )
            })
    }

    /// A key reference for errors, without the client parameters that a URI may contain.
    fn describe_key(&self, key: &str) -> String {
        match KeyReference::parse(key) {
            Ok(mut reference) => {
                reference.region = reference.region.or_else(|| self.settings.region.clone());
                format!("key {reference}")
            }
            Err(_) => "a key".to_owned(),
        }
    }
}

/// The record of an operation for the observer, if there is one.
fn begin_record(steps: &dyn Steps) -> Option<Arc<OperationRecord>> {
    let record = OperationRecord::begin(|| steps.name())?;
    if let (Some(region), id) = steps.target().region_and_id() {
        record.note_key(region, id);
    }
    Some(record)
}
