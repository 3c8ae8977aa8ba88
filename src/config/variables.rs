//! The values of environment variables, and the settings in them. The deprecated names that Scaleway's tools still read
//! are understood too.

use std::ffi::OsString;
use std::path::PathBuf;

use super::environment::Environment;
use super::layer::{Layer, Value, configuration_error, flag};
use crate::error::Result;

/// The settings in environment variables.
pub(super) fn layer(environment: &dyn Environment) -> Result<Layer> {
    let first = |names: &[&str]| first_set(environment, names);
    Ok(Layer {
        access_key: first(&["SCW_ACCESS_KEY", "SCALEWAY_ACCESS_KEY"])?,
        // In Scaleway's tools the last variable stands for both keys.
        secret_key: first(&[
            "SCW_SECRET_KEY",
            "SCW_TOKEN",
            "SCALEWAY_TOKEN",
            "SCALEWAY_ACCESS_KEY",
        ])?,
        api_url: first(&["SCW_API_URL"])?,
        insecure: insecure(environment)?,
        organization_id: first(&[
            "SCW_DEFAULT_ORGANIZATION_ID",
            "SCW_ORGANIZATION",
            "SCALEWAY_ORGANIZATION",
        ])?,
        project_id: first(&["SCW_DEFAULT_PROJECT_ID"])?,
        region: first(&["SCW_DEFAULT_REGION", "SCW_REGION", "SCALEWAY_REGION"])?,
        user_agent: first(&["SCW_USER_AGENT"])?,
    })
}

/// The first of these variables that is set. An empty one is set, as in Scaleway's tools.
fn first_set(environment: &dyn Environment, names: &[&str]) -> Result<Option<Value>> {
    names
        .iter()
        .find_map(|name| environment.variable(name).map(|value| text(name, value)))
        .transpose()
}

/// The first of these variables that has a value. An empty one has none.
pub(super) fn first_non_empty(
    environment: &dyn Environment,
    names: &[&str],
) -> Result<Option<Value>> {
    names
        .iter()
        .find_map(|name| non_empty(environment, name).map(|value| text(name, value)))
        .transpose()
}

/// The path in a variable, if the variable has a value.
pub(super) fn path(environment: &dyn Environment, name: &str) -> Option<PathBuf> {
    non_empty(environment, name).map(PathBuf::from)
}

fn non_empty(environment: &dyn Environment, name: &str) -> Option<OsString> {
    environment.variable(name).filter(|value| !value.is_empty())
}

fn text(name: &str, value: OsString) -> Result<Value> {
    let origin = format!("environment variable {name}");
    match value.to_str() {
        Some(text) => Ok(Value::new(text, origin)),
        None => Err(configuration_error(format!("{origin} is not valid UTF-8"))),
    }
}

fn insecure(environment: &dyn Environment) -> Result<Option<(bool, String)>> {
    match boolean(environment, "SCW_INSECURE")? {
        Some(found) => Ok(Some(found)),
        // The deprecated variable has the inverse meaning.
        None => {
            Ok(boolean(environment, "SCW_TLSVERIFY")?.map(|(verify, origin)| (!verify, origin)))
        }
    }
}

fn boolean(environment: &dyn Environment, name: &str) -> Result<Option<(bool, String)>> {
    match first_set(environment, &[name])? {
        Some(v) => Ok(Some((flag(name, &v.text, "environment")?, v.origin))),
        None => Ok(None),
    }
}
