//! Turns the arguments of operations that manage keys into jobs, as `arguments` does.

use super::arguments::Timeout;
use super::driver::Job;
use super::key_info::ProtectionLevel;
use super::key_update::KeyUpdate;
use super::open::Client;
use super::operations::{
    ActOnKey, CreateKey, DeleteKey, DeleteKeyMaterial, FindKeys, GetImportParameters, GetKeyInfo,
    ImportKeyMaterial, ListAlgorithms, ListRotations, UpdateKey,
};
use super::results::WrappingAlgorithm;
use crate::algorithm::Algorithm;
use crate::api::KeyAction;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;
use crate::uri::{AlgorithmQuery, KeyCreation, KeyQuery, KeyReference};

impl Client {
    pub(super) fn key_info_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("describe", key, timeout, |key| {
            // The file of a public key has no metadata.
            Ok(GetKeyInfo(KeyReference {
                public_key: None,
                ..key
            }))
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

    pub(super) fn act_on_key_job(
        &self,
        key: &str,
        action: KeyAction,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job(ActOnKey::verb(action), key, timeout, |key| {
            Ok(ActOnKey { key, action })
        })
    }

    pub(super) fn update_key_job(
        &self,
        key: &str,
        update: &KeyUpdate,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("update", key, timeout, |key| UpdateKey::new(key, update))
    }

    pub(super) fn list_rotations_job(&self, key: &str, timeout: Timeout) -> Result<Job> {
        self.key_job("list rotations of", key, timeout, |key| {
            Ok(ListRotations(key))
        })
    }

    pub(super) fn import_key_material_job(
        &self,
        key: &str,
        material: &[u8],
        salt: &[u8],
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("import material of", key, timeout, |key| {
            ImportKeyMaterial::new(key, material, salt)
        })
    }

    pub(super) fn delete_key_material_job(
        &self,
        key: &str,
        rotation_index: Option<u32>,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("delete material of", key, timeout, |key| {
            Ok(DeleteKeyMaterial {
                key,
                rotation_index,
            })
        })
    }

    pub(super) fn import_parameters_job(
        &self,
        key: &str,
        wrapping_algorithm: WrappingAlgorithm,
        timeout: Timeout,
    ) -> Result<Job> {
        self.key_job("import parameters of", key, timeout, |key| {
            Ok(GetImportParameters {
                key,
                wrapping_algorithm,
            })
        })
    }

    pub(super) fn list_algorithms_job(&self, query: &str, timeout: Timeout) -> Result<Job> {
        let steps = || {
            let query = AlgorithmQuery::parse(query)?;
            Ok(ListAlgorithms {
                region: self.region_or_default(query.region.clone())?,
                query,
            })
        };
        steps()
            .and_then(|steps| self.job(steps, timeout))
            .map_err(|e: Error| e.context("list algorithms"))
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
