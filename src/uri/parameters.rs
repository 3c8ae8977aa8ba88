//! Parameters that several kinds of URIs have.

use super::syntax::{Uri, invalid};
use crate::algorithm::Algorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier;
use crate::redact::quote;

/// A boolean in the form of Go's `strconv.ParseBool`, as in Scaleway's tools.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

pub(super) fn algorithm(uri: &Uri) -> Result<Option<Algorithm>> {
    let Some(text) = uri.get("algorithm") else {
        return Ok(None);
    };
    match Algorithm::from_wire_name(&text.to_ascii_lowercase()) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "algorithm {} is unknown; the algorithms are {}",
                quote(text),
                Algorithm::all()
                    .map(Algorithm::wire_name)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}

pub(super) fn region(uri: &Uri) -> Result<Option<String>> {
    uri.get("region")
        .map(|r| identifier::region(r, "URI"))
        .transpose()
}

pub(super) fn project(uri: &Uri) -> Result<Option<String>> {
    uri.get("project-id")
        .map(|p| identifier::uuid(p, "project", "URI"))
        .transpose()
}

pub(super) fn flag(uri: &Uri, name: &str) -> Result<bool> {
    match uri.get(name) {
        None => Ok(false),
        Some(text) => boolean(text)
            .ok_or_else(|| invalid(format!("{name}={} is neither true nor false", quote(text)))),
    }
}

pub(super) fn tags(uri: &Uri) -> Vec<String> {
    uri.get("tags")
        .into_iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}
