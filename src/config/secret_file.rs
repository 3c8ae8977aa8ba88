//! The secret key in a file of its own, as systemd's credentials and the secrets of container platforms are.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::environment::{Environment, FileContent};
use super::layer::{Value, configuration_error};
use super::{credentials, variables};
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
    let content = content(&file, environment).map_err(|e| {
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

/// The secret key that the file has now. `None` if it cannot be read or is malformed: the caller then keeps the old one.
pub(crate) fn read_again(file: &Path, environment: &dyn Environment) -> Option<SecretString> {
    let content = content(file, environment).ok()?;
    credentials::well_formed(text(&content))
}

fn content(file: &Path, environment: &dyn Environment) -> std::io::Result<FileContent> {
    environment.read(file)
}

/// Programs that write such files often end the line.
fn text(content: &FileContent) -> &str {
    content.text.trim_end_matches(['\r', '\n'])
}
