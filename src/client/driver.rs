//! Executes the steps of an operation: on the calling thread, or on the I/O thread.

use std::sync::Arc;

use super::shared::Shared;
use super::steps::{Output, Steps};
use super::target::LoadedTarget;
use crate::api::KeyLocation;
use crate::error::{Error, ErrorKind, Result};
use crate::observer::{self, OperationRecord};
use crate::transport::{Deadline, Exchange, Request, Response, runtime};

/// An operation with all that its steps need.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) steps: Arc<dyn Steps>,
    pub(super) deadline: Deadline,
    /// For the observer, if there is one.
    pub(super) record: Option<Arc<OperationRecord>>,
}

/// The target and the response, from which the result is made.
pub(super) struct Received {
    target: LoadedTarget,
    response: Option<Response>,
}

/// Why there was no response.
struct Failure {
    error: Error,
    /// The key, if it was loaded.
    location: Option<KeyLocation>,
}

impl Failure {
    /// Whether a name may refer to another key now.
    fn may_be_stale(&self) -> bool {
        self.error.http_status().is_some()
            && matches!(self.error.kind(), ErrorKind::NotFound | ErrorKind::KeyState)
    }
}

impl From<Error> for Failure {
    /// No key was loaded.
    fn from(error: Error) -> Self {
        let location = None;
        Self { error, location }
    }
}

/// A loaded target, and the request that is ready to be sent. `None` if the target is not cached.
pub(super) type Prepared = Option<(LoadedTarget, Option<Box<Exchange>>)>;

impl Job {
    /// Executes the operation. The calling thread runs all steps but two: the I/O thread loads the target, and sends the
    /// request if no direct connection is idle.
    pub(super) fn run(&self) -> Result<Output> {
        let steps = || self.blocking_steps();
        self.reported(observer::run_in_scope(self.record.as_ref(), steps))
    }

    fn blocking_steps(&self) -> Result<Output> {
        let (target, is_cached) = self.load_blocking()?;
        let received = match self.send_blocking(target) {
            Err(failure) if is_cached && failure.may_be_stale() => {
                let target = self.reload_blocking(failure)?;
                self.send_blocking(target)
            }
            result => result,
        };
        self.output(received.map_err(|failure| failure.error)?)
    }

    fn send_blocking(&self, target: LoadedTarget) -> Result<Received, Failure> {
        self.note_key(&target);
        match self.exchange_blocking(&target) {
            Ok(response) => Ok(Received { target, response }),
            Err(e) => Err(self.failure(target, e)),
        }
    }

    /// Sends the request and those that follow it. Returns the last response.
    fn exchange_blocking(&self, target: &LoadedTarget) -> Result<Option<Response>> {
        let mut next = self.steps.request(target)?;
        let mut last = None;
        while let Some(request) = next {
            let sent = self.shared.api.send_blocking(request, self.deadline);
            let response = self.after_sending(target, sent)?;
            next = self.steps.follow_up(target, &response)?;
            last = Some(response);
        }
        Ok(last)
    }

    fn reload_blocking(&self, failure: Failure) -> Result<LoadedTarget> {
        let job = self.clone();
        runtime::block_on(self.deadline, async move { job.reload(failure).await })
    }

    /// The target, and whether it was cached.
    fn load_blocking(&self) -> Result<(LoadedTarget, bool)> {
        let target = self.steps.target();
        if let Some(cached) = self.shared.cached(&target) {
            return Ok((cached, true));
        }
        let Self {
            shared,
            steps,
            deadline,
            ..
        } = self.clone();
        let loaded = runtime::block_on(deadline, async move {
            shared.load(&steps.target(), deadline).await
        })?;
        Ok((loaded, false))
    }

    /// Runs as many steps as possible without waiting, so that their errors are returned at once.
    pub(super) fn prepare(&self) -> Result<Prepared> {
        match self.shared.cached(&self.steps.target()) {
            Some(target) => match self.prepare_request(&target) {
                Ok(exchange) => Ok(Some((target, exchange))),
                Err(e) => Err(self.failure(target, e).error),
            },
            None => Ok(None),
        }
    }

    /// Executes the steps up to the response, on the I/O thread.
    pub(super) fn receive(&self, prepared: Prepared) -> impl Future<Output = Result<Received>> {
        observer::in_scope(self.record.clone(), self.receive_in_scope(prepared))
    }

    async fn receive_in_scope(&self, prepared: Prepared) -> Result<Received> {
        let result = match prepared {
            // Boxed, since loading is rare and its future is large.
            None => Box::pin(self.load_and_send()).await,
            Some((target, exchange)) => match self.send(target, exchange).await {
                Err(failure) if failure.may_be_stale() => {
                    Box::pin(self.reload_and_send(failure)).await
                }
                result => result,
            },
        };
        result.map_err(|failure| failure.error)
    }

    async fn load_and_send(&self) -> Result<Received, Failure> {
        let target = self.steps.target();
        let target = self.shared.load(&target, self.deadline).await;
        self.prepare_and_send(target?).await
    }

    async fn reload_and_send(&self, failure: Failure) -> Result<Received, Failure> {
        let target = self.reload(failure).await?;
        self.prepare_and_send(target).await
    }

    async fn prepare_and_send(&self, target: LoadedTarget) -> Result<Received, Failure> {
        self.note_key(&target);
        match self.prepare_request(&target) {
            Ok(exchange) => self.send(target, exchange).await,
            Err(e) => Err(self.failure(target, e)),
        }
    }

    async fn send(
        &self,
        target: LoadedTarget,
        exchange: Option<Box<Exchange>>,
    ) -> Result<Received, Failure> {
        match self.exchange(&target, exchange).await {
            Ok(response) => Ok(Received { target, response }),
            Err(e) => Err(self.failure(target, e)),
        }
    }

    /// Sends the request and those that follow it. Returns the last response.
    async fn exchange(
        &self,
        target: &LoadedTarget,
        mut next: Option<Box<Exchange>>,
    ) -> Result<Option<Response>> {
        let mut last = None;
        while let Some(mut exchange) = next {
            // Boxed, so that the operation's task and this future each have less than 1 KiB: glibc allocates larger memory
            // slowly.
            let sent = Box::pin(self.shared.api.send_prepared(&mut exchange)).await;
            let response = self.after_sending(target, sent)?;
            next = self.prepare_exchange(self.steps.follow_up(target, &response)?)?;
            last = Some(response);
        }
        Ok(last)
    }

    /// The key to which the name refers now, if that is another key than the one that failed.
    async fn reload(&self, failure: Failure) -> Result<LoadedTarget> {
        let target = self.steps.target();
        let (Some(name), Some(before)) = (target.name(), &failure.location) else {
            return Err(failure.error);
        };
        match self.shared.reload(name, before, self.deadline).await {
            Ok(Some(target)) => Ok(target),
            Ok(None) => Err(failure.error),
            Err(e) => Err(failure.error.note(format_args!(
                "the name was looked up again: {}",
                e.message()
            ))),
        }
    }

    /// Executes the last step. It may verify a signature, which takes long compared with the other steps.
    pub(super) fn output(&self, received: Received) -> Result<Output> {
        let Received { target, response } = received;
        self.steps
            .output(&self.shared, &target, response)
            .map_err(|e| self.steps.explain(e))
            .map_err(|e| self.failure(target, e).error)
    }

    /// An error as the caller sees it.
    pub(super) fn titled(&self, e: Error) -> Error {
        e.context(self.steps.title())
    }

    /// The failure of an operation whose target was loaded. If the key was named by its name, the error shows its id.
    fn failure(&self, target: LoadedTarget, e: Error) -> Failure {
        let location = target.key_location().cloned();
        let error = match (self.steps.target().name(), &location) {
            (Some(_), Some(location)) => {
                e.note(format_args!("the name refers to key {}", location.id))
            }
            _ => e,
        };
        Failure { error, location }
    }

    fn prepare_request(&self, target: &LoadedTarget) -> Result<Option<Box<Exchange>>> {
        self.prepare_exchange(self.steps.request(target)?)
    }

    /// The exchange is boxed: futures would contain several copies of it.
    fn prepare_exchange(&self, request: Option<Request>) -> Result<Option<Box<Exchange>>> {
        let prepare = |request| {
            let prepared = self.shared.api.prepare(request, self.deadline);
            prepared.map(Box::new)
        };
        request.map(prepare).transpose()
    }

    fn after_sending(&self, target: &LoadedTarget, sent: Result<Response>) -> Result<Response> {
        if sent.as_ref().err().is_none_or(Error::is_outcome_unknown) {
            self.steps.after_request(&self.shared, target);
        }
        sent.map_err(|e| self.steps.explain(e))
    }
}

/// The reports to the observer.
impl Job {
    /// Reports the end of the operation. Returns its result as the caller sees it.
    pub(super) fn reported(&self, result: Result<Output>) -> Result<Output> {
        let result = result.map_err(|e| self.titled(e));
        if let Some(record) = &self.record {
            if let Ok(Output::Key(key)) = &result {
                record.note_key(&key.region, Some(&key.id));
            }
            record.report(result.as_ref().err());
        }
        result
    }

    /// Reports the end of an operation that failed before it had a response.
    pub(super) fn failed(&self, e: Error) -> Error {
        let e = self.titled(e);
        if let Some(record) = &self.record {
            record.report(Some(&e));
        }
        e
    }

    /// Notes that the last step can be executed, or reports the error.
    pub(super) fn note_received(&self, received: &Result<Received>) {
        match (&self.record, received) {
            (Some(record), Ok(_)) => record.note_received(),
            (Some(_), Err(e)) => drop(self.failed(e.clone())),
            (None, _) => {}
        }
    }

    /// Reports the end of an operation whose result will not be taken.
    pub(super) fn report_untaken(&self) {
        if let Some(record) = &self.record {
            record.report_untaken();
        }
    }

    fn note_key(&self, target: &LoadedTarget) {
        if let (Some(record), Some(key)) = (&self.record, target.key_location()) {
            record.note_key(&key.region, Some(&key.id));
        }
    }
}
