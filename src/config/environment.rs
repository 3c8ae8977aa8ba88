//! The environment, with the names that Scaleway's tools have deprecated but still read.

use super::{Layer, Surroundings, Value, flag};
use crate::error::Result;

pub(super) fn layer(surroundings: &dyn Surroundings) -> Result<Layer> {
    let first = |names: &[&str]| {
        names.iter().find_map(|name| {
            surroundings
                .variable(name)
                .filter(|text| !text.is_empty())
                .map(|text| Value::new(&text, format_args!("environment variable {name}")))
        })
    };
    let boolean = |name: &str| match first(&[name]) {
        Some(v) => flag(name, &v.text, "environment").map(|b| Some((b, v.origin.clone()))),
        None => Ok(None),
    };
    Ok(Layer {
        access_key: first(&["SCW_ACCESS_KEY", "SCALEWAY_ACCESS_KEY"]),
        secret_key: first(&["SCW_SECRET_KEY", "SCW_TOKEN", "SCALEWAY_TOKEN"]),
        api_url: first(&["SCW_API_URL"]),
        insecure: match boolean("SCW_INSECURE")? {
            Some(found) => Some(found),
            // The older variable says the opposite.
            None => boolean("SCW_TLSVERIFY")?.map(|(verify, origin)| (!verify, origin)),
        },
        organization_id: first(&[
            "SCW_DEFAULT_ORGANIZATION_ID",
            "SCW_ORGANIZATION",
            "SCALEWAY_ORGANIZATION",
        ]),
        project_id: first(&["SCW_DEFAULT_PROJECT_ID"]),
        region: first(&["SCW_DEFAULT_REGION", "SCW_REGION", "SCALEWAY_REGION"]),
        user_agent: first(&["SCW_USER_AGENT"]),
    })
}
