//! What the gateway tells of itself, of which the SDK makes the resource names of keys.

use serde::Serialize;

use super::{Call, Reply};
use crate::http::error::ApiError;
use crate::http::query::Query;
use crate::state::key::DOMAIN;

#[derive(Serialize)]
struct Metadata {
    platform: &'static str,
    partition: &'static str,
    domain: &'static str,
}

pub fn get(call: &Call) -> Result<Reply, ApiError> {
    Query::parse(&call.query).finish()?;
    Reply::json(&Metadata {
        platform: "external",
        partition: "scw",
        domain: DOMAIN,
    })
}
