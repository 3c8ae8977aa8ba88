//! Changes attributes of a key.

use super::changed_key::changed_key;
use crate::api::{self, RotationPolicyRequest, UpdateKeyRequest};
use crate::client::key_update::KeyUpdate;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct UpdateKey {
    key: KeyReference,
    update: KeyUpdate,
}

impl UpdateKey {
    pub(in crate::client) fn new(key: KeyReference, update: &KeyUpdate) -> Result<Self> {
        update.check()?;
        let update = update.clone();
        Ok(Self { key, update })
    }
}

impl Steps for UpdateKey {
    fn name(&self) -> &'static str {
        "update_key"
    }

    fn title(&self) -> String {
        format!("update key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let KeyUpdate {
            name,
            description,
            tags,
            rotation_period,
            next_rotation_at,
        } = &self.update;
        let request = UpdateKeyRequest {
            name: name.as_deref(),
            description: description.as_deref(),
            tags: tags.as_deref(),
            rotation_policy: rotation_period.map(|rotation_period| RotationPolicyRequest {
                rotation_period,
                next_rotation_at: next_rotation_at.as_deref(),
            }),
        };
        api::update_key(target.location()?, &request).map(Some)
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
}
