//! Gets a key's public key.

use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GetPublicKey(pub(in crate::client) KeyReference);

impl Steps for GetPublicKey {
    fn name(&self) -> &'static str {
        "public_key"
    }

    fn title(&self) -> String {
        format!("public key of key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::PublicKey
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.0)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        target.key()?.public_key().map(|_| None)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        _response: Option<Response>,
    ) -> Result<Output> {
        target.key()?.public_key().map(Output::PublicKey)
    }
}
