//! Queries for keys: what a template says about them.

use cryptoki_sys::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::objects::{Key, Template};

/// Which keys a program looks for. Only `All` lists the project.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Query {
    All,
    Name(String),
    /// The value of CKA_ID.
    Id(Vec<u8>),
    Uuid(String),
}

impl Query {
    /// The query for the keys of a template. `None` if no key can match it.
    pub(crate) fn of(template: &Template) -> Option<Self> {
        if template.get(CKA_UNIQUE_ID).is_some() {
            let (uuid, _class) = template.text(CKA_UNIQUE_ID)?.split_once('/')?;
            return Some(Query::Uuid(uuid.to_owned()));
        }
        if template.get(CKA_LABEL).is_some() {
            let name = template.text(CKA_LABEL)?;
            return (!name.is_empty()).then(|| Query::Name(name.to_owned()));
        }
        match template.get(CKA_ID) {
            Some([]) => None,
            Some(id) => Some(Query::Id(id.to_vec())),
            None => Some(Query::All),
        }
    }

    pub(super) fn selects(&self, key: &Key) -> bool {
        match self {
            Query::All => true,
            Query::Name(name) => key.name == *name,
            Query::Id(id) => key.has_id(id),
            Query::Uuid(uuid) => key.uuid == *uuid,
        }
    }
}

/// The query of the client for keys with a value of a parameter.
pub(super) fn client_query(parameter: &str, value: &str) -> String {
    let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
    format!("scwkms:{parameter}={value}")
}

/// The UUID that consists of these bytes.
pub(super) fn uuid(bytes: &[u8]) -> Option<String> {
    const LEN: usize = 16;
    let digits = (bytes.len() == LEN).then(|| crate::certificate::hex(bytes))?;
    let groups = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    Some(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(attributes: &[(CK_ATTRIBUTE_TYPE, &[u8])]) -> Option<Query> {
        let copied = attributes
            .iter()
            .map(|(kind, value)| (*kind, value.to_vec()));
        Query::of(&Template::new(copied.collect()))
    }

    #[test]
    fn templates_determine_the_lookup() {
        assert_eq!(query(&[]), Some(Query::All));
        assert_eq!(query(&[(CKA_ID, b"a")]), Some(Query::Id(b"a".to_vec())));
        let named = Some(Query::Name("x".into()));
        assert_eq!(query(&[(CKA_LABEL, b"x")]), named);
        assert_eq!(query(&[(CKA_ID, b"a"), (CKA_LABEL, b"x")]), named);
        assert_eq!(query(&[(CKA_LABEL, b"")]), None);
        assert_eq!(query(&[(CKA_LABEL, b"\xff")]), None);
        assert_eq!(query(&[(CKA_ID, b"")]), None);
        assert_eq!(
            query(&[(CKA_UNIQUE_ID, b"u/private")]),
            Some(Query::Uuid("u".into()))
        );
        assert_eq!(query(&[(CKA_UNIQUE_ID, b"u")]), None);
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(client_query("name", "a;b=c d"), "scwkms:name=a%3Bb%3Dc%20d");
        let bytes: Vec<u8> = (0..16).collect();
        let expected = "00010203-0405-0607-0809-0a0b0c0d0e0f";
        assert_eq!(uuid(&bytes).as_deref(), Some(expected));
        assert_eq!(uuid(&bytes[1..]), None);
    }
}
