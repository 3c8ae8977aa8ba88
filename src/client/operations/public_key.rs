//! Gets a key's public key.

use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::subject::{LoadedSubject, Subject};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GetPublicKey(pub(in crate::client) KeyReference);

impl Steps for GetPublicKey {
    fn title(&self) -> String {
        format!("public key of key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::PublicKey
    }

    fn subject(&self) -> Subject {
        Subject::Key(self.0.clone())
    }

    fn request(&self, subject: &LoadedSubject) -> Result<Option<Request>> {
        subject.key()?.public_key().map(|_| None)
    }

    fn output(
        &self,
        _shared: &Shared,
        subject: &LoadedSubject,
        _response: Option<Response>,
    ) -> Result<Output> {
        subject.key()?.public_key().map(Output::PublicKey)
    }
}
