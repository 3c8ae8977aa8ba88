//! The proxy that environment variables set.

use http::Uri;
use http::uri::Authority;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use percent_encoding::percent_decode_str;

use super::environment::Environment;
use super::layer::{Value, configuration_error};
use super::url::BaseUrl;
use super::variables::first_non_empty;
use crate::error::{Error, Result};
use crate::redact::quote;

/// The variables with the URL of the proxy. The first one that has a value is used.
pub(super) const URL: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variables with the hosts that are connected to directly.
const EXCEPTIONS: &[&str] = &["NO_PROXY", "no_proxy"];

/// The proxy for an API URL.
///
/// - An unencrypted API URL has none. It is on loopback, and a proxy would send the secret key over the network.
/// - A CGI program, where `REQUEST_METHOD` is set, has none: its environment contains text from the network.
pub(super) fn proxy(api_url: &BaseUrl, environment: &dyn Environment) -> Result<Option<Intercept>> {
    if api_url.is_unencrypted() || environment.variable("REQUEST_METHOD").is_some() {
        return Ok(None);
    }
    let Some(url) = first_non_empty(environment, URL)? else {
        return Ok(None);
    };
    let exceptions = first_non_empty(environment, EXCEPTIONS)?;
    let exceptions = exceptions.as_ref().map_or("", |v| v.text.as_str());
    let intercept = |url: &str| {
        let matcher = Matcher::builder().https(url).no(exceptions).build();
        matcher.intercept(api_url.uri())
    };
    if intercept(EXAMPLE).is_none() {
        return Ok(None);
    }
    match (check(&url.text), intercept(&url.text)) {
        (Ok(()), Some(proxy)) => Ok(Some(proxy)),
        (Ok(()), None) => Err(malformed(&url, "cannot be parsed")),
        (Err(problem), _) => Err(malformed(&url, &problem)),
    }
}

fn malformed(url: &Value, problem: &str) -> Error {
    configuration_error(format!(
        "the proxy URL ({}) {problem}; it must be a URL like {EXAMPLE}",
        url.origin
    ))
}

const EXAMPLE: &str = "http://proxy.example:3128";

/// Finds the errors in a proxy's URL that [`Matcher`] ignores. The texts show no part of the URL after the scheme, since
/// it may contain a password.
fn check(text: &str) -> Result<(), String> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("contains a space or a control character".into());
    }
    let url: Uri = text
        .parse()
        .map_err(|e| format!("cannot be parsed ({e})"))?;
    check_scheme(&url)?;
    if text.contains(['?', '#']) || !matches!(url.path(), "" | "/") {
        return Err(format!("contains a path, query or fragment; {ENCODED}"));
    }
    match url.authority() {
        Some(authority) => check_authority(authority),
        None => Err("has no host".into()),
    }
}

const ENCODED: &str = "in a user name or password the characters / ? # @ must be percent-encoded";

fn check_scheme(url: &Uri) -> Result<(), String> {
    match url.scheme_str() {
        // Without a scheme it is http.
        None | Some("http" | "https") => Ok(()),
        Some(other) => Err(format!(
            "has the scheme {}, and only http and https are supported",
            quote(other)
        )),
    }
}

fn check_authority(authority: &Authority) -> Result<(), String> {
    let (credentials, address) = authority
        .as_str()
        .split_once('@')
        .unwrap_or(("", authority.as_str()));
    if address.contains('@') {
        return Err(format!("contains two @; {ENCODED}"));
    }
    if percent_decode_str(credentials).decode_utf8().is_err() {
        return Err("contains a user name or password that is not UTF-8".into());
    }
    if authority.host().is_empty() {
        return Err("has no host".into());
    }
    if address.len() > authority.host().len() && authority.port_u16().is_none() {
        return Err("has a malformed port".into());
    }
    Ok(())
}
