//! The parameters of a key to create.

use super::parameters::{algorithm, flag, project, region, tags};
use super::rotation_period;
use super::syntax::{Uri, invalid};
use crate::algorithm::Algorithm;
use crate::error::Result;
use crate::identifier;
use crate::redact::quote;

/// The parameters of a key to create.
#[derive(Debug, PartialEq, Eq)]
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
    /// The wire name, `scaleway_kms` or `external`.
    pub(crate) origin: &'static str,
    /// The seconds between two rotations.
    pub(crate) rotation_period: Option<u64>,
}

impl KeyCreation {
    /// Plain text is the key's name. A URI may contain more parameters.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(invalid(
                "the name of the key to create is empty; give plain text or scwkms:name=NAME",
            ));
        }
        if !Uri::has_scheme(text) {
            return Self::named(text.to_owned()).checked();
        }
        let uri = Uri::parse(text).map_err(|e| e.context("key to create"))?;
        if uri.get("key-id").is_some() {
            return Err(invalid(
                "a key to create has no id yet; give name= instead of key-id=",
            ));
        }
        let name = name(&uri)?;
        Self {
            name,
            algorithm: algorithm(&uri)?,
            unprotected: flag(&uri, "unprotected")?,
            region: region(&uri)?,
            project_id: project(&uri)?,
            description: uri.get("description").map(str::to_owned),
            tags: tags(&uri),
            protection_level: protection_level(&uri)?,
            origin: origin(&uri)?,
            rotation_period: uri
                .get("rotation-period")
                .map(rotation_period::parse)
                .transpose()?,
        }
        .checked()
    }

    fn named(name: String) -> Self {
        Self {
            name,
            algorithm: None,
            unprotected: false,
            region: None,
            project_id: None,
            description: None,
            tags: Vec::new(),
            protection_level: None,
            origin: SCALEWAY_KMS,
            rotation_period: None,
        }
    }

    fn checked(self) -> Result<Self> {
        // Such a name could not be distinguished from an id.
        if identifier::uuid(&self.name, "name", "key to create").is_ok() {
            return Err(invalid(format!(
                "{} is a key's id, not a name for a key to create",
                quote(&self.name)
            )));
        }
        Ok(self)
    }
}

fn name(uri: &Uri) -> Result<String> {
    match (uri.bare(), uri.get("name")) {
        (Some(name), None) | (None, Some(name)) => Ok(name.to_owned()),
        (Some(_), Some(_)) => Err(invalid("the key to create is named twice")),
        (None, None) => Err(invalid(
            "the key to create has no name; give scwkms:name=NAME",
        )),
    }
}

/// The service generates the key material.
const SCALEWAY_KMS: &str = "scaleway_kms";

fn origin(uri: &Uri) -> Result<&'static str> {
    match uri.get("origin") {
        None | Some(SCALEWAY_KMS) => Ok(SCALEWAY_KMS),
        Some("external") => Ok("external"),
        Some(other) => Err(invalid(format!(
            "origin {} is neither scaleway_kms nor external",
            quote(other)
        ))),
    }
}

fn protection_level(uri: &Uri) -> Result<Option<&'static str>> {
    match uri.get("protection-level") {
        None => Ok(None),
        Some("software") => Ok(Some("software")),
        Some("hsm") => Ok(Some("hsm")),
        Some(other) => Err(invalid(format!(
            "protection-level {} is neither software nor hsm",
            quote(other)
        ))),
    }
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
             description=the+root;region=pl-waw;protection-level=hsm;origin=external;rotation-period=30d",
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
                origin: "external",
                rotation_period: Some(2_592_000),
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
                "scwkms:name=a;origin=mine",
                "neither scaleway_kms nor external",
            ),
            ("scwkms:name=a;rotation-period=23h", "minimum is 86400"),
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
}
