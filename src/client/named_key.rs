//! Looks up the id of a key by its name.

use std::sync::Arc;

use super::key_info::checked_id;
use crate::api::{Api, Key, KeyFilter, KeyLocation, Scope};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;
use crate::transport::Deadline;

/// A name, and where to look for it.
pub(super) struct NamedKey {
    pub(super) name: String,
    pub(super) region: String,
    pub(super) scope: Scope,
}

impl NamedKey {
    /// The only key with exactly this name.
    pub(super) async fn look_up(self, api: Arc<Api>, deadline: Deadline) -> Result<KeyLocation> {
        let filter = KeyFilter {
            name: Some(self.name.clone()),
            scope: self.scope.clone(),
            usage: None,
            tags: Vec::new(),
        };
        let mut keys = api.list_keys(&self.region, &filter, deadline).await?;
        // The service's filter need not be exact.
        keys.retain(|key| key.name == self.name);
        match keys.as_slice() {
            [key] => Ok(KeyLocation {
                region: self.region.clone(),
                id: checked_id(&key.id)?,
            }),
            [] => Err(self.not_found()),
            several => Err(self.ambiguous(several)),
        }
    }

    fn not_found(&self) -> Error {
        let scope = match &self.scope {
            Scope::Project(id) => format!("project {id}"),
            Scope::Organization(id) => format!("organization {id}"),
        };
        Error::new(
            ErrorKind::NotFound,
            format!(
                "no key is named {} in {}, {scope}; names are matched exactly",
                quote(&self.name),
                self.region
            ),
        )
    }

    fn ambiguous(&self, keys: &[Key]) -> Error {
        Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "{} keys are named {} in {}: {}; use the id of one of them",
                keys.len(),
                quote(&self.name),
                self.region,
                list_ids(keys)
            ),
        )
    }
}

/// The ids of the first keys.
fn list_ids(keys: &[Key]) -> String {
    const MAX_LISTED: usize = 5;
    let ids: Vec<&str> = keys
        .iter()
        .take(MAX_LISTED)
        .map(|key| key.id.as_str())
        .collect();
    let ids = ids.join(", ");
    match keys.len().checked_sub(MAX_LISTED) {
        None | Some(0) => ids,
        Some(more) => format!("{ids} and {more} more"),
    }
}
