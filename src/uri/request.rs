//! What a caller writes to create a key and to look for keys.

use super::{Uri, boolean, invalid};
use crate::algorithm::{Algorithm, Usage};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{self, quote};

/// A key to create, as its name or URI describes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyCreation {
    pub(crate) name: String,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) unprotected: bool,
    pub(crate) region: Option<String>,
    pub(crate) project_id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    /// The wire name, `software` or `hsm`.
    pub(crate) protection_level: Option<&'static str>,
}

impl KeyCreation {
    /// A plain text is the key's name; a URI may say more.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(invalid(
                "the name of the key to create is empty; give plain text or scwkms:name=NAME",
            ));
        }
        if !Uri::has_scheme(text) {
            return Self {
                name: text.to_owned(),
                ..Self::default()
            }
            .checked();
        }
        let uri = Uri::parse(text).map_err(|e| e.context("key to create"))?;
        if uri.get("key-id").is_some() {
            return Err(invalid(
                "a key to create has no id yet; give name= instead of key-id=",
            ));
        }
        let name = match (uri.bare(), uri.get("name")) {
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (Some(_), Some(_)) => return Err(invalid("the key to create is named twice")),
            (None, None) => {
                return Err(invalid(
                    "the key to create has no name; give scwkms:name=NAME",
                ));
            }
        };
        Self {
            name,
            algorithm: algorithm(&uri)?,
            unprotected: flag(&uri, "unprotected")?,
            region: region(&uri)?,
            project_id: project(&uri)?,
            description: uri.get("description").map(str::to_owned),
            tags: tags(&uri),
            protection_level: match uri.get("protection-level") {
                None => None,
                Some("software") => Some("software"),
                Some("hsm") => Some("hsm"),
                Some(other) => {
                    return Err(invalid(format!(
                        "protection-level {} is neither software nor hsm",
                        quote(other)
                    )));
                }
            },
        }
        .checked()
    }

    fn checked(self) -> Result<Self> {
        // A key named like an id could never be told from one.
        if identifier::uuid(&self.name, "name", "key to create").is_ok() {
            return Err(invalid(format!(
                "{} is a key's id, not a name for a key to create",
                quote(&self.name)
            )));
        }
        Ok(self)
    }
}

/// Which keys to look for. Empty means all in the client's region.
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
            usage: match uri.get("usage") {
                None => None,
                Some(text) => Some(Usage::from_wire_name(text).ok_or_else(|| {
                    invalid(format!(
                        "usage {} is unknown; the usages are {}",
                        quote(text),
                        Usage::ALL.map(Usage::wire_name).join(", ")
                    ))
                })?),
            },
            algorithm: algorithm(&uri)?,
            tags: tags(&uri),
            region: region(&uri)?,
            project_id: project(&uri)?,
        })
    }
}

fn algorithm(uri: &Uri) -> Result<Option<Algorithm>> {
    let Some(text) = uri.get("algorithm") else {
        return Ok(None);
    };
    match Algorithm::from_wire_name(&text.to_ascii_lowercase()) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "algorithm {} is unknown; the algorithms are {}",
                quote(text),
                Algorithm::all()
                    .map(Algorithm::wire_name)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        )),
    }
}

fn region(uri: &Uri) -> Result<Option<String>> {
    uri.get("region")
        .map(|r| identifier::region(r, "URI"))
        .transpose()
}

fn project(uri: &Uri) -> Result<Option<String>> {
    uri.get("project-id")
        .map(|p| identifier::uuid(p, "project", "URI"))
        .transpose()
}

fn flag(uri: &Uri, name: &str) -> Result<bool> {
    match uri.get(name) {
        None => Ok(false),
        Some(text) => boolean(text)
            .ok_or_else(|| invalid(format!("{name}={} is neither true nor false", quote(text)))),
    }
}

fn tags(uri: &Uri) -> Vec<String> {
    uri.get("tags")
        .into_iter()
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_a_name() {
        let parsed = KeyCreation::parse("my root; key=1").expect("a name");
        assert_eq!(parsed.name, "my root; key=1");
        assert!(!parsed.unprotected);
    }

    #[test]
    fn a_uri_says_more() {
        let parsed = KeyCreation::parse(
            "scwkms:name=root;algorithm=RSA_OAEP_3072_SHA256;unprotected=true;tags=a, b,;\
             description=the+root;region=pl-waw;protection-level=hsm",
        )
        .expect("a creation");
        assert_eq!(
            parsed,
            KeyCreation {
                name: "root".into(),
                algorithm: Some(Algorithm::RsaOaep3072Sha256),
                unprotected: true,
                region: Some("pl-waw".into()),
                project_id: None,
                description: Some("the root".into()),
                tags: vec!["a".into(), "b".into()],
                protection_level: Some("hsm"),
            }
        );
        assert_eq!(
            KeyCreation::parse("scwkms:root").expect("bare").name,
            "root"
        );
    }

    #[test]
    fn mistakes_in_creations_are_named() {
        for (text, expected) in [
            ("", "empty"),
            ("scwkms:", "has no name"),
            ("scwkms:unprotected=true", "has no name"),
            ("scwkms:name=a;unprotected=maybe", "neither true nor false"),
            (
                "scwkms:name=a;protection-level=gold",
                "neither software nor hsm",
            ),
            (
                "scwkms:name=a;algorithm=rsa_oaep_1024",
                "the algorithms are ec_p256_sha256",
            ),
            ("scwkms:name=a;tag=b", "did you mean tags?"),
            (
                "scwkms:key-id=8a83f62f-2b00-4e17-9bef-bc10faef3098",
                "no id yet",
            ),
            ("8a83f62f-2b00-4e17-9bef-bc10faef3098", "is a key's id"),
            ("scwkms:a;name=b", "named twice"),
        ] {
            let message = KeyCreation::parse(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

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
}
