//! Lists the rotations of a key.

use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct ListRotations(pub(in crate::client) KeyReference);

impl Steps for ListRotations {
    fn name(&self) -> &'static str {
        "list_rotations"
    }

    fn title(&self) -> String {
        format!("list rotations of key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Rotations
    }

    fn target(&self) -> Target<'_> {
        Target::Rotations(&self.0)
    }

    fn request(&self, _target: &LoadedTarget) -> Result<Option<Request>> {
        Ok(None)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        _response: Option<Response>,
    ) -> Result<Output> {
        let rotations = target.rotations()?.iter().map(Into::into).collect();
        Ok(Output::Rotations(rotations))
    }
}
