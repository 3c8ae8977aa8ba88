//! The gateway's description of itself, from which the SDK builds the resource names of keys.

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
