//! Actions on a key that need no arguments: rotate, enable, disable, protect, unprotect and restore.

use super::changed_key::changed_key;
use crate::api::{self, KeyAction};
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct ActOnKey {
    pub(in crate::client) key: KeyReference,
    pub(in crate::client) action: KeyAction,
}

impl ActOnKey {
    /// The beginning of the title.
    pub(in crate::client) fn verb(action: KeyAction) -> &'static str {
        match action {
            KeyAction::Rotate => "rotate",
            KeyAction::Enable => "enable",
            KeyAction::Disable => "disable",
            KeyAction::Protect => "protect",
            KeyAction::Unprotect => "unprotect",
            KeyAction::Restore => "restore",
        }
    }
}

impl Steps for ActOnKey {
    fn name(&self) -> &'static str {
        match self.action {
            KeyAction::Rotate => "rotate_key",
            KeyAction::Enable => "enable_key",
            KeyAction::Disable => "disable_key",
            KeyAction::Protect => "protect_key",
            KeyAction::Unprotect => "unprotect_key",
            KeyAction::Restore => "restore_key",
        }
    }

    fn title(&self) -> String {
        format!("{} key {}", Self::verb(self.action), self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        api::act_on_key(target.location()?, self.action).map(Some)
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
        match (self.action, e.is_outcome_unknown()) {
            (KeyAction::Rotate, true) => e.note(
                "the key may have been rotated all the same: compare its rotation count before you try again",
            ),
            (KeyAction::Restore, true) => e.note(
                "the key may have been restored all the same: check its state before you try again",
            ),
            _ => e,
        }
    }
}
