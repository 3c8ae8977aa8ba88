//! Schedules a key for deletion.

use crate::api;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::subject::{LoadedSubject, Subject};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct DeleteKey(pub(in crate::client) KeyReference);

impl Steps for DeleteKey {
    fn title(&self) -> String {
        format!("delete key {}", self.0)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Nothing
    }

    fn subject(&self) -> Subject {
        Subject::Path(self.0.clone())
    }

    fn request(&self, subject: &LoadedSubject) -> Result<Option<Request>> {
        Ok(Some(api::delete_key(subject.path()?)))
    }

    /// The cached state of the key is no longer valid.
    fn after_request(&self, shared: &Shared, subject: &LoadedSubject) {
        if let Ok(path) = subject.path() {
            shared.forget(path);
        }
    }

    fn output(
        &self,
        _shared: &Shared,
        _subject: &LoadedSubject,
        response: Option<Response>,
    ) -> Result<Output> {
        api::check_deleted(&required(response)?)?;
        Ok(Output::Nothing)
    }

    fn explain(&self, e: Error) -> Error {
        match e.kind() {
            ErrorKind::KeyState => e.note(
                "a protected key must be unprotected first, in Scaleway's console or with `scw keymanager key \
                 unprotect`",
            ),
            _ if e.is_outcome_unknown() => e.note(
                "the key may have been scheduled for deletion all the same: check its state before you try again",
            ),
            _ => e,
        }
    }
}
