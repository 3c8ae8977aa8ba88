//! The settings of a client.

use std::path::PathBuf;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Intercept;
use secrecy::SecretString;

use super::environment::Environment;
use super::layer::{Layer, Value, configuration, configuration_error, flag};
use super::url::BaseUrl;
use super::{credentials, file, proxy, secret_file, timeout, variables};
use crate::error::{Error, Result};
use crate::identifier;
use crate::redact::Redactor;
use crate::uri::Uri;

/// The deadline of an operation without `timeout=`.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// The settings of a client, complete and checked.
pub(crate) struct Settings {
    pub(crate) secret_key: SecretString,
    /// The file that contains the secret key. It is read again when the service no longer accepts the key.
    pub(crate) secret_key_file: Option<PathBuf>,
    pub(crate) project_id: Option<String>,
    pub(crate) organization_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) api_url: BaseUrl,
    pub(crate) proxy: Option<Intercept>,
    pub(crate) user_agent: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) timeout: Duration,
    pub(crate) insecure: bool,
    pub(crate) verify: bool,
    /// Warnings for the user.
    pub(crate) warnings: Vec<String>,
}

/// The settings of a client from its URI, the environment and the config file.
pub(crate) fn resolve(uri: &Uri, environment: &dyn Environment) -> Result<Settings> {
    let mut warnings = Vec::new();
    let mut merged = merge(uri, environment, &mut warnings)?;
    let (access_key, secret_key) = (merged.access_key.take(), merged.secret_key.take());
    let secret_key = credentials::secret_key(access_key, secret_key)?;
    let redactor = Redactor::new(&secret_key.0);
    // The secret key may be the value of another setting by mistake.
    complete(merged, secret_key, uri, environment, warnings)
        .map_err(|e| Error::new(e.kind(), redactor.redact(e.message())))
}

/// The settings that connections depend on. The other settings, such as credentials, may be missing or malformed.
#[cfg(feature = "diagnosis")]
pub(crate) fn resolve_connection(uri: &Uri, environment: &dyn Environment) -> Result<Settings> {
    let mut warnings = Vec::new();
    let merged = Layer {
        organization_id: None,
        project_id: None,
        region: None,
        ..merge(uri, environment, &mut warnings)?
    };
    let no_secret_key = (SecretString::from("no secret key"), None);
    complete(merged, no_secret_key, uri, environment, warnings)
}

fn complete(
    merged: Layer,
    (secret_key, secret_key_file): (SecretString, Option<PathBuf>),
    uri: &Uri,
    environment: &dyn Environment,
    mut warnings: Vec<String>,
) -> Result<Settings> {
    let id = |value: Option<Value>, what| {
        value
            .map(|v| identifier::uuid(&v.text, what, &v.origin).map_err(configuration))
            .transpose()
    };
    let project_id = id(merged.project_id, "project id")?;
    let organization_id = id(merged.organization_id, "organization id")?;
    let region = merged
        .region
        .map(|v| identifier::region(&v.text, &v.origin).map_err(configuration))
        .transpose()?;
    let api_url = match merged.api_url {
        Some(v) => BaseUrl::parse(&v.text, &v.origin)?,
        None => BaseUrl::default(),
    };
    let insecure = match merged.insecure {
        Some((true, origin)) => {
            warnings.push(format!(
                "TLS certificates are not verified ({origin}): anyone on the network path can read the \
                 secret key and forge responses"
            ));
            true
        }
        _ => false,
    };
    Ok(Settings {
        secret_key,
        secret_key_file,
        project_id,
        organization_id,
        region,
        proxy: proxy::proxy(&api_url, environment)?,
        api_url,
        user_agent: match merged.user_agent {
            Some(v) if !v.text.is_empty() => Some(user_agent(&v)?),
            _ => None,
        },
        ca_file: uri
            .get("ca-file")
            .map(PathBuf::from)
            .or_else(|| variables::path(environment, "SCWKMS_CA_FILE")),
        timeout: match uri.get("timeout") {
            Some(text) => timeout::parse(text)?,
            None => DEFAULT_TIMEOUT,
        },
        insecure,
        verify: match uri.get("verify") {
            Some(text) => flag("verify", text, "URI")?,
            None => true,
        },
        warnings,
    })
}

/// The unchecked settings of all sources.
pub(super) fn merge(
    uri: &Uri,
    environment: &dyn Environment,
    warnings: &mut Vec<String>,
) -> Result<Layer> {
    let from_file = file::layer(uri, environment, warnings)?;
    let mut from_environment = variables::layer(environment)?;
    from_environment.secret_key =
        secret_file::from_environment(from_environment.secret_key, environment)?;
    Ok(from_uri(uri, environment)?
        .over(from_environment)
        .over(from_file))
}

fn from_uri(uri: &Uri, environment: &dyn Environment) -> Result<Layer> {
    let value = |name: &str| {
        uri.get(name)
            .map(|text| Value::new(text, format_args!("URI parameter {name}")))
    };
    Ok(Layer {
        access_key: value("access-key"),
        secret_key: secret_file::from_uri(uri, value("secret-key"), environment)?,
        api_url: value("api-url"),
        insecure: match uri.get("insecure") {
            Some(text) => Some((
                flag("insecure", text, "URI")?,
                "URI parameter insecure".into(),
            )),
            None => None,
        },
        organization_id: value("organization-id"),
        project_id: value("project-id"),
        region: value("region"),
        user_agent: None,
    })
}

fn user_agent(value: &Value) -> Result<String> {
    if value.text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Ok(value.text.to_string());
    }
    Err(configuration_error(format!(
        "the user agent ({}) holds characters that a header cannot carry",
        value.origin
    )))
}
