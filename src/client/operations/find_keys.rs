//! Finds keys.

use crate::algorithm::Algorithm;
use crate::api::{KeyFilter, Scope};
use crate::client::key_info::KeyInfo;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyQuery;

pub(in crate::client) struct FindKeys {
    pub(in crate::client) query: KeyQuery,
    pub(in crate::client) region: String,
    pub(in crate::client) scope: Scope,
}

impl Steps for FindKeys {
    fn name(&self) -> &'static str {
        "find_keys"
    }

    fn title(&self) -> String {
        "find keys".to_owned()
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Keys
    }

    fn target(&self) -> Target<'_> {
        let query = &self.query;
        let usage = query.usage.or(query.algorithm.map(Algorithm::usage));
        Target::Keys {
            region: &self.region,
            filter: KeyFilter {
                scope: self.scope.clone(),
                name: query.name.clone(),
                usage: usage.map(|u| u.wire_name()),
                tags: query.tags.clone(),
            },
        }
    }

    fn request(&self, _target: &LoadedTarget) -> Result<Option<Request>> {
        Ok(None)
    }

    fn output(
        &self,
        shared: &Shared,
        target: &LoadedTarget,
        _response: Option<Response>,
    ) -> Result<Output> {
        let mut found = Vec::new();
        for key in target.keys()? {
            let info = KeyInfo::new(key, &self.region)?;
            if matches(&self.query, &info) {
                shared.note_metadata(&self.region, key)?;
                found.push(info);
            }
        }
        Ok(Output::Keys(found))
    }
}

/// Checks the query's terms again, since the service's filters need not be exact.
fn matches(query: &KeyQuery, key: &KeyInfo) -> bool {
    query.name.as_ref().is_none_or(|name| key.name == *name)
        && query
            .usage
            .is_none_or(|usage| key.usage == usage.wire_name())
        && query.algorithm.is_none_or(|a| key.algorithm == Some(a))
        && query.tags.iter().all(|tag| key.tags.contains(tag))
}
