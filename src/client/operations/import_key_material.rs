//! Imports key material into a key of external origin.

use zeroize::Zeroizing;

use super::changed_key::changed_key;
use crate::api;
use crate::client::input;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct ImportKeyMaterial {
    key: KeyReference,
    material: Zeroizing<Vec<u8>>,
    salt: Zeroizing<Vec<u8>>,
}

/// The service documents no limit. This is its limit of other payloads.
const MAX_LEN: usize = 65_535;

impl ImportKeyMaterial {
    pub(in crate::client) fn new(key: KeyReference, material: &[u8], salt: &[u8]) -> Result<Self> {
        if material.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the key material is empty",
            ));
        }
        Ok(Self {
            key,
            material: input::copy("key material", material, Some(MAX_LEN))?,
            salt: input::copy("salt", salt, Some(MAX_LEN))?,
        })
    }
}

impl Steps for ImportKeyMaterial {
    fn name(&self) -> &'static str {
        "import_key_material"
    }

    fn title(&self) -> String {
        format!("import material of key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        api::import_key_material(target.location()?, &self.material, &self.salt).map(Some)
    }

    fn after_request(&self, shared: &Shared, target: &LoadedTarget) {
        shared.forget_target(target);
    }

    fn output(
        &self,
        shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        changed_key(shared, target, response)
    }

    fn explain(&self, e: Error) -> Error {
        match e.is_outcome_unknown() {
            true => e.note(
                "the key material may have been imported all the same: look at the key's rotations before you try \
                 again",
            ),
            false => e,
        }
    }
}
