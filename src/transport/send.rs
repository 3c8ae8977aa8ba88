//! Sends requests with retries.

use std::sync::Arc;
use std::time::Instant;

use http::StatusCode;
use tokio_util::sync::CancellationToken;

use super::attempt_error::AttemptError;
use super::connect::Connector;
use super::deadline::Deadline;
#[cfg(unix)]
use super::direct::{DirectError, DirectPool};
use super::message::{Message, RequestTemplate};
use super::pacing::{Pacer, Permit, TooLate, shared_pacer};
use super::pool::Pool;
use super::request::Request;
use super::response::{self, Response};
use super::retry::{Next, RetryBudget, RetryState};
use super::runtime::{self, User};
use super::trust::Trust;
use crate::config::Settings;
use crate::error::Result;
use crate::observer;
use crate::redact::Redactor;

/// A request and the state of its attempts.
pub(crate) struct Exchange {
    message: Message,
    retry: RetryState,
    /// What follows the last attempt.
    next: Option<Next>,
}

/// Sends the requests of one client: to one service, with one set of credentials.
pub(crate) struct Transport {
    template: Arc<RequestTemplate>,
    pool: Arc<Pool>,
    #[cfg(unix)]
    direct: Arc<DirectPool>,
    pacer: Arc<Pacer>,
    redactor: Arc<Redactor>,
    budget: Arc<RetryBudget>,
    closed: CancellationToken,
    /// Dropped last, when all connections are being closed.
    _user: User,
}

impl Transport {
    /// Prepares everything for the first request. Nothing is sent.
    pub(crate) fn new(settings: &Settings, trust: &Trust) -> Result<Self> {
        let user = User::new()?;
        let tls = trust.client_config()?;
        let redactor = Arc::new(Redactor::new(&settings.secret_key));
        let connector = Arc::new(Connector::new(settings, tls, Arc::clone(&redactor))?);
        Ok(Self {
            template: Arc::new(RequestTemplate::new(settings, Arc::clone(&redactor))?),
            #[cfg(unix)]
            direct: DirectPool::new(Arc::clone(&connector)),
            pool: Pool::new(connector),
            pacer: shared_pacer(settings)?,
            redactor,
            budget: Arc::default(),
            closed: CancellationToken::new(),
            _user: user,
        })
    }

    /// Removes the secret key from text of the service.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// From now on, no failed attempt is followed by another.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    pub(crate) fn prepare(&self, request: Request, deadline: Deadline) -> Result<Exchange> {
        let budget = Arc::clone(&self.budget);
        Ok(Exchange {
            retry: RetryState::new(request.idempotency, deadline, budget),
            message: self.template.message(request)?,
            next: None,
        })
    }

    /// Sends a request and blocks the calling thread until the response is there.
    pub(crate) fn send_blocking(
        self: &Arc<Self>,
        request: Request,
        deadline: Deadline,
    ) -> Result<Response> {
        runtime::check_may_block()?;
        let mut exchange = self.prepare(request, deadline)?;
        #[cfg(unix)]
        if let Some(result) = self.send_directly(&mut exchange) {
            return result;
        }
        let this = Arc::clone(self);
        runtime::block_on(deadline, async move {
            this.send_with_retries(&mut exchange).await
        })
    }

    /// Makes the first attempt over a direct connection, if one is idle and the request need not wait for its turn. `None`
    /// if the exchange continues on the shared connections.
    #[cfg(unix)]
    fn send_directly(&self, exchange: &mut Exchange) -> Option<Result<Response>> {
        let Exchange { message, retry, .. } = exchange;
        let permit = self.pacer.try_acquire()?;
        let begin = || Instant::now() + retry.begin_attempt();
        let result = match self.direct.exchange(message, begin) {
            Some(Ok(response)) => Ok(response),
            Some(Err(DirectError::Failed(e))) => Err(e),
            Some(Err(DirectError::TimedOut)) => Err(retry.timed_out(message.delivery())),
            Some(Err(DirectError::Closed)) => {
                retry.undo_attempt();
                permit.undo();
                return None;
            }
            None => {
                permit.undo();
                return None;
            }
        };
        learn(permit, &result);
        match what_follows(message, retry, result) {
            Next::Done(result) => Some(result),
            next => {
                exchange.next = Some(next);
                None
            }
        }
    }

    /// Makes attempts over the shared connections until the result is final.
    pub(crate) async fn send_with_retries(&self, exchange: &mut Exchange) -> Result<Response> {
        let Exchange {
            message,
            retry,
            next,
        } = exchange;
        loop {
            match next.take() {
                Some(Next::Done(result)) => return result,
                Some(Next::Retry(wait)) => {
                    let sleep = tokio::time::sleep(wait);
                    if self.closed.run_until_cancelled(sleep).await.is_none() {
                        return retry.cancelled();
                    }
                }
                // A refused attempt does not count as failed: it is repeated after close() too.
                Some(Next::Refused(wait)) => {
                    let _pacing = observer::pacing();
                    tokio::time::sleep(wait).await;
                }
                // Boxed, since it is rare.
                Some(Next::Unauthorized(response)) => {
                    let renewed = message.renew_secret_key(retry.deadline());
                    match Box::pin(renewed).await {
                        Ok(true) => {}
                        Ok(false) => return retry.unauthorized(response, None),
                        Err(why) => return retry.unauthorized(response, Some(&why)),
                    }
                }
                None => {}
            }
            let permit = match self.wait_for_turn(retry.deadline()).await {
                Ok(permit) => permit,
                Err(late) => return retry.too_late(late),
            };
            let limit = retry.begin_attempt();
            let until = Instant::now() + limit;
            message.begin_attempt();
            let result = tokio::time::timeout(limit, self.attempt(message, until))
                .await
                .unwrap_or_else(|_| Err(retry.timed_out(message.delivery())));
            learn(permit, &result);
            *next = Some(what_follows(message, retry, result));
        }
    }

    async fn wait_for_turn(&self, deadline: Deadline) -> Result<Permit<'_>, TooLate> {
        if let Some(permit) = self.pacer.try_acquire() {
            return Ok(permit);
        }
        let _pacing = observer::pacing();
        self.pacer.acquire(deadline).await
    }

    async fn attempt(&self, message: &Message, until: Instant) -> Result<Response, AttemptError> {
        let (response, lease) = self.pool.send(message, until).await?;
        let response = response::read(response, &self.redactor).await?;
        lease.give_back();
        Ok(response)
    }
}

/// Lets the pacer and the observer learn from a response.
fn learn(permit: Permit<'_>, result: &Result<Response, AttemptError>) {
    if let Ok(response) = result {
        observer::note_response(response.status.as_u16(), response.request_id.as_deref());
        permit.learn(response.rate_limit, response.status);
    }
}

/// What follows an attempt. With status 401, the service did not accept the secret key and has not processed the request.
fn what_follows(
    message: &Message,
    retry: &mut RetryState,
    result: Result<Response, AttemptError>,
) -> Next {
    match result {
        Ok(response)
            if response.status == StatusCode::UNAUTHORIZED && message.has_secret_key_file() =>
        {
            Next::Unauthorized(response)
        }
        result => retry.next(result),
    }
}
