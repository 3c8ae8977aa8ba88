//! Where the config file is.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::{Environment, FileContent};
use super::layer::configuration_error;
use super::variables;
use crate::error::{Error, Result};
use crate::redact;
use crate::uri::Uri;

/// The config file, or the reason why there is none.
pub(super) enum Location {
    Found(PathBuf, FileContent),
    Missing(String),
}

/// The file and its content. A path from the URI or the environment must exist. A missing file at a default path is not
/// an error.
pub(super) fn find(uri: &Uri, environment: &dyn Environment) -> Result<Location> {
    match given_path(uri, environment) {
        Some((path, origin)) => match environment.read(&path) {
            Ok(content) => Ok(Location::Found(path, content)),
            Err(e) => Err(unreadable(&path, &e, origin)),
        },
        None => find_default(environment),
    }
}

pub(super) fn given_path(
    uri: &Uri,
    environment: &dyn Environment,
) -> Option<(PathBuf, &'static str)> {
    if let Some(path) = uri.get("config") {
        return Some((PathBuf::from(path), "URI parameter config"));
    }
    variables::path(environment, "SCW_CONFIG_PATH")
        .map(|path| (path, "environment variable SCW_CONFIG_PATH"))
}

fn find_default(environment: &dyn Environment) -> Result<Location> {
    let Some(folder) = default_folder(environment) else {
        return Ok(Location::Missing(format!(
            "there is no config file, since neither XDG_CONFIG_HOME nor {HOME} is set"
        )));
    };
    let path = folder.join("config.yaml");
    for path in [&path, &folder.join("config.yml")] {
        match environment.read(path) {
            Ok(content) => return Ok(Location::Found(path.clone(), content)),
            Err(e) if is_missing(&e) => {}
            Err(e) => return Err(unreadable(path, &e, "the default path")),
        }
    }
    let path = redact::path(&path);
    Ok(Location::Missing(format!("there is no config file {path}")))
}

fn default_folder(environment: &dyn Environment) -> Option<PathBuf> {
    let folder = variables::path(environment, "XDG_CONFIG_HOME")
        .or_else(|| Some(variables::path(environment, HOME)?.join(".config")))?;
    Some(folder.join("scw"))
}

const HOME: &str = match cfg!(windows) {
    true => "USERPROFILE",
    false => "HOME",
};

fn is_missing(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn unreadable(path: &Path, e: &io::Error, origin: &str) -> Error {
    configuration_error(format!(
        "the config file {} ({origin}) cannot be read: {e}",
        redact::path(path)
    ))
}
