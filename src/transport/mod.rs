//! HTTP: one client of the service, with a deadline, retries, limits and no surprises.

mod body;
mod deadline;
mod failure;
mod retry;
pub(crate) mod runtime;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};

pub(crate) use deadline::Deadline;
pub(crate) use retry::Repeatable;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(3);
const AUTH_HEADER: HeaderName = HeaderName::from_static("x-auth-token");
const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

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

/// A connection pool to one service with one set of credentials.
pub(crate) struct Transport {
    http: Client,
    base_url: String,
    secret_key: SecretString,
    timeout: Duration,
    budget: retry::RetryBudget,
}

impl Transport {
    /// Prepares a client. Nothing is sent.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let mut token =
            HeaderValue::from_str(settings.secret_key.expose_secret()).map_err(|_| {
                Error::new(
                    ErrorKind::Configuration,
                    "the secret key cannot be sent in a header",
                )
            })?;
        token.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTH_HEADER, token), (ACCEPT, JSON)]);
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls::client_config(settings)?)
            .default_headers(headers)
            .user_agent(user_agent(settings))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_keepalive(KEEP_ALIVE_INTERVAL)
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .http2_keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        if settings.api_url.is_cleartext() {
            // It leads to this machine only; through a proxy the token would leave it, readable.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|e| {
            Error::new(
                ErrorKind::Configuration,
                format!("the HTTP client cannot be set up: {}", failure::chain(&e)),
            )
        })?;
        Ok(Self {
            http,
            base_url: settings.api_url.as_str().to_owned(),
            secret_key: settings.secret_key.clone(),
            timeout: settings.timeout,
            budget: retry::RetryBudget::default(),
        })
    }

    /// The deadline of an operation that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout)
    }

    /// Sends a request until it is answered for good, tries or budget are used up, or the
    /// deadline passes.
    pub(crate) async fn send(&self, request: Request, deadline: Deadline) -> Result<Answer> {
        let url = format!("{}{}", self.base_url, request.path);
        let body = request.body.map(Bytes::from_owner);
        let mut attempts = retry::Attempts::new(request.repeatable, deadline, &self.budget);
        loop {
            let attempt = self.attempt(&request.method, &url, body.as_ref());
            let result = attempts.limit(attempt).await;
            match attempts.next(result) {
                retry::Next::Wait(wait) => tokio::time::sleep(wait).await,
                retry::Next::Done(result) => return result,
            }
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        url: &str,
        body: Option<&Bytes>,
    ) -> Result<Answer, failure::Failure> {
        let mut builder = self.http.request(method.clone(), url);
        if let Some(body) = body {
            builder = builder.header(CONTENT_TYPE, JSON).body(body.clone());
        }
        match builder.send().await {
            Ok(response) => self.read(response).await,
            Err(e) => Err(failure::of_request(&e, &self.base_url)),
        }
    }

    async fn read(&self, response: reqwest::Response) -> Result<Answer, failure::Failure> {
        let status = response.status();
        let headers = response.headers();
        let request_id = headers
            .get(REQUEST_ID_HEADER)
            .and_then(|v| v.to_str().ok())
            .filter(|id| id.len() <= 128)
            .map(str::to_owned);
        let is_json = headers
            .get(CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(failure::is_json_media_type);
        let retry_after = retry::retry_after(headers);
        let body = body::read(response)
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

    /// A text from outside, fit for an error: without the secret key, escaped, and not too long.
    pub(crate) fn redact(&self, text: &str) -> String {
        const LONGEST: usize = 500;
        let text = text.replace(self.secret_key.expose_secret(), "[secret key]");
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

fn user_agent(settings: &Settings) -> String {
    let own = concat!("scwkms/", env!("CARGO_PKG_VERSION"));
    match &settings.user_agent {
        Some(theirs) => format!("{own} {theirs}"),
        None => own.to_owned(),
    }
}
