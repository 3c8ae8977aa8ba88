//! Settings: config file, environment and URI, in the precedence of Scaleway's own tools, as pure
//! functions of their inputs.
//!
//! Later wins: the file's profile, the environment, the URI. Whatever is unreadable, malformed or
//! half-given is an error that says where it stands.

mod environment;
mod file;
mod timeout;
mod url;
mod yaml;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{self, quote};
use crate::uri::{Uri, boolean};

pub(crate) use self::url::BaseUrl;

/// The deadline of an operation where no `timeout=` says otherwise.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);

/// What a client needs to know, complete and checked.
pub(crate) struct Settings {
    pub(crate) secret_key: SecretString,
    pub(crate) project_id: Option<String>,
    pub(crate) organization_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) api_url: BaseUrl,
    pub(crate) user_agent: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) timeout: Duration,
    pub(crate) insecure: bool,
    pub(crate) verify: bool,
    /// What the caller should be told, though nothing failed.
    pub(crate) warnings: Vec<String>,
}

/// A file, as far as settings care.
pub(crate) struct FileContent {
    pub(crate) text: Zeroizing<String>,
    /// Whether users other than its owner may read it.
    pub(crate) exposed: bool,
}

/// The outside world that settings come from.
pub(crate) trait Surroundings {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// Reads a whole file.
    fn read(&self, path: &Path) -> std::io::Result<FileContent>;
}

/// The process's environment and file system.
pub(crate) struct Process;

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> std::io::Result<FileContent> {
        file::read(path)
    }
}

/// A value and where it was found.
#[derive(Clone)]
struct Value {
    text: Zeroizing<String>,
    origin: String,
}

impl Value {
    fn new(text: &str, origin: impl fmt::Display) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            origin: origin.to_string(),
        }
    }
}

/// The settings that one source gives.
#[derive(Default, Clone)]
struct Layer {
    access_key: Option<Value>,
    secret_key: Option<Value>,
    api_url: Option<Value>,
    insecure: Option<(bool, String)>,
    organization_id: Option<Value>,
    project_id: Option<Value>,
    region: Option<Value>,
    user_agent: Option<Value>,
}

impl Layer {
    /// This layer laid over another.
    fn over(self, below: Layer) -> Layer {
        Layer {
            access_key: self.access_key.or(below.access_key),
            secret_key: self.secret_key.or(below.secret_key),
            api_url: self.api_url.or(below.api_url),
            insecure: self.insecure.or(below.insecure),
            organization_id: self.organization_id.or(below.organization_id),
            project_id: self.project_id.or(below.project_id),
            region: self.region.or(below.region),
            user_agent: self.user_agent.or(below.user_agent),
        }
    }
}

/// Settings from a client's URI, the environment and the config file.
pub(crate) fn resolve(uri: &Uri, surroundings: &dyn Surroundings) -> Result<Settings> {
    let mut warnings = Vec::new();
    let from_file = file::layer(uri, surroundings, &mut warnings)?;
    let merged = from_uri(uri)?
        .over(environment::layer(surroundings)?)
        .over(from_file);

    let secret_key = credentials(merged.access_key, merged.secret_key)?;
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
                "TLS certificates are not verified ({origin}): anyone on the path can read the \
                 secret key and forge answers"
            ));
            true
        }
        _ => false,
    };
    Ok(Settings {
        secret_key,
        project_id,
        organization_id,
        region,
        api_url,
        user_agent: merged.user_agent.map(|v| user_agent(&v)).transpose()?,
        ca_file: uri.get("ca-file").map(PathBuf::from),
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

fn from_uri(uri: &Uri) -> Result<Layer> {
    let value = |name: &str| {
        uri.get(name)
            .map(|text| Value::new(text, format_args!("URI parameter {name}")))
    };
    Ok(Layer {
        access_key: value("access-key"),
        secret_key: value("secret-key"),
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

/// Both halves of the credentials, or an error that says which is missing.
fn credentials(access_key: Option<Value>, secret_key: Option<Value>) -> Result<SecretString> {
    let (access_key, secret_key) = match (access_key, secret_key) {
        (Some(a), Some(s)) => (a, s),
        (None, None) => {
            return Err(configuration_error(
                "no credentials: set SCW_ACCESS_KEY and SCW_SECRET_KEY, give access-key= and \
                 secret-key= in the URI, or create a config file with `scw init`",
            ));
        }
        (Some(a), None) => {
            return Err(configuration_error(format!(
                "the access key is given ({}), but no secret key: set SCW_SECRET_KEY, secret-key= \
                 in the URI, or secret_key in the config file",
                a.origin
            )));
        }
        (None, Some(s)) => {
            return Err(configuration_error(format!(
                "the secret key is given ({}), but no access key: set SCW_ACCESS_KEY, access-key= \
                 in the URI, or access_key in the config file",
                s.origin
            )));
        }
    };
    let tail = access_key.text.strip_prefix("SCW").unwrap_or_default();
    if tail.len() != 17
        || !tail
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        // Someone who swapped the two keys must not find the secret one in a log.
        return Err(configuration_error(format!(
            "the access key ({}) is malformed: it is SCW and 17 upper-case letters or digits",
            access_key.origin
        )));
    }
    if identifier::uuid(&secret_key.text, "", "").is_err() {
        return Err(configuration_error(format!(
            "the secret key ({}) is malformed: it is a UUID",
            secret_key.origin
        )));
    }
    Ok(SecretString::from(secret_key.text.as_str()))
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

fn flag(name: &str, text: &str, origin: &str) -> Result<bool> {
    boolean(text).ok_or_else(|| {
        configuration_error(format!(
            "{name} ({origin}) is {}, which is neither true nor false",
            quote(text)
        ))
    })
}

fn configuration_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// A malformed value in the settings is a matter of configuration, whatever the checker calls it.
fn configuration(error: Error) -> Error {
    configuration_error(error.message())
}

#[cfg(test)]
mod tests;
