//! Queries for keys.

use super::parameters::{algorithm, project, region, tags};
use super::syntax::{Uri, invalid};
use crate::algorithm::{Algorithm, Usage};
use crate::error::Result;
use crate::redact::quote;

/// A query for keys. An empty one finds all keys of the client's region, in its project or else its organization.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyQuery {
    pub(crate) name: Option<String>,
    pub(crate) usage: Option<Usage>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) tags: Vec<String>,
    pub(crate) region: Option<String>,
    pub(crate) project_id: Option<String>,
}

impl KeyQuery {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let uri = Uri::parse(text).map_err(|e| e.context("key query"))?;
        if uri.bare().is_some() || uri.get("key-id").is_some() {
            return Err(invalid(
                "a query looks for keys by name=, usage=, algorithm=, tags=, region= and \
                 project-id=; a key whose id is known needs no query",
            ));
        }
        Ok(Self {
            name: uri.get("name").map(str::to_owned),
            usage: usage(&uri)?,
            algorithm: algorithm(&uri)?,
            tags: tags(&uri),
            region: region(&uri)?,
            project_id: project(&uri)?,
        })
    }
}

/// A query for the algorithms that the service offers. An empty one finds all algorithms of the client's region.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AlgorithmQuery {
    pub(crate) usage: Option<Usage>,
    pub(crate) region: Option<String>,
}

impl AlgorithmQuery {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let uri = Uri::parse(text).map_err(|e| e.context("algorithm query"))?;
        if uri.bare().is_some() || uri.get("key-id").or(uri.get("name")).is_some() {
            return Err(invalid(
                "a query looks for algorithms by usage= and region=; it names no key",
            ));
        }
        Ok(Self {
            usage: usage(&uri)?,
            region: region(&uri)?,
        })
    }
}

fn usage(uri: &Uri) -> Result<Option<Usage>> {
    let Some(text) = uri.get("usage") else {
        return Ok(None);
    };
    let usage = Usage::from_wire_name(text).ok_or_else(|| {
        invalid(format!(
            "usage {} is unknown; the usages are {}",
            quote(text),
            Usage::ALL.map(Usage::wire_name).join(", ")
        ))
    })?;
    Ok(Some(usage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        assert_eq!(KeyQuery::parse("").ok(), Some(KeyQuery::default()));
        assert_eq!(KeyQuery::parse("scwkms:").ok(), Some(KeyQuery::default()));
        let query =
            KeyQuery::parse("scwkms:usage=asymmetric_signing;tags=ca;name=x").expect("a query");
        assert_eq!(query.usage, Some(Usage::AsymmetricSigning));
        assert_eq!(query.tags, ["ca"]);
        assert_eq!(query.name.as_deref(), Some("x"));
        for (text, expected) in [
            ("scwkms:usage=signing", "the usages are asymmetric_signing"),
            (
                "scwkms:8a83f62f-2b00-4e17-9bef-bc10faef3098",
                "needs no query",
            ),
            ("name=x", "begins with scwkms:"),
        ] {
            let message = KeyQuery::parse(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn algorithm_queries() {
        let parse = AlgorithmQuery::parse;
        assert_eq!(parse("").ok(), Some(AlgorithmQuery::default()));
        let query = parse("scwkms:usage=key_encapsulation;region=nl-ams").expect("a query");
        assert_eq!(query.usage, Some(Usage::KeyEncapsulation));
        assert_eq!(query.region.as_deref(), Some("nl-ams"));
        for (text, expected) in [
            ("scwkms:usage=signing", "the usages are asymmetric_signing"),
            ("scwkms:name=x", "names no key"),
        ] {
            let message = parse(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
