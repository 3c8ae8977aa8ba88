//! The settings with their origins, for a diagnosis. Secrets are left out.

use std::path::PathBuf;

use super::environment::Environment;
use super::layer::{Layer, Value};
use super::location::Location;
use super::settings::{DEFAULT_TIMEOUT, merge};
use super::url::BaseUrl;
use super::{file, location, malformed, proxy, variables};
use crate::error::Result;
use crate::redact::{self, quote};
use crate::uri::Uri;

/// A setting, and the origin of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The name, as in a client's URI.
    pub name: &'static str,
    /// The value. A secret key is replaced by a description.
    pub value: Option<String>,
    /// A URI parameter, an environment variable, a place in the config file, or "default".
    pub origin: String,
}

/// A value that is not shown.
const HIDDEN: &str = "(set, not shown)";
const MALFORMED: &str = "(malformed, not shown)";

/// All settings in the order of their importance.
pub(crate) fn settings_with_origins(
    uri: &Uri,
    environment: &dyn Environment,
) -> Result<Vec<Setting>> {
    let merged = merge(uri, environment, &mut Vec::new())?;
    let mut settings = file_settings(uri, environment)?;
    settings.extend(merged_settings(merged));
    settings.extend([
        ca_file(uri, environment),
        proxy_setting(environment)?,
        from_uri(uri, "timeout", &format!("{DEFAULT_TIMEOUT:?}")),
        from_uri(uri, "verify", "true"),
    ]);
    Ok(settings)
}

fn setting(name: &'static str, value: Option<String>, origin: impl Into<String>) -> Setting {
    let origin = origin.into();
    Setting {
        name,
        value,
        origin,
    }
}

/// A text, quoted if it has special characters or is cut.
fn printable(text: &str) -> String {
    let quoted = quote(text);
    match quoted.trim_matches('"') == text && !text.is_empty() {
        true => text.to_owned(),
        false => quoted,
    }
}

fn file_settings(uri: &Uri, environment: &dyn Environment) -> Result<Vec<Setting>> {
    let file = match location::find(uri, environment)? {
        Location::Found(path, _) => setting(
            "config",
            Some(redact::path(&path)),
            file_origin(uri, environment),
        ),
        Location::Missing(reason) => setting("config", None, reason),
    };
    let profile = match file::wanted_profile(uri, environment)? {
        Some(value) => setting("profile", Some(printable(&value.text)), value.origin),
        None => setting("profile", None, "default: the config file's active profile"),
    };
    Ok(vec![file, profile])
}

fn file_origin(uri: &Uri, environment: &dyn Environment) -> &'static str {
    match location::given_path(uri, environment) {
        Some((_, origin)) => origin,
        None => "default",
    }
}

fn merged_settings(merged: Layer) -> Vec<Setting> {
    let secret = merged.secret_key.as_ref().map(|value| value.text.clone());
    // The secret key may be the value of another setting by mistake.
    let show = |value: &Value| match &secret {
        Some(secret) if value.text.contains(secret.as_str()) => HIDDEN.to_owned(),
        _ => printable(&value.text),
    };
    let plain = |name, value: Option<Value>, default| match value {
        Some(value) => setting(name, Some(show(&value)), value.origin),
        None => setting(name, None, default),
    };
    let insecure = match merged.insecure {
        Some((value, origin)) => setting("insecure", Some(value.to_string()), origin),
        None => setting("insecure", Some("false".into()), "default"),
    };
    vec![
        access_key(merged.access_key),
        match merged.secret_key {
            Some(value) => setting("secret-key", Some(HIDDEN.into()), value.origin),
            None => setting("secret-key", None, "missing"),
        },
        api_url(merged.api_url),
        plain("region", merged.region, "missing"),
        plain("project-id", merged.project_id, "missing"),
        plain("organization-id", merged.organization_id, "missing"),
        insecure,
        plain("user-agent", merged.user_agent, "default"),
    ]
}

/// The access key is no secret. If it is malformed, it may be the secret key.
fn access_key(value: Option<Value>) -> Setting {
    let Some(value) = value else {
        return setting("access-key", None, "missing");
    };
    let shown = match malformed::is_access_key(&value.text) {
        true => value.text.to_string(),
        false => MALFORMED.to_owned(),
    };
    setting("access-key", Some(shown), value.origin)
}

/// A malformed URL may contain a password.
fn api_url(value: Option<Value>) -> Setting {
    let Some(value) = value else {
        let default = BaseUrl::default().as_str().to_owned();
        return setting("api-url", Some(default), "default");
    };
    let shown = match BaseUrl::parse(&value.text, "") {
        Ok(url) => url.as_str().to_owned(),
        Err(_) => MALFORMED.to_owned(),
    };
    setting("api-url", Some(shown), value.origin)
}

fn ca_file(uri: &Uri, environment: &dyn Environment) -> Setting {
    let shown = |path: PathBuf| Some(redact::path(&path));
    if let Some(path) = uri.get("ca-file") {
        return setting("ca-file", shown(path.into()), "URI parameter ca-file");
    }
    const VARIABLE: &str = "SCWKMS_CA_FILE";
    match variables::path(environment, VARIABLE) {
        Some(path) => {
            let origin = format!("environment variable {VARIABLE}");
            setting("ca-file", shown(path), origin)
        }
        None => setting("ca-file", None, "default: only the system's trust store"),
    }
}

fn proxy_setting(environment: &dyn Environment) -> Result<Setting> {
    let url = variables::first_non_empty(environment, proxy::URL)?;
    Ok(match url {
        // The URL may contain a password.
        Some(value) => setting("proxy", Some(HIDDEN.into()), value.origin),
        None => setting("proxy", None, "default: none"),
    })
}

fn from_uri(uri: &Uri, name: &'static str, default: &str) -> Setting {
    match uri.get(name) {
        Some(text) => setting(name, Some(printable(text)), format!("URI parameter {name}")),
        None => setting(name, Some(default.to_owned()), "default"),
    }
}
