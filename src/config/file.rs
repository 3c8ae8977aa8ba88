//! Scaleway's config file: its profiles.

use std::path::Path;

use super::environment::{Environment, FileContent};
use super::layer::{Layer, Value, configuration_error};
use super::location::{self, Location};
use super::section::{Section, display_name};
use super::{variables, yaml};
use crate::error::Result;
use crate::redact::{self, quote};
use crate::uri::Uri;

/// The profile name that selects the values at the root of the file.
const ROOT_PROFILE: &str = "default";

/// The layer of the file's profile, or an empty one where there is no file and none was asked for.
pub(super) fn layer(
    uri: &Uri,
    environment: &dyn Environment,
    warnings: &mut Vec<String>,
) -> Result<Layer> {
    let profile = wanted_profile(uri, environment)?;
    match (location::find(uri, environment)?, profile) {
        (Location::Found(path, content), profile) => read(&path, &content, profile, warnings),
        (Location::Missing(reason), Some(name)) if *name.text != ROOT_PROFILE => {
            Err(configuration_error(format!(
                "profile {} ({}) cannot be found: {reason}",
                quote(&name.text),
                name.origin
            )))
        }
        (Location::Missing(_), _) => Ok(Layer::default()),
    }
}

pub(super) fn wanted_profile(uri: &Uri, environment: &dyn Environment) -> Result<Option<Value>> {
    match uri.get("profile") {
        Some(name) => Ok(Some(Value::new(name, "URI parameter profile"))),
        None => variables::first_non_empty(environment, &["SCW_PROFILE"]),
    }
}

fn read(
    path: &Path,
    content: &FileContent,
    profile: Option<Value>,
    warnings: &mut Vec<String>,
) -> Result<Layer> {
    let file = redact::path(path);
    if content.exposed {
        warnings.push(format!(
            "the config file {file} can be read by other users; `chmod 600` closes it"
        ));
    }
    let mapping = yaml::load(&content.text)
        .map_err(|e| configuration_error(format!("the config file {file} is malformed: {e}")))?;
    let root = Section::root(&mapping, &file);
    let base = root.layer()?;
    let active = root.text("active_profile")?;
    match profile.or(active) {
        Some(name) if *name.text != ROOT_PROFILE => Ok(profile_layer(&root, &name)?.over(base)),
        _ => Ok(base),
    }
}

/// The settings of a profile, without those at the root.
fn profile_layer(root: &Section, name: &Value) -> Result<Layer> {
    let profiles = root.section("profiles")?;
    let names: Vec<&str> = profiles.iter().flat_map(Section::keys).collect();
    match profiles {
        Some(profiles) if names.contains(&name.text.as_str()) => {
            match profiles.section(&name.text)? {
                Some(profile) => profile.layer(),
                None => Ok(Layer::default()),
            }
        }
        _ => Err(configuration_error(format!(
            "profile {} ({}) is not in the config file {}; it has {}",
            quote(&name.text),
            name.origin,
            root.file(),
            known(&names)
        ))),
    }
}

fn known(names: &[&str]) -> String {
    const MAX_LISTED: usize = 10;
    let listed = names.iter().take(MAX_LISTED);
    let shown: Vec<String> = listed.map(|name| display_name(name)).collect();
    match names.len() {
        0 => "no profiles".into(),
        n if n > MAX_LISTED => format!("{} and {} more", shown.join(", "), n - MAX_LISTED),
        _ => shown.join(", "),
    }
}
