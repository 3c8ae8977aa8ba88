//! Executes the steps of an operation: on the calling thread, or on the I/O thread.

use std::sync::Arc;

use super::shared::Shared;
use super::steps::{Output, Steps};
use super::subject::LoadedSubject;
use crate::error::{Error, Result};
use crate::transport::{Deadline, Exchange, Request, Response, runtime};

/// An operation with all that its steps need.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) steps: Arc<dyn Steps>,
    pub(super) deadline: Deadline,
}

/// What the I/O thread hands over to the thread that takes the result.
pub(super) struct Received {
    subject: LoadedSubject,
    response: Option<Response>,
}

/// A loaded subject, and the request that is ready to be sent. `None` if the subject is not cached.
pub(super) type Prepared = Option<(LoadedSubject, Option<Exchange>)>;

impl Job {
    /// Executes the operation. Only loading and, without a direct connection, sending happen on the I/O thread.
    pub(super) fn run(&self) -> Result<Output> {
        self.blocking_steps().map_err(|e| self.titled(e))
    }

    fn blocking_steps(&self) -> Result<Output> {
        let subject = self.load_blocking()?;
        let response = match self.steps.request(&subject)? {
            Some(request) => {
                let sent = self.shared.api.send_blocking(request, self.deadline);
                Some(self.sent(&subject, sent)?)
            }
            None => None,
        };
        self.output(Received { subject, response })
    }

    fn load_blocking(&self) -> Result<LoadedSubject> {
        let subject = self.steps.subject();
        if let Some(cached) = self.shared.cached(&subject) {
            return Ok(cached);
        }
        let Self {
            shared, deadline, ..
        } = self.clone();
        runtime::block_on(
            deadline,
            async move { shared.load(&subject, deadline).await },
        )
    }

    /// Runs as many steps as possible without waiting, so that their errors are returned at once.
    pub(super) fn prepare(&self) -> Result<Prepared> {
        match self.shared.cached(&self.steps.subject()) {
            Some(subject) => {
                let exchange = self.prepare_request(&subject)?;
                Ok(Some((subject, exchange)))
            }
            None => Ok(None),
        }
    }

    /// Executes the steps up to the response, on the I/O thread.
    pub(super) async fn receive(&self, prepared: Prepared) -> Result<Received> {
        let (subject, exchange) = match prepared {
            Some(prepared) => prepared,
            None => {
                let subject = self.steps.subject();
                let subject = self.shared.load(&subject, self.deadline).await?;
                let exchange = self.prepare_request(&subject)?;
                (subject, exchange)
            }
        };
        let response = match exchange {
            Some(mut exchange) => {
                let sent = self.shared.api.send_prepared(&mut exchange).await;
                Some(self.sent(&subject, sent)?)
            }
            None => None,
        };
        Ok(Received { subject, response })
    }

    /// Executes the last step. It may verify a signature, which takes long compared with the other steps.
    pub(super) fn output(&self, received: Received) -> Result<Output> {
        let Received { subject, response } = received;
        self.steps
            .output(&self.shared, &subject, response)
            .map_err(|e| self.steps.explain(e))
    }

    /// An error as the caller sees it.
    pub(super) fn titled(&self, e: Error) -> Error {
        e.context(self.steps.title())
    }

    fn prepare_request(&self, subject: &LoadedSubject) -> Result<Option<Exchange>> {
        let prepare = |request: Request| self.shared.api.prepare(request, self.deadline);
        self.steps.request(subject)?.map(prepare).transpose()
    }

    fn sent(&self, subject: &LoadedSubject, sent: Result<Response>) -> Result<Response> {
        if sent.as_ref().err().is_none_or(Error::is_outcome_unknown) {
            self.steps.after_request(&self.shared, subject);
        }
        sent.map_err(|e| self.steps.explain(e))
    }
}
