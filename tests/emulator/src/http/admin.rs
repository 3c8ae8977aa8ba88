//! The endpoints for tests, under `/emulator`: statistics, faults, the rate limit, the clock, and
//! states and fields of keys that no operation of the service causes. They take no token and are not counted.

use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::ApiError;
use super::response::Draft;
use super::service::App;
use crate::faults::Order;
use crate::state::key::{Key, Origin};

pub const PREFIX: &str = "/emulator";

const MAX_BODY: usize = 16 * 1024 * 1024;

pub async fn respond<B>(app: &App, request: Request<B>) -> Draft
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let (parts, body) = request.into_parts();
    let result = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => run(app, &parts.method, parts.uri.path(), &body.to_bytes()).await,
        Err(error) => Err(bad_request(&error.to_string())),
    };
    match result {
        Ok(body) => Draft {
            status: if body.is_empty() {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::OK
            },
            body,
            ..Draft::default()
        },
        Err(error) => error.into(),
    }
}

fn bad_request(message: &str) -> ApiError {
    ApiError::message(StatusCode::BAD_REQUEST, message)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|error| ApiError::internal(&error.to_string()))
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| bad_request(&error.to_string()))
}

async fn run(app: &App, method: &Method, path: &str, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let path = path.strip_prefix(PREFIX).unwrap_or_default();
    let done = || Ok(Vec::new());
    match (method, path) {
        (&Method::GET, "/stats") => json(&app.stats.snapshot()),
        (&Method::DELETE, "/stats") => {
            app.stats.reset();
            done()
        }
        (&Method::GET, "/requests") => json(&app.stats.requests()),
        (&Method::GET, "/faults") => json(&app.faults.list()),
        (&Method::DELETE, "/faults") => {
            app.faults.clear();
            done()
        }
        (&Method::POST, "/faults") => {
            let order: Order = parse(body)?;
            app.faults.add(order).map_err(|error| bad_request(&error))?;
            done()
        }
        (&Method::GET, "/rate-limit") => json(&app.rate_limit.policy()),
        (&Method::PUT, "/rate-limit") => json(&app.rate_limit.change(&parse(body)?)),
        (&Method::GET, "/clock") => json(&app.clock.view()),
        (&Method::PUT, "/clock") => json(&app.clock.change(&parse(body)?)),
        (&Method::PUT, path) => match key_path(path) {
            Some((id, "state")) => set_state(app, id, parse(body)?).await,
            Some((id, "fields")) => replace_fields(app, id, parse(body)?).await,
            _ => Err(unknown()),
        },
        _ => Err(unknown()),
    }
}

fn unknown() -> ApiError {
    ApiError::message(StatusCode::NOT_FOUND, "no such path and method")
}

/// The id and the rest of a path of a key.
fn key_path(path: &str) -> Option<(Uuid, &str)> {
    let (id, rest) = path.strip_prefix("/keys/")?.split_once('/')?;
    Some((Uuid::try_parse(id).ok()?, rest))
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ForcedState {
    Enabled,
    Disabled,
    Locked,
    PendingKeyMaterial,
    ScheduledForDeletion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateChange {
    state: ForcedState,
}

async fn set_state(app: &App, id: Uuid, change: StateChange) -> Result<Vec<u8>, ApiError> {
    change_key(app, id, move |key, now| force(key, change.state, now)).await
}

async fn replace_fields(
    app: &App,
    id: Uuid,
    fields: Map<String, Value>,
) -> Result<Vec<u8>, ApiError> {
    change_key(app, id, move |key, _| {
        key.replaced_fields = fields;
        Ok(())
    })
    .await
}

/// Changes a key. Returns its JSON.
async fn change_key(
    app: &App,
    id: Uuid,
    change: impl FnOnce(&mut Key, Timestamp) -> Result<(), ApiError> + Send + 'static,
) -> Result<Vec<u8>, ApiError> {
    let region = app
        .store
        .region_of(id)
        .ok_or_else(|| ApiError::not_found("key", &id.to_string()))?;
    let store = app.store.clone();
    // With a data directory the change writes a file.
    tokio::task::spawn_blocking(move || {
        store.change(region, id, |key, now| {
            change(key, now)?;
            let view = key.json();
            json(&view.map_err(|error| ApiError::internal(&error.to_string()))?)
        })
    })
    .await
    .unwrap_or_else(|error| Err(ApiError::internal(&error.to_string())))
}

fn force(key: &mut Key, state: ForcedState, now: Timestamp) -> Result<(), ApiError> {
    match state {
        ForcedState::Locked => key.locked = true,
        ForcedState::ScheduledForDeletion => key.deletion_requested_at = Some(now),
        ForcedState::PendingKeyMaterial => {
            if key.origin != Origin::External {
                return Err(bad_request(
                    "only a key of external origin can wait for material",
                ));
            }
            for rotation in &mut key.rotations {
                rotation.material = None;
                rotation.deleted_at.get_or_insert(now);
            }
        }
        ForcedState::Enabled | ForcedState::Disabled => {
            if key.current().is_none() {
                return Err(bad_request("the key has no key material"));
            }
            key.locked = false;
            key.deletion_requested_at = None;
            key.disabled = matches!(state, ForcedState::Disabled);
        }
    }
    Ok(())
}
