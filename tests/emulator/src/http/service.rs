//! From a request to its response: authentication, the operation, faults and statistics.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode, Uri, Version};
use uuid::Uuid;

use super::admin;
use super::body::Body;
use super::clock::Clock;
use super::connection::Control;
use super::error::{ApiError, Reason};
use super::prepared::{self, Prepared};
use super::rate_limit::{Arrival, RateLimit};
use super::response::Draft;
use super::route::{Operation, Region, Route, route};
use super::stats::{Record, Stats};
use crate::crypto::MlDsaDigest;
use crate::faults::{self, Fault, Faults, Outcome, Subject, When};
use crate::operations::{self, Call, NameFilter};
use crate::state::Store;
use crate::state::identity::Identity;

/// Twice the largest payload in base64, and the rest of the body.
const MAX_BODY: usize = 1024 * 1024;

const TOKEN_HEADER: &str = "x-auth-token";

/// The state that all requests share.
pub struct App {
    pub store: Arc<Store>,
    pub identity: Arc<Identity>,
    /// The secret key as text, as the token header contains it.
    pub token: String,
    pub stats: Stats,
    pub clock: Clock,
    pub rate_limit: RateLimit,
    pub faults: Faults,
    pub log: bool,
    /// The delay of every response of the service.
    pub latency: Duration,
    pub name_filter: NameFilter,
    pub ml_dsa_digest: MlDsaDigest,
    /// The Sign responses that are repeated, with `--prepared`.
    pub prepared: Option<Prepared>,
}

/// Responds to one request. Never returns if the connection is reset instead.
pub async fn serve(
    app: Arc<App>,
    control: Arc<Control>,
    request: Request<Incoming>,
) -> Response<Body> {
    if request.uri().path().starts_with(admin::PREFIX) {
        let (version, request_id) = (request.version(), Uuid::new_v4().to_string());
        let draft = admin::respond(&app, request).await;
        return draft.into_response(&control, &request_id, version);
    }
    let Arrival { at_us, admission } = app.rate_limit.count(token(&request), &app.clock);
    let is_refused = admission.is_some_and(|admission| admission.is_refused);
    let mut response = match &app.prepared {
        _ if is_refused => respond(&app, &control, request, at_us, Handling::Refuse).await,
        Some(prepared) if prepared::may_repeat(&request) && has_token(&app, &request) => {
            repeat(&app, prepared, &control, request, at_us).await
        }
        _ => {
            let handling = Handling::Execute { keep: None };
            respond(&app, &control, request, at_us, handling).await
        }
    };
    if let Some(admission) = admission {
        admission.insert_headers(response.headers_mut());
    }
    response
}

/// The token, or an empty slice if there is none.
fn token<B>(request: &Request<B>) -> &[u8] {
    let token = request.headers().get(TOKEN_HEADER);
    token.map_or(&[], HeaderValue::as_bytes)
}

fn has_token<B>(app: &App, request: &Request<B>) -> bool {
    token(request) == app.token.as_bytes()
}

/// Repeats the response to an equal request, or keeps the response for the next one. This function
/// is as fast as possible, since benchmarks measure it.
async fn repeat(
    app: &App,
    prepared: &Prepared,
    control: &Arc<Control>,
    request: Request<Incoming>,
    at_us: u64,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => {
            let request_id = Uuid::new_v4().to_string();
            return Draft::from(error).into_response(control, &request_id, parts.version);
        }
    };
    match prepared.response(parts.uri.path(), &body) {
        Some(response) => {
            let _in_flight = app.stats.request(Operation::Sign);
            app.stats.valid_token();
            wait(app.latency).await;
            response
        }
        None => {
            let request = Request::from_parts(parts, Full::new(body));
            let keep = Some(prepared);
            respond(app, control, request, at_us, Handling::Execute { keep }).await
        }
    }
}

async fn wait(duration: Duration) {
    // A sleep of zero would still give up the thread.
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

enum Handling<'a> {
    /// Execute the operation. A response that may be repeated is kept.
    Execute { keep: Option<&'a Prepared> },
    /// Refuse the request because of the rate limit.
    Refuse,
}

/// Responds to a request of the service, counts it and logs it.
async fn respond<B>(
    app: &App,
    control: &Arc<Control>,
    request: Request<B>,
    started_at_us: u64,
    handling: Handling<'_>,
) -> Response<Body>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let version = request.version();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = route(&method, &path);
    let operation = route.operation();
    let in_flight = app.stats.request(operation);
    let outcome = match handling {
        Handling::Execute { keep } => execute(app, control, &route, request, keep).await,
        Handling::Refuse => refuse(app, request).await,
    };
    wait(app.latency).await;
    let request_id = Uuid::new_v4().to_string();
    log(
        app,
        Record {
            operation,
            method: method.to_string(),
            path,
            http_version: version_name(version),
            status: outcome.status(),
            request_id: request_id.clone(),
            connection: control.number,
            started_at_us,
            ended_at_us: app.clock.now_us(),
        },
    );
    drop(in_flight);
    match outcome {
        Outcome::Response(draft) => draft.into_response(control, &request_id, version),
        Outcome::Reset => {
            control.reset();
            std::future::pending().await
        }
    }
}

fn version_name(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}

fn log(app: &App, record: Record) {
    if app.log {
        let status = record.status.map_or("reset".to_owned(), |s| s.to_string());
        eprintln!(
            "{} {} {} {status} {}us",
            record.request_id,
            record.method,
            record.path,
            record.ended_at_us - record.started_at_us
        );
    }
    app.stats.log(record);
}

/// Reads a whole body.
async fn read<B>(body: B) -> Result<Bytes, ApiError>
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(_) => Err(ApiError::message(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is incomplete or too large",
        )),
    }
}

/// Refuses a request because of the rate limit. Faults are for the requests that are accepted.
async fn refuse<B>(app: &App, request: Request<B>) -> Outcome
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    app.stats.rate_limited();
    Outcome::Response(match read(request.into_body()).await {
        Ok(_) => Draft::too_many_requests(),
        Err(error) => error.into(),
    })
}

/// Executes a request's operation, with the fault that is ordered for it.
async fn execute<B>(
    app: &App,
    control: &Control,
    route: &Route<'_>,
    request: Request<B>,
    keep: Option<&Prepared>,
) -> Outcome
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let fault = app.faults.take(route.operation());
    match &fault {
        Some(Fault::Reset { when: When::Before }) => return Outcome::Reset,
        Some(Fault::Goaway {}) => control.close(),
        _ => {}
    }
    let (parts, body) = request.into_parts();
    let token = parts.headers.get(TOKEN_HEADER);
    let token = authenticate(app, token.map(HeaderValue::as_bytes));
    // The body is read even if the token is invalid: a response before the end of the body would
    // break the connection.
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => return Outcome::Response(error.into()),
    };
    if let Some(Fault::Delay { milliseconds }) = &fault {
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
    }
    if let Some(outcome) = fault.as_ref().and_then(faults::outcome_without_operation) {
        return outcome;
    }
    let target = token.and_then(|()| check(route)).and_then(|target| {
        check_media_type(&parts.headers, &body)?;
        Ok(target)
    });
    let (region, key) = match &target {
        Ok(target) => (target.region, target.key),
        Err(_) => (Region::FrPar, Uuid::nil()),
    };
    let draft = match target {
        Ok(target) => call(app, target, &parts.uri, body.clone()).await,
        Err(error) => error.into(),
    };
    let Some(fault) = fault else {
        if let Some(prepared) = keep
            && draft.status == StatusCode::OK
        {
            prepared.keep(parts.uri.path(), body, &draft.body);
        }
        return Outcome::Response(draft);
    };
    let subject = Subject {
        store: &app.store,
        region,
        key,
        body: &body,
    };
    faults::corrupt(&fault, draft, subject)
        .await
        .unwrap_or_else(|error| Outcome::Response(error.into()))
}

async fn call(app: &App, target: Target, uri: &Uri, body: Bytes) -> Draft {
    let call = Call {
        store: Arc::clone(&app.store),
        identity: Arc::clone(&app.identity),
        region: target.region,
        key: target.key,
        query: uri.query().unwrap_or_default().to_owned(),
        body,
        name_filter: app.name_filter,
        ml_dsa_digest: app.ml_dsa_digest,
    };
    operations::run(target.operation, call).await.into()
}

fn authenticate(app: &App, token: Option<&[u8]>) -> Result<(), ApiError> {
    let Some(token) = token else {
        return Err(ApiError::denied_authentication("invalid_argument"));
    };
    if token == app.token.as_bytes() {
        app.stats.valid_token();
        return Ok(());
    }
    app.stats.other_token(token);
    let reason = match Uuid::try_parse_ascii(token) {
        Ok(_) => "not_found",
        Err(_) => "invalid_argument",
    };
    Err(ApiError::denied_authentication(reason))
}

/// A valid route: the operation, and the key or nil.
struct Target {
    operation: Operation,
    region: Region,
    key: Uuid,
}

fn check(route: &Route<'_>) -> Result<Target, ApiError> {
    match route {
        Route::Api {
            operation,
            region,
            key,
        } => Ok(Target {
            operation: *operation,
            region: *region,
            key: key.map_or(Ok(Uuid::nil()), parse_key_id)?,
        }),
        Route::Metadata => Ok(Target {
            operation: Operation::GetAPIMetadata,
            region: Region::FrPar,
            key: Uuid::nil(),
        }),
        Route::NoRegion(region) => Err(ApiError::not_found("region", region)),
        Route::NoMethod => Err(ApiError::message(
            StatusCode::METHOD_NOT_ALLOWED,
            "method not allowed",
        )),
        Route::NoPath => Err(ApiError::message(StatusCode::NOT_FOUND, "no such path")),
    }
}

/// Fails if the request has a body that is not declared as JSON.
fn check_media_type(headers: &HeaderMap, body: &Bytes) -> Result<(), ApiError> {
    let declared = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    // A parameter, such as a charset, may follow.
    let media_type = declared.and_then(|value| value.split(|byte| *byte == b';').next());
    let is_json = media_type.is_some_and(|media_type| {
        media_type
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/json")
    });
    if is_json || body.is_empty() {
        return Ok(());
    }
    Err(ApiError::message(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "the content type of a request with a body must be application/json",
    ))
}

fn parse_key_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text)
        .map_err(|_| ApiError::invalid("key_id", Reason::Format, "a UUID is expected"))
}
