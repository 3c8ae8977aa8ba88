//! HTTP: one client of the service, with a deadline, retries, limits and no surprises.

mod body;
mod connect;
mod deadline;
mod failure;
mod http2;
#[cfg(unix)]
mod lane;
#[cfg(unix)]
mod lanes;
mod message;
mod pool;
mod retry;
pub(crate) mod runtime;
mod tls;
mod tunnel;

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::CONTENT_TYPE;
use http::{Method, Response, StatusCode};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::error::Result;

pub(crate) use deadline::Deadline;
pub(crate) use retry::Repeatable;

use body::Arriving;
use connect::Connector;
use failure::Failure;
use message::{Endpoint, Message};
use pool::Pool;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const REQUEST_ID_HEADER: &str = "x-request-id";

/// A request to the service.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query below the API URL, already escaped.
    pub(crate) path: String,
    /// JSON; it may hold a plaintext, so it is wiped.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    pub(crate) repeatable: Repeatable,
}

/// What the service answered, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) request_id: Option<String>,
    pub(crate) is_json: bool,
    /// It may hold a plaintext, so it is wiped.
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// What it took to get it, where that was more than one attempt.
    pub(crate) effort: Option<String>,
    /// How long the service asks to wait before another try.
    retry_after: Option<Duration>,
}

#[cfg(any(test, fuzzing))]
impl Answer {
    /// An answer that nobody sent.
    pub(crate) fn of(status: u16, is_json: bool, body: &str) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or_default(),
            request_id: None,
            is_json,
            body: Zeroizing::new(body.as_bytes().to_vec()),
            effort: None,
            retry_after: None,
        }
    }
}

/// A request, and what becomes of it.
pub(crate) struct Exchange {
    message: Message,
    attempts: retry::Attempts,
    wait_before: Option<Duration>,
}

/// The way to one service with one set of credentials.
pub(crate) struct Transport {
    endpoint: Arc<Endpoint>,
    pool: Arc<Pool>,
    #[cfg(unix)]
    lanes: Arc<lanes::Lanes>,
    secret_key: SecretString,
    timeout: Duration,
    budget: Arc<retry::RetryBudget>,
    closed: CancellationToken,
}

impl Transport {
    /// Prepares a client. Nothing is sent.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let tls = tls::client_config(settings)?;
        let connector = Arc::new(Connector::new(settings, tls)?);
        Ok(Self {
            endpoint: Arc::new(Endpoint::new(settings)?),
            #[cfg(unix)]
            lanes: lanes::Lanes::new(Arc::clone(&connector)),
            pool: Pool::new(connector),
            secret_key: settings.secret_key.clone(),
            timeout: settings.timeout,
            budget: Arc::default(),
            closed: CancellationToken::new(),
        })
    }

    /// The deadline of an operation that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout)
    }

    /// Ends all waiting for another attempt, now and for good.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    /// Sends a request until it is answered for good, tries or budget are used up, or the
    /// deadline passes.
    pub(crate) async fn send(&self, request: Request, deadline: Deadline) -> Result<Answer> {
        self.pursue(&mut self.prepare(request, deadline)?).await
    }

    /// The same for a caller that waits for it.
    pub(crate) fn send_blocking(
        self: &Arc<Self>,
        request: Request,
        deadline: Deadline,
    ) -> Result<Answer> {
        runtime::may_wait()?;
        let mut exchange = self.prepare(request, deadline)?;
        #[cfg(unix)]
        if let Some(result) = self.drive(&mut exchange) {
            return result;
        }
        let this = Arc::clone(self);
        runtime::wait(deadline, async move { this.pursue(&mut exchange).await })
    }

    /// Makes the first attempt on the calling thread, if there is a lane for it. `None` leaves the
    /// rest to the shared connections.
    #[cfg(unix)]
    fn drive(&self, exchange: &mut Exchange) -> Option<Result<Answer>> {
        let mut open = self.lanes.take()?;
        let until = Instant::now() + exchange.attempts.begin();
        let result = match open.lane.exchange(&exchange.message, until) {
            Ok(answer) => {
                self.lanes.give_back(open);
                Ok(answer)
            }
            Err(lane::Trouble::Closed) => {
                exchange.attempts.take_back();
                return None;
            }
            Err(lane::Trouble::Failed(failure)) => Err(failure),
            Err(lane::Trouble::Late) => Err(exchange.attempts.late(exchange.message.reach())),
        };
        match exchange.attempts.next(result) {
            retry::Next::Done(result) => Some(result),
            retry::Next::Wait(wait) => {
                exchange.wait_before = Some(wait);
                None
            }
        }
    }

    pub(crate) fn prepare(&self, request: Request, deadline: Deadline) -> Result<Exchange> {
        let budget = Arc::clone(&self.budget);
        Ok(Exchange {
            attempts: retry::Attempts::new(request.repeatable, deadline, budget),
            message: self.endpoint.message(request)?,
            wait_before: None,
        })
    }

    /// Makes attempts over the shared connections until there is nothing more to try.
    pub(crate) async fn pursue(&self, exchange: &mut Exchange) -> Result<Answer> {
        loop {
            if let Some(wait) = exchange.wait_before {
                let sleep = tokio::time::sleep(wait);
                if self.closed.run_until_cancelled(sleep).await.is_none() {
                    return exchange.attempts.give_up();
                }
            }
            let limit = exchange.attempts.begin();
            let until = Instant::now() + limit;
            exchange.message.begin_attempt();
            let result = tokio::time::timeout(limit, self.attempt(&exchange.message, until))
                .await
                .unwrap_or_else(|_| Err(exchange.attempts.late(exchange.message.reach())));
            match exchange.attempts.next(result) {
                retry::Next::Wait(wait) => exchange.wait_before = Some(wait),
                retry::Next::Done(result) => return result,
            }
        }
    }

    async fn attempt(&self, message: &Message, until: Instant) -> Result<Answer, Failure> {
        let (response, lease) = self.pool.send(message, until).await?;
        let answer = read(response, message).await?;
        lease.give_back();
        Ok(answer)
    }

    /// A text from outside, fit for an error: without the secret key, escaped, and not too long.
    pub(crate) fn redact(&self, text: &str) -> String {
        const LONGEST: usize = 500;
        let text = failure::hide(&self.secret_key, text);
        let mut clean: String = text
            .chars()
            .take(LONGEST)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if text.chars().nth(LONGEST).is_some() {
            clean.push('…');
        }
        clean.trim().to_owned()
    }
}

async fn read(response: Response<Arriving>, to: &Message) -> Result<Answer, Failure> {
    let (head, arriving) = response.into_parts();
    let (status, headers) = (head.status, &head.headers);
    let request_id = headers
        .get(REQUEST_ID_HEADER)
        .filter(|id| !to.is_betrayed_by(id))
        .and_then(|v| v.to_str().ok())
        .filter(|id| id.len() <= 128)
        .map(str::to_owned);
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(failure::is_json_media_type);
    let retry_after = retry::retry_after(headers);
    let body = body::read(headers, arriving)
        .await
        .map_err(|f| f.of_answer(status.as_u16(), request_id.clone()))?;
    Ok(Answer {
        status,
        request_id,
        is_json,
        body,
        effort: None,
        retry_after,
    })
}
