//! Schedules a key for deletion.

use crate::api;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct DeleteKey(pub(in crate::client) KeyReference);

impl Steps for DeleteKey {
    fn name(&self) -> &'static str {
        "delete_key"
    }

    fn title(&self) -> String {
        format!("delete key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Nothing
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.0)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        Ok(Some(api::delete_key(target.location()?)))
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
        match e.kind() {
            // 423: locked, which has its own advice.
            ErrorKind::KeyState if e.http_status() != Some(423) => e.note(
                "a protected key must be unprotected first, by unprotect_key or with `scwkms unprotect`",
            ),
            _ if e.is_outcome_unknown() => e.note(
                "the key may have been scheduled for deletion all the same: check its state before you try again",
            ),
            _ => e,
        }
    }
}
