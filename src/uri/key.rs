//! Key references: the texts that name a key.

use std::fmt;
use std::path::PathBuf;

use super::parameters::algorithm;
use super::syntax::{SCHEME, Uri, invalid};
use crate::algorithm::Algorithm;
use crate::error::{Error, Result};
use crate::identifier;
use crate::redact::quote;

/// A key, by id or by name, and its region if the reference contains one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyReference {
    pub(crate) selector: KeySelector,
    pub(crate) region: Option<String>,
    /// A file with the key's public key, which then need not be loaded.
    pub(crate) public_key: Option<PublicKeyFile>,
}

/// A file with a public key or a certificate, in PEM.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PublicKeyFile {
    pub(crate) path: PathBuf,
    /// The key's algorithm. The file of an RSA key does not determine it.
    pub(crate) algorithm: Option<Algorithm>,
}

/// Selects a key of a region.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum KeySelector {
    Id(String),
    /// An exact name. Without a project id, the client's project is used, else its organization.
    Name {
        name: String,
        project_id: Option<String>,
    },
}

const FORMS: &str = "a key is named by UUID, REGION/UUID, scwkms:UUID, \
    scwkms:key-id=UUID;region=REGION or scwkms:name=NAME";

impl KeyReference {
    /// Parses any of the forms of a key reference. Client parameters in it are ignored.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(invalid(format!("the key reference is empty; {FORMS}")));
        }
        if !Uri::has_scheme(text) {
            return match text.split_once(':') {
                Some((scheme, _)) => Err(invalid(format!(
                    "the key reference's scheme is {}, not {SCHEME}; {FORMS}",
                    quote(scheme)
                ))),
                None => Self::id(text, None),
            };
        }
        let uri = Uri::parse(text).map_err(|e| e.context("key reference"))?;
        let region = uri
            .get("region")
            .map(|r| identifier::region(r, "key reference"))
            .transpose()?;
        let public_key = match uri.get("public-key") {
            None => None,
            Some(path) => Some(PublicKeyFile {
                path: PathBuf::from(path),
                algorithm: algorithm(&uri)?,
            }),
        };
        match (uri.bare(), uri.get("key-id"), uri.get("name")) {
            (Some(id), None, None) | (None, Some(id), None) => Ok(Self {
                public_key,
                ..Self::id(id, region)?
            }),
            (None, None, Some(name)) => Ok(Self {
                selector: KeySelector::Name {
                    name: name.to_owned(),
                    project_id: uri
                        .get("project-id")
                        .map(|p| identifier::uuid(p, "project", "key reference"))
                        .transpose()?,
                },
                region,
                public_key,
            }),
            (None, None, None) => Err(invalid(format!("the key reference names no key; {FORMS}"))),
            _ => Err(invalid(
                "the key reference names a key twice; give one of an id, key-id= and name=",
            )),
        }
    }

    fn id(text: &str, region: Option<String>) -> Result<Self> {
        let unclear = |e: Error| e.note(FORMS);
        let (own_region, id) = match text.split_once('/') {
            Some((own, id)) => (
                Some(identifier::region(own, "key reference").map_err(unclear)?),
                id,
            ),
            None => (None, text),
        };
        let id = identifier::uuid(id, "key id", "key reference").map_err(unclear)?;
        let region = match (own_region, region) {
            (Some(a), Some(b)) if a != b => {
                return Err(invalid(format!(
                    "the key reference names two regions, {a} and {b}"
                )));
            }
            (own, given) => own.or(given),
        };
        Ok(Self {
            selector: KeySelector::Id(id),
            region,
            public_key: None,
        })
    }
}

impl fmt::Display for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            KeySelector::Id(id) => f.write_str(id)?,
            KeySelector::Name { name, .. } => f.write_str(&quote(name))?,
        }
        match &self.region {
            Some(region) => write!(f, " in {region}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8a83f62f-2b00-4e17-9bef-bc10faef3098";

    fn by_id(region: Option<&str>) -> KeyReference {
        KeyReference {
            selector: KeySelector::Id(ID.into()),
            region: region.map(str::to_owned),
            public_key: None,
        }
    }

    #[test]
    fn every_form_of_an_id() {
        for (text, region) in [
            (ID.to_owned(), None),
            (ID.to_uppercase(), None),
            (format!("pl-waw/{ID}"), Some("pl-waw")),
            (format!("scwkms:{ID}"), None),
            (format!("scwkms:pl-waw/{ID}"), Some("pl-waw")),
            (format!("scwkms:{ID}?region=pl-waw"), Some("pl-waw")),
            (format!("scwkms:{ID};region=pl-waw"), Some("pl-waw")),
            (format!("SCWKMS:key-id={ID}"), None),
            (format!("scwkms:key-id={ID};region=nl-ams"), Some("nl-ams")),
            (format!("scwkms:region=nl-ams?key-id={ID}"), Some("nl-ams")),
            (
                format!("scwkms:api-url=https%3A%2F%2Fx;secret-key=s;key-id={ID}"),
                None,
            ),
        ] {
            let parsed = KeyReference::parse(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(parsed, by_id(region), "{text}");
        }
    }

    #[test]
    fn names() {
        let parsed = KeyReference::parse(
            "scwkms:name=my+root;region=fr-par;project-id=105BDCE1-64c0-48ab-899d-868455867ecf",
        );
        assert_eq!(
            parsed.ok(),
            Some(KeyReference {
                selector: KeySelector::Name {
                    name: "my root".into(),
                    project_id: Some("105bdce1-64c0-48ab-899d-868455867ecf".into()),
                },
                region: Some("fr-par".into()),
                public_key: None,
            })
        );
    }

    #[test]
    fn a_file_with_the_public_key() {
        let text = format!("scwkms:{ID};public-key=%2Fetc%2Fca.pem;algorithm=rsa_pss_2048_sha256");
        assert_eq!(
            KeyReference::parse(&text).ok(),
            Some(KeyReference {
                public_key: Some(PublicKeyFile {
                    path: "/etc/ca.pem".into(),
                    algorithm: Some(Algorithm::RsaPss2048Sha256),
                }),
                ..by_id(None)
            })
        );
        let text = format!("scwkms:{ID};public-key=ca.pem;algorithm=rsa");
        let message = KeyReference::parse(&text).expect_err(&text).to_string();
        assert!(
            message.contains("algorithm \"rsa\" is unknown"),
            "{message}"
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            (String::new(), "empty"),
            ("my-root-key".into(), "is not a UUID"),
            (format!("{ID}x"), "is not a UUID"),
            (format!("paris/{ID}"), "is not a region"),
            (format!("fr-par/{ID}/sign"), "is not a UUID"),
            (format!("scwkms:fr-par/{ID};region=nl-ams"), "two regions"),
            (format!("scwkms:{ID};name=x"), "names a key twice"),
            (format!("scwkms:key-id={ID};name=x"), "names a key twice"),
            ("scwkms:".into(), "names no key"),
            ("scwkms:region=fr-par".into(), "names no key"),
            (format!("awskms:key-id={ID}"), "\"awskms\""),
            (format!("scwkms:key-id={ID};region=mars"), "is not a region"),
            (format!("scwkms:keyid={ID}"), "did you mean key-id?"),
        ] {
            let message = KeyReference::parse(&text).expect_err(&text).to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }

    #[test]
    fn a_uri_without_its_scheme_shows_no_secret() {
        for text in [
            "key-id=x;secret-key=hunter2",
            "secret-key=hunter2;api-url=https://proxy.example",
            "scwkms:secret-key%3Dhunter2",
            "scwkms:name=x;region=fr-par,secret-key=hunter2",
            "scwkms:secret-key=x,secret-key=hunter2;name=x;region=mars",
        ] {
            let message = KeyReference::parse(text).expect_err(text).to_string();
            assert!(!message.contains("hunter2"), "{text}: {message}");
        }
    }
}
