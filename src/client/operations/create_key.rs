//! Creates a key.

use crate::algorithm::Algorithm;
use crate::api::{self, CreateKeyRequest, RotationPolicyRequest};
use crate::client::key_info::KeyInfo;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;
use crate::transport::{Request, Response};
use crate::uri::KeyCreation;

/// A key to create. All its parameters are known and checked.
pub(in crate::client) struct CreateKey {
    pub(in crate::client) creation: KeyCreation,
    pub(in crate::client) region: String,
    pub(in crate::client) project_id: String,
    pub(in crate::client) algorithm: Algorithm,
    pub(in crate::client) protection_level: Option<&'static str>,
}

impl Steps for CreateKey {
    fn name(&self) -> &'static str {
        "create_key"
    }

    fn title(&self) -> String {
        format!("create key {}", quote(&self.creation.name))
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn target(&self) -> Target<'_> {
        Target::Region(&self.region)
    }

    fn request(&self, _target: &LoadedTarget) -> Result<Option<Request>> {
        let request = CreateKeyRequest {
            project_id: &self.project_id,
            name: &self.creation.name,
            usage: self.algorithm.into(),
            description: self.creation.description.as_deref(),
            tags: &self.creation.tags,
            rotation_policy: self
                .creation
                .rotation_period
                .map(|seconds| RotationPolicyRequest {
                    rotation_period: seconds,
                    next_rotation_at: None,
                }),
            unprotected: self.creation.unprotected,
            origin: self.creation.origin,
            protection_level: self.protection_level,
        };
        api::create_key(&self.region, &request).map(Some)
    }

    fn output(
        &self,
        shared: &Shared,
        _target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let key = api::read_created_key(&required(response)?)?;
        if key.usage != self.algorithm.into() {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "the service created key {} as {}, not as {}",
                    key.id, key.usage.algorithm, self.algorithm
                ),
            ));
        }
        let info = KeyInfo::new(&key, &self.region)?;
        shared.note_metadata(&self.region, &key)?;
        Ok(Output::Key(Box::new(info)))
    }

    fn explain(&self, e: Error) -> Error {
        match e.is_outcome_unknown() {
            true => e.note(format_args!(
                "the key may have been created all the same: look for {} in {} before you try again",
                quote(&self.creation.name),
                self.region
            )),
            false => e,
        }
    }
}
