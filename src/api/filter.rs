//! The query parameters of ListKeys.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The maximum page size of the service.
pub(super) const PAGE_SIZE: usize = 100;

/// The characters to escape in a query: all but the unreserved ones (RFC 3986, section 2.3).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The keys of a project or of an organization: the service requires one of them.
#[derive(Debug, Clone)]
pub(crate) enum Scope {
    Project(String),
    Organization(String),
}

/// Which keys to list. Keys that are scheduled for deletion are never listed.
#[derive(Debug, Clone)]
pub(crate) struct KeyFilter {
    pub(crate) scope: Scope,
    pub(crate) name: Option<String>,
    pub(crate) usage: Option<&'static str>,
    pub(crate) tags: Vec<String>,
}

impl KeyFilter {
    pub(super) fn query(&self, page: usize) -> String {
        let mut query = format!(
            "page={page}&page_size={PAGE_SIZE}&order_by=name_asc&scheduled_for_deletion=false"
        );
        let scope = match &self.scope {
            Scope::Project(id) => ("project_id", Some(id.as_str())),
            Scope::Organization(id) => ("organization_id", Some(id.as_str())),
        };
        let single = [scope, ("name", self.name.as_deref()), ("usage", self.usage)];
        let given = single.iter().filter_map(|(k, v)| v.map(|v| (*k, v)));
        let tags = self.tags.iter().map(|tag| ("tags", tag.as_str()));
        for (name, value) in given.chain(tags) {
            query.push_str(&format!("&{name}={}", utf8_percent_encode(value, QUERY)));
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_escaped() {
        let filter = KeyFilter {
            scope: Scope::Organization("o".into()),
            name: Some("my key=1".into()),
            usage: None,
            tags: vec!["a&b".to_owned(), "é".to_owned()],
        };
        assert_eq!(
            filter.query(2),
            "page=2&page_size=100&order_by=name_asc&scheduled_for_deletion=false\
             &organization_id=o&name=my%20key%3D1&tags=a%26b&tags=%C3%A9"
        );
    }
}
