//! Turns the arguments of operations into jobs: parses them, and adds the client's settings where the caller gave
//! none. An error names the operation and the key.

use std::sync::Arc;
use std::time::Duration;

use super::driver::Job;
use super::key_info::ProtectionLevel;
use super::open::Client;
use super::operations::{
    CreateKey, Decrypt, DeleteKey, Encrypt, FindKeys, GetKeyInfo, GetPublicKey, Sign,
};
use super::steps::Steps;
use crate::algorithm::Algorithm;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;
use crate::uri::{KeyCreation, KeyQuery, KeyReference};

/// A limit that is shorter than the client's timeout, if the caller gave one.
pub(super) type Timeout = Option<Duration>;

impl Client {
    pub(super) fn public_key_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("public key of", key, timeout, |key| Ok(GetPublicKey(key)))
    }

    pub(super) fn key_info_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("describe", key, timeout, |key| Ok(GetKeyInfo(key)))
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
            Encrypt::new(key, plaintext)
        })
    }

    pub(super) fn delete_key_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("delete", key, timeout, |key| Ok(DeleteKey(key)))
    }

    pub(super) fn create_key_job(
        &self,
        name: &str,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
        timeout: Timeout,
    ) -> Result<Job> {
        let creation = KeyCreation::parse(name).map_err(|e| e.context("create a key"))?;
        let title = format!("create key {}", quote(&creation.name));
        self.complete_creation(creation, algorithm, protection_level)
            .and_then(|steps| self.job(steps, timeout))
            .map_err(|e| e.context(title))
    }

    pub(super) fn find_keys_job(&self, query: &str, timeout: Timeout) -> Result<Job> {
        let steps = || {
            let query = KeyQuery::parse(query)?;
            Ok(FindKeys {
                region: self.region_or_default(query.region.clone())?,
                scope: self.shared()?.scope(query.project_id.as_deref())?,
                query,
            })
        };
        steps()
            .and_then(|steps| self.job(steps, timeout))
            .map_err(|e: Error| e.context("find keys"))
    }

    /// The job of an operation on one key.
    fn key_job<S: Steps + 'static>(
        &self,
        verb: &str,
        key: &str,
        timeout: Timeout,
        steps: impl FnOnce(KeyReference) -> Result<S>,
    ) -> Result<Job> {
        self.key_reference(key)
            .and_then(steps)
            .and_then(|steps| self.job(steps, timeout))
            .map_err(|e| e.context(format_args!("{verb} {}", self.describe_key(key))))
    }

    fn job(&self, steps: impl Steps + 'static, timeout: Timeout) -> Result<Job> {
        let shared = self.shared()?;
        Ok(Job {
            deadline: shared.deadline(timeout),
            steps: Arc::new(steps),
            shared,
        })
    }

    /// A parsed key reference, with the client's region if it contains none.
    fn key_reference(&self, key: &str) -> Result<KeyReference> {
        let mut reference = KeyReference::parse(key)?;
        reference.region = Some(self.region_or_default(reference.region)?);
        Ok(reference)
    }

    fn region_or_default(&self, region: Option<String>) -> Result<String> {
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

    /// Adds the settings that a creation lacks.
    fn complete_creation(
        &self,
        creation: KeyCreation,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
    ) -> Result<CreateKey> {
        let algorithm = agreed(
            "algorithm",
            creation.algorithm,
            algorithm,
            Algorithm::wire_name,
        )?;
        Ok(CreateKey {
            region: self.region_or_default(creation.region.clone())?,
            project_id: self.project_of_creation(&creation)?,
            algorithm: algorithm.unwrap_or(Algorithm::EcP256Sha256),
            protection_level: agreed(
                "protection level",
                creation.protection_level,
                protection_level.map(ProtectionLevel::wire_name),
                |name| name,
            )?,
            creation,
        })
    }

    fn project_of_creation(&self, creation: &KeyCreation) -> Result<String> {
        let Settings {
            project_id,
            organization_id,
            ..
        } = &self.settings;
        creation
            .project_id
            .as_ref()
            .or(project_id.as_ref())
            // The default project of an organization has the organization's id.
            .or(organization_id.as_ref())
            .cloned()
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    "no project: give project-id= in the URI, SCW_DEFAULT_PROJECT_ID or default_project_id in the \
                     config file",
                )
            })
    }
}

/// The value in the URI or the argument. If both are given, they must be equal.
fn agreed<T: Copy + PartialEq>(
    what: &str,
    in_uri: Option<T>,
    argument: Option<T>,
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>> {
    match (in_uri, argument) {
        (Some(a), Some(b)) if a != b => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "two {what}s are given for the new key, {} in its URI and {} as an argument",
                name(a),
                name(b)
            ),
        )),
        (a, b) => Ok(a.or(b)),
    }
}
