//! The secret key in a file of its own, as systemd's credentials and the secrets of container platforms are.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::environment::{self, Environment, FileContent};
use super::layer::{Value, configuration_error};
use super::{credentials, malformed, variables};
use crate::error::Result;
use crate::redact;
use crate::uri::Uri;

pub(super) const VARIABLE: &str = "SCWKMS_SECRET_KEY_FILE";

/// The secret key that the URI names, in itself or in a file.
pub(super) fn from_uri(
    uri: &Uri,
    secret_key: Option<Value>,
    environment: &dyn Environment,
) -> Result<Option<Value>> {
    let file = uri.get("secret-key-file").map(PathBuf::from);
    one_of(
        secret_key,
        file,
        "URI parameter secret-key-file",
        environment,
    )
}

/// The secret key in environment variables, in itself or in a file.
pub(super) fn from_environment(
    secret_key: Option<Value>,
    environment: &dyn Environment,
) -> Result<Option<Value>> {
    let file = variables::path(environment, VARIABLE);
    let origin = format!("environment variable {VARIABLE}");
    one_of(secret_key, file, &origin, environment)
}

fn one_of(
    secret_key: Option<Value>,
    file: Option<PathBuf>,
    origin: &str,
    environment: &dyn Environment,
) -> Result<Option<Value>> {
    match (secret_key, file) {
        (secret_key, None) => Ok(secret_key),
        (None, Some(file)) => read(file, origin, environment).map(Some),
        (Some(secret_key), Some(_)) => Err(configuration_error(format!(
            "the secret key is given twice: {} and {origin}; give one of them",
            secret_key.origin
        ))),
    }
}

fn read(file: PathBuf, origin: &str, environment: &dyn Environment) -> Result<Value> {
    let content = environment.read(&file).map_err(|e| {
        configuration_error(format!(
            "the secret key cannot be read from {} ({origin}): {e}",
            redact::path(&file)
        ))
    })?;
    let origin = format!("{}, {origin}", redact::path(&file));
    Ok(Value {
        file: Some(file),
        ..Value::new(text(&content), origin)
    })
}

/// The secret key that the file contains now, or the reason why it cannot be used.
pub(crate) fn read_again(file: &Path) -> Result<SecretString, String> {
    let content = environment::read_regular(file).map_err(|e| e.to_string())?;
    let text = text(&content);
    credentials::well_formed(text)
        .ok_or_else(|| format!("it is malformed: {}", malformed::description(text)))
}

/// Programs that write such files often end the line.
fn text(content: &FileContent) -> &str {
    content.text.trim_end_matches(['\r', '\n'])
}
