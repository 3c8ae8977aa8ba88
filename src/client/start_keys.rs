//! The asynchronous forms of the operations that manage keys.

use super::completion::Operation;
use super::key_info::{KeyInfo, ProtectionLevel};
use super::key_update::KeyUpdate;
use super::open::Client;
use super::results::{AlgorithmInfo, ImportParameters, KeyRotation, WrappingAlgorithm};
use super::start::{StartOptions, start};
use crate::algorithm::Algorithm;
use crate::api::KeyAction;
use crate::error::Result;

impl Client {
    /// Starts [`Client::key_info`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_key_info(&self, key: &str, options: StartOptions) -> Result<Operation<KeyInfo>> {
        start(self.key_info_job(key, options.timeout), options)
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

    /// Starts [`Client::update_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_update_key(
        &self,
        key: &str,
        update: &KeyUpdate,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.update_key_job(key, update, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::rotate_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_rotate_key(&self, key: &str, options: StartOptions) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Rotate, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::enable_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_enable_key(&self, key: &str, options: StartOptions) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Enable, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::disable_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_disable_key(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Disable, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::protect_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_protect_key(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Protect, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::unprotect_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_unprotect_key(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Unprotect, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::restore_key`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_restore_key(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.act_on_key_job(key, KeyAction::Restore, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::list_rotations`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_list_rotations(
        &self,
        key: &str,
        options: StartOptions,
    ) -> Result<Operation<Vec<KeyRotation>>> {
        let job = self.list_rotations_job(key, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::import_key_material`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_import_key_material(
        &self,
        key: &str,
        material: &[u8],
        salt: &[u8],
        options: StartOptions,
    ) -> Result<Operation<KeyInfo>> {
        let job = self.import_key_material_job(key, material, salt, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::delete_key_material`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_delete_key_material(
        &self,
        key: &str,
        rotation_index: Option<u32>,
        options: StartOptions,
    ) -> Result<Operation<()>> {
        let job = self.delete_key_material_job(key, rotation_index, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::import_parameters`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_import_parameters(
        &self,
        key: &str,
        wrapping_algorithm: WrappingAlgorithm,
        options: StartOptions,
    ) -> Result<Operation<ImportParameters>> {
        let job = self.import_parameters_job(key, wrapping_algorithm, options.timeout);
        start(job, options)
    }

    /// Starts [`Client::list_algorithms`].
    ///
    /// # Errors
    /// As for [`Client::start_public_key`].
    pub fn start_list_algorithms(
        &self,
        query: &str,
        options: StartOptions,
    ) -> Result<Operation<Vec<AlgorithmInfo>>> {
        let job = self.list_algorithms_job(query, options.timeout);
        start(job, options)
    }
}
