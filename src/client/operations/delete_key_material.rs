//! Deletes imported key material.

use crate::api;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct DeleteKeyMaterial {
    pub(in crate::client) key: KeyReference,
    pub(in crate::client) rotation_index: Option<u32>,
}

impl Steps for DeleteKeyMaterial {
    fn name(&self) -> &'static str {
        "delete_key_material"
    }

    fn title(&self) -> String {
        format!("delete material of key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Nothing
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        api::delete_key_material(target.location()?, self.rotation_index).map(Some)
    }

    fn after_request(&self, shared: &Shared, target: &LoadedTarget) {
        shared.forget_target(target);
    }

    fn output(
        &self,
        _shared: &Shared,
        _target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        api::check_deleted(&required(response)?)?;
        Ok(Output::Nothing)
    }

    fn explain(&self, e: Error) -> Error {
        match e.is_outcome_unknown() {
            true => e.note(
                "the key material may have been deleted all the same: look at the key's rotations before you try again",
            ),
            false => e,
        }
    }
}
