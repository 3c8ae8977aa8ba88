//! Scaleway's config file: its path, its profiles, its values.

use std::io;
use std::path::{Path, PathBuf};

use super::environment::{Environment, FileContent};
use super::layer::{Layer, Value, configuration_error, flag};
use super::yaml;
use crate::error::Result;
use crate::redact::{self, quote};
use crate::uri::Uri;
use yaml_rust2::{Yaml, yaml::Hash};

/// The layer of the file's profile, or an empty one where there is no file and none was asked for.
pub(super) fn layer(
    uri: &Uri,
    environment: &dyn Environment,
    warnings: &mut Vec<String>,
) -> Result<Layer> {
    let profile = wanted_profile(uri, environment);
    let Some((path, content)) = find(uri, environment)? else {
        return match profile {
            Some((name, origin)) if name != ROOT_PROFILE => Err(configuration_error(format!(
                "profile {} ({origin}) cannot be found: there is no config file",
                quote(&name)
            ))),
            _ => Ok(Layer::default()),
        };
    };
    let place = redact::path(&path);
    if content.exposed {
        warnings.push(format!(
            "the config file {place} can be read by other users; `chmod 600` closes it"
        ));
    }
    let documents = yaml::load(&content.text)
        .map_err(|e| configuration_error(format!("the config file {place} is malformed: {e}")))?;
    let empty = Hash::new();
    let root = match documents.first() {
        None | Some(Yaml::Null) => &empty,
        Some(Yaml::Hash(root)) => root,
        Some(_) => {
            return Err(configuration_error(format!(
                "the config file {place} is malformed: it contains no keys and values"
            )));
        }
    };
    let at = |name: &str| format!("{name} in {place}");
    let base = profile_layer(root, &|key| at(key))?;
    let active = text(root, "active_profile", &at("active_profile"))?
        .map(|v| (v.text.to_string(), v.origin));
    let (name, origin) = match profile.or(active) {
        Some(chosen) if chosen.0 != ROOT_PROFILE => chosen,
        _ => return Ok(base),
    };
    let profiles = match root.get(&Yaml::String("profiles".into())) {
        None | Some(Yaml::Null) => &empty,
        Some(Yaml::Hash(profiles)) => profiles,
        Some(_) => return Err(malformed(&at("profiles"), "keys and values")),
    };
    match profiles.get(&Yaml::String(name.clone())) {
        Some(Yaml::Hash(chosen)) => Ok(profile_layer(chosen, &|key| {
            at(&format!("profiles.{}.{key}", display_name(&name)))
        })?
        .over(base)),
        Some(Yaml::Null) => Ok(base),
        Some(_) => Err(malformed(
            &at(&format!("profiles.{}", display_name(&name))),
            "keys and values",
        )),
        None => Err(configuration_error(format!(
            "profile {} ({origin}) is not in the config file {place}; it has {}",
            quote(&name),
            known(profiles)
        ))),
    }
}

/// The profile name that selects the values at the root of the file.
const ROOT_PROFILE: &str = "default";

fn wanted_profile(uri: &Uri, environment: &dyn Environment) -> Option<(String, String)> {
    if let Some(name) = uri.get("profile") {
        return Some((name.to_owned(), "URI parameter profile".into()));
    }
    environment
        .variable("SCW_PROFILE")
        .filter(|name| !name.is_empty())
        .map(|name| (name, "environment variable SCW_PROFILE".into()))
}

/// The file and its content. A path from the URI or the environment must exist. A missing file at a default path is not
/// an error.
fn find(uri: &Uri, environment: &dyn Environment) -> Result<Option<(PathBuf, FileContent)>> {
    let variable = |name: &str| environment.variable(name).filter(|v| !v.is_empty());
    let given = match uri.get("config") {
        Some(path) => Some((path.to_owned(), "URI parameter config")),
        None => variable("SCW_CONFIG_PATH").map(|p| (p, "environment variable SCW_CONFIG_PATH")),
    };
    if let Some((path, origin)) = given {
        let path = PathBuf::from(path);
        return match environment.read(&path) {
            Ok(content) => Ok(Some((path, content))),
            Err(e) => Err(unreadable(&path, &e, origin)),
        };
    }
    let folder = match (variable("XDG_CONFIG_HOME"), home(&variable)) {
        (Some(config), _) => PathBuf::from(config),
        (None, Some(home)) => PathBuf::from(home).join(".config"),
        (None, None) => return Ok(None),
    };
    for name in ["config.yaml", "config.yml"] {
        let path = folder.join("scw").join(name);
        match environment.read(&path) {
            Ok(content) => return Ok(Some((path, content))),
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) => {}
            Err(e) => return Err(unreadable(&path, &e, "the default path")),
        }
    }
    Ok(None)
}

fn home(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
}

fn unreadable(path: &Path, e: &io::Error, origin: &str) -> crate::error::Error {
    configuration_error(format!(
        "the config file {} ({origin}) cannot be read: {e}",
        redact::path(path)
    ))
}

fn malformed(place: &str, expected: &str) -> crate::error::Error {
    configuration_error(format!("{place} is malformed: it should be {expected}"))
}

fn known(profiles: &Hash) -> String {
    const MAX_LISTED: usize = 10;
    let names: Vec<&str> = profiles.keys().filter_map(Yaml::as_str).collect();
    let shown: Vec<String> = names
        .iter()
        .take(MAX_LISTED)
        .map(|name| display_name(name))
        .collect();
    match names.len() {
        0 => "no profiles".into(),
        n if n > MAX_LISTED => format!("{} and {} more", shown.join(", "), n - MAX_LISTED),
        _ => shown.join(", "),
    }
}

/// Formats a profile's name for an error. A name with special characters is quoted.
fn display_name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    match name.len() <= 80 && name.chars().all(plain) {
        true => name.to_owned(),
        false => quote(name),
    }
}

fn profile_layer(profile: &Hash, place: &dyn Fn(&str) -> String) -> Result<Layer> {
    let value = |key: &str| text(profile, key, &place(key));
    Ok(Layer {
        access_key: value("access_key")?,
        secret_key: value("secret_key")?,
        api_url: value("api_url")?,
        insecure: match profile.get(&Yaml::String("insecure".into())) {
            None | Some(Yaml::Null) => None,
            Some(Yaml::Boolean(b)) => Some((*b, place("insecure"))),
            // The ecosystem's YAML is 1.1, where these are booleans too.
            Some(Yaml::String(s)) => Some((
                match s.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "y" => true,
                    "no" | "off" | "n" => false,
                    _ => flag("insecure", s, &place("insecure"))?,
                },
                place("insecure"),
            )),
            Some(_) => return Err(malformed(&place("insecure"), "true or false")),
        },
        organization_id: value("default_organization_id")?,
        project_id: value("default_project_id")?,
        region: value("default_region")?,
        user_agent: value("user_agent")?,
    })
}

fn text(profile: &Hash, key: &str, place: &str) -> Result<Option<Value>> {
    match profile.get(&Yaml::String(key.into())) {
        None | Some(Yaml::Null) => Ok(None),
        Some(Yaml::String(s)) if s.is_empty() => Ok(None),
        Some(Yaml::String(s)) => Ok(Some(Value::new(s, place))),
        Some(_) => Err(malformed(place, "text")),
    }
}
