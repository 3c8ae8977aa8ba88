//! From a request to its response: routing, authentication, the operation, faults and statistics.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Request, Response, StatusCode, Version};
use uuid::Uuid;

use super::admin;
use super::body::Body;
use super::connection::Control;
use super::error::{ApiError, Reason};
use super::prepared::{self, Prepared};
use super::rate_limit::{self, RateLimit};
use super::route::{Operation, Region, Route, route};
use super::stats::{Record, Stats};
use crate::faults::{self, Fault, Faults, Outcome, Subject};
use crate::operations::{self, Call, Reply};
use crate::state::Store;
use crate::state::identity::Identity;

/// Twice the largest payload in base64, and room for the rest.
const BODY_MAX: usize = 1024 * 1024;

/// All that requests share.
pub struct App {
    pub store: Arc<Store>,
    pub identity: Arc<Identity>,
    /// The secret key as it comes in a header.
    pub token: String,
    pub stats: Stats,
    pub rate_limit: RateLimit,
    pub faults: Faults,
    pub log: bool,
    /// Added to every answer of the service.
    pub latency: Duration,
    /// Present where Sign answers are repeated.
    pub prepared: Option<Prepared>,
}

/// A response before it is one.
pub struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub delivery: Delivery,
    pub close: bool,
}

pub enum Delivery {
    Whole,
    Short,
    ResetHalfway,
    Endless,
}

impl Default for Answer {
    fn default() -> Self {
        Answer {
            status: StatusCode::OK,
            content_type: "application/json".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            delivery: Delivery::Whole,
            close: false,
        }
    }
}

impl From<Result<Reply, ApiError>> for Answer {
    fn from(result: Result<Reply, ApiError>) -> Self {
        let (status, body) = match result {
            Ok(Reply::Json(json)) => (StatusCode::OK, json),
            Ok(Reply::Empty) => (StatusCode::NO_CONTENT, Vec::new()),
            Err(error) => (error.status, error.body.into_bytes()),
        };
        Answer {
            status,
            body,
            ..Answer::default()
        }
    }
}

/// Answers one request. Never returns if the connection is to be reset instead.
pub async fn serve(
    app: Arc<App>,
    control: Arc<Control>,
    request: Request<Incoming>,
) -> Response<Body> {
    if request.uri().path().starts_with(admin::PREFIX) {
        let (version, request_id) = (request.version(), Uuid::new_v4().to_string());
        let answer = admin::answer(&app, request).await;
        return respond(answer, &control, &request_id, version);
    }
    let remaining = app.rate_limit.count();
    let mut response = match &app.prepared {
        Some(prepared) if prepared::concerns(&request) && has_token(&app, &request) => {
            repeat(&app, prepared, &control, request).await
        }
        _ => answer(&app, &control, request, None).await,
    };
    rate_limit::insert_headers(response.headers_mut(), remaining);
    response
}

fn has_token<B>(app: &App, request: &Request<B>) -> bool {
    let token = request.headers().get("x-auth-token");
    token.is_some_and(|token| token.as_bytes() == app.token.as_bytes())
}

/// Answers as before, or keeps the answer for the next time. It costs as little as it can.
async fn repeat(
    app: &App,
    prepared: &Prepared,
    control: &Arc<Control>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => {
            let request_id = Uuid::new_v4().to_string();
            return respond(Err(error).into(), control, &request_id, parts.version);
        }
    };
    match prepared.answer(parts.uri.path(), &body) {
        Some(response) => {
            let _in_flight = app.stats.request(Operation::Sign);
            app.stats.right_token();
            if !app.latency.is_zero() {
                tokio::time::sleep(app.latency).await;
            }
            response
        }
        None => {
            let request = Request::from_parts(parts, Full::new(body));
            answer(app, control, request, Some(prepared)).await
        }
    }
}

async fn answer<B>(
    app: &App,
    control: &Arc<Control>,
    request: Request<B>,
    keep: Option<&Prepared>,
) -> Response<Body>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let request_id = Uuid::new_v4().to_string();
    let version = request.version();
    let started_at_us = app.stats.now_us();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = route(&method, &path);
    let operation = route.operation();
    let in_flight = app.stats.request(operation);
    let outcome = carry_out(app, &route, request, keep).await;
    if !app.latency.is_zero() {
        tokio::time::sleep(app.latency).await;
    }
    let status = match &outcome {
        Outcome::Answer(answer) => Some(answer.status.as_u16()),
        Outcome::Reset => None,
    };
    let ended_at_us = app.stats.now_us();
    if app.log {
        let shown = status.map_or("reset".to_owned(), |status| status.to_string());
        let took = ended_at_us - started_at_us;
        eprintln!("{request_id} {method} {path} {shown} {took}us");
    }
    app.stats.log(Record {
        operation,
        method: method.to_string(),
        path,
        http_version: match version {
            Version::HTTP_2 => "HTTP/2.0",
            Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        },
        status,
        request_id: request_id.clone(),
        connection: control.number,
        started_at_us,
        ended_at_us,
    });
    drop(in_flight);
    match outcome {
        Outcome::Answer(answer) => respond(answer, control, &request_id, version),
        Outcome::Reset => {
            control.reset();
            std::future::pending().await
        }
    }
}

/// Reads a whole body.
async fn read<B>(body: B) -> Result<Bytes, ApiError>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(_) => Err(ApiError::message(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is incomplete or too large",
        )),
    }
}

async fn carry_out<B>(
    app: &App,
    route: &Route<'_>,
    request: Request<B>,
    keep: Option<&Prepared>,
) -> Outcome
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let fault = app.faults.take(route.operation());
    if let Some(Fault::Reset {
        when: faults::When::Before,
    }) = fault
    {
        return Outcome::Reset;
    }
    let (parts, body) = request.into_parts();
    let token = parts.headers.get("x-auth-token").map(HeaderValue::as_bytes);
    let token = authenticate(app, token);
    // The body is always read: an answer before its end would break the connection.
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => return Outcome::Answer(Err(error).into()),
    };
    match &fault {
        Some(Fault::Delay { milliseconds }) => {
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        }
        Some(fault) => {
            if let Some(outcome) = faults::instead(fault) {
                return outcome;
            }
        }
        None => {}
    }
    let query = parts.uri.query().unwrap_or_default();
    let checked = token.and_then(|()| check(route));
    let (region, key) = match &checked {
        Ok((_, region, key)) => (*region, *key),
        Err(_) => (Region::FrPar, Uuid::nil()),
    };
    let answer: Answer = match checked {
        Err(error) => Err(error).into(),
        Ok((operation, region, key)) => {
            let call = Call {
                store: Arc::clone(&app.store),
                identity: Arc::clone(&app.identity),
                region,
                key,
                query: query.to_owned(),
                body: body.clone(),
            };
            operations::run(operation, call).await.into()
        }
    };
    let Some(fault) = fault else {
        if let Some(prepared) = keep
            && answer.status == StatusCode::OK
        {
            prepared.keep(parts.uri.path(), body, &answer.body);
        }
        return Outcome::Answer(answer);
    };
    let subject = Subject {
        store: &app.store,
        region,
        key,
        body: &body,
    };
    faults::spoil(&fault, answer, subject)
        .await
        .unwrap_or_else(|error| Outcome::Answer(Err(error).into()))
}

fn authenticate(app: &App, token: Option<&[u8]>) -> Result<(), ApiError> {
    let Some(token) = token else {
        return Err(ApiError::denied_authentication("invalid_argument"));
    };
    if token == app.token.as_bytes() {
        app.stats.right_token();
        return Ok(());
    }
    app.stats.other_token(token);
    let reason = match Uuid::try_parse_ascii(token) {
        Ok(_) => "not_found",
        Err(_) => "invalid_argument",
    };
    Err(ApiError::denied_authentication(reason))
}

fn check(route: &Route<'_>) -> Result<(Operation, Region, Uuid), ApiError> {
    match route {
        Route::Api {
            operation,
            region,
            key,
        } => {
            let key = match key {
                None => Uuid::nil(),
                Some(text) => Uuid::try_parse(text).map_err(|_| {
                    ApiError::invalid("key_id", Reason::Format, "a UUID is expected")
                })?,
            };
            Ok((*operation, *region, key))
        }
        Route::Metadata => Ok((Operation::GetAPIMetadata, Region::FrPar, Uuid::nil())),
        Route::NoRegion(region) => Err(ApiError::not_found("region", region)),
        Route::NoMethod => Err(ApiError::message(
            StatusCode::METHOD_NOT_ALLOWED,
            "method not allowed",
        )),
        Route::NoPath => Err(ApiError::message(StatusCode::NOT_FOUND, "no such path")),
    }
}

pub const SERVER_NAME: &str = concat!("scwkms-emulator/", env!("CARGO_PKG_VERSION"));

fn respond(
    answer: Answer,
    control: &Arc<Control>,
    request_id: &str,
    version: Version,
) -> Response<Body> {
    let length = answer.body.len();
    let half = || Bytes::copy_from_slice(&answer.body[..length / 2]);
    let body = match answer.delivery {
        Delivery::Short if length > 0 => Body::short(half()),
        Delivery::ResetHalfway => Body::Reset {
            bytes: Some(half()),
            control: Arc::clone(control),
        },
        Delivery::Endless => Body::endless(),
        _ => Body::whole(answer.body),
    };
    let promised = match body {
        Body::Short { .. } | Body::Reset { .. } => Some(HeaderValue::from(length)),
        _ => None,
    };
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
    let mut insert = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    insert(CONTENT_TYPE, &answer.content_type);
    insert(HeaderName::from_static("x-request-id"), request_id);
    for (name, value) in &answer.headers {
        insert(HeaderName::from_static(name), value);
    }
    if let Some(length) = promised {
        headers.insert(CONTENT_LENGTH, length);
    }
    if answer.close {
        if version != Version::HTTP_2 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        control.close();
    }
    response
}
