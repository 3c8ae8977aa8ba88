//! Gets a key's metadata.

use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GetKeyInfo(pub(in crate::client) KeyReference);

impl Steps for GetKeyInfo {
    fn name(&self) -> &'static str {
        "get_key"
    }

    fn title(&self) -> String {
        format!("describe key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.0)
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
        let info = target.key()?.info()?;
        Ok(Output::Key(Box::new(info)))
    }
}
