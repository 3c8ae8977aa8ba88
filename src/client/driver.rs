//! Executes the steps of an operation: on the calling thread, or on the I/O thread.

use std::sync::Arc;

use super::shared::Shared;
use super::steps::{Output, Steps};
use super::target::LoadedTarget;
use crate::error::{Error, Result};
use crate::transport::{Deadline, Exchange, Request, Response, runtime};

/// An operation with all that its steps need.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) steps: Arc<dyn Steps>,
    pub(super) deadline: Deadline,
}

/// The target and the response, from which the result is made.
pub(super) struct Received {
    target: LoadedTarget,
    response: Option<Response>,
}

/// A loaded target, and the request that is ready to be sent. `None` if the target is not cached.
pub(super) type Prepared = Option<(LoadedTarget, Option<Exchange>)>;

impl Job {
    /// Executes the operation. The calling thread runs all steps but two: the I/O thread loads the target, and sends the
    /// request if no direct connection is idle.
    pub(super) fn run(&self) -> Result<Output> {
        self.blocking_steps().map_err(|e| self.titled(e))
    }

    fn blocking_steps(&self) -> Result<Output> {
        let target = self.load_blocking()?;
        let response = match self.steps.request(&target)? {
            Some(request) => {
                let sent = self.shared.api.send_blocking(request, self.deadline);
                Some(self.after_sending(&target, sent)?)
            }
            None => None,
        };
        self.output(Received { target, response })
    }

    fn load_blocking(&self) -> Result<LoadedTarget> {
        let target = self.steps.target();
        if let Some(cached) = self.shared.cached(&target) {
            return Ok(cached);
        }
        let Self {
            shared,
            steps,
            deadline,
        } = self.clone();
        runtime::block_on(deadline, async move {
            shared.load(&steps.target(), deadline).await
        })
    }

    /// Runs as many steps as possible without waiting, so that their errors are returned at once.
    pub(super) fn prepare(&self) -> Result<Prepared> {
        match self.shared.cached(&self.steps.target()) {
            Some(target) => {
                let exchange = self.prepare_request(&target)?;
                Ok(Some((target, exchange)))
            }
            None => Ok(None),
        }
    }

    /// Executes the steps up to the response, on the I/O thread.
    pub(super) async fn receive(&self, prepared: Prepared) -> Result<Received> {
        let (target, exchange) = match prepared {
            Some(prepared) => prepared,
            None => {
                let target = self.steps.target();
                // Boxed, since loading is rare and its future is large.
                let target = Box::pin(self.shared.load(&target, self.deadline)).await?;
                let exchange = self.prepare_request(&target)?;
                (target, exchange)
            }
        };
        let response = match exchange {
            Some(mut exchange) => {
                let sent = self.shared.api.send_prepared(&mut exchange).await;
                Some(self.after_sending(&target, sent)?)
            }
            None => None,
        };
        Ok(Received { target, response })
    }

    /// Executes the last step. It may verify a signature, which takes long compared with the other steps.
    pub(super) fn output(&self, received: Received) -> Result<Output> {
        let Received { target, response } = received;
        self.steps
            .output(&self.shared, &target, response)
            .map_err(|e| self.steps.explain(e))
    }

    /// An error as the caller sees it.
    pub(super) fn titled(&self, e: Error) -> Error {
        e.context(self.steps.title())
    }

    fn prepare_request(&self, target: &LoadedTarget) -> Result<Option<Exchange>> {
        let prepare = |request: Request| self.shared.api.prepare(request, self.deadline);
        self.steps.request(target)?.map(prepare).transpose()
    }

    fn after_sending(&self, target: &LoadedTarget, sent: Result<Response>) -> Result<Response> {
        if sent.as_ref().err().is_none_or(Error::is_outcome_unknown) {
            self.steps.after_request(&self.shared, target);
        }
        sent.map_err(|e| self.steps.explain(e))
    }
}
