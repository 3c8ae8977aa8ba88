//! Gets a key's metadata.

use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::subject::{LoadedSubject, Subject};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GetKeyInfo(pub(in crate::client) KeyReference);

impl Steps for GetKeyInfo {
    fn title(&self) -> String {
        format!("describe key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Key
    }

    fn subject(&self) -> Subject {
        Subject::Key(self.0.clone())
    }

    fn request(&self, _subject: &LoadedSubject) -> Result<Option<Request>> {
        Ok(None)
    }

    fn output(
        &self,
        _shared: &Shared,
        subject: &LoadedSubject,
        _response: Option<Response>,
    ) -> Result<Output> {
        let info = subject.key()?.info()?;
        Ok(Output::Key(Box::new(info)))
    }
}
