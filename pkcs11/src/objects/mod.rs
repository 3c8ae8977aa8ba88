//! The objects of a token, and their attributes.

mod attributes;
mod certificate;
mod generation;
#[cfg(test)]
mod generation_tests;
mod key;
mod private_key;
mod public_key;
mod template;
mod value;

pub(crate) use generation::{Generation, KeyPairTemplates};
pub(crate) use key::Key;
pub(crate) use template::Template;
pub(crate) use value::Attribute;

use std::sync::Arc;

use cryptoki_sys::*;

use crate::certificate::Certificate;
use crate::failure::Result;
use crate::public_parts::PublicParts;

/// An object of a token.
#[derive(Clone)]
pub(crate) enum Object {
    PrivateKey(Arc<Key>),
    PublicKey(Arc<Key>),
    Certificate(Arc<Certificate>),
}

/// Finds out what the attributes of an object need, by requests if necessary.
pub(crate) trait Resolver {
    /// The public key of a key.
    fn public_parts<'k>(&self, key: &'k Key) -> Result<&'k PublicParts>;
    /// The CKA_ID of a certificate, which is that of its key.
    fn certificate_id(&self, certificate: &Certificate) -> Result<Vec<u8>>;
    /// Whether a certificate has this CKA_ID.
    fn has_id(&self, certificate: &Certificate, id: &[u8]) -> Result<bool>;
}

impl Object {
    pub(crate) fn class(&self) -> CK_OBJECT_CLASS {
        match self {
            Object::PrivateKey(_) => CKO_PRIVATE_KEY,
            Object::PublicKey(_) => CKO_PUBLIC_KEY,
            Object::Certificate(_) => CKO_CERTIFICATE,
        }
    }

    /// The value of CKA_UNIQUE_ID.
    pub(crate) fn unique_id(&self) -> String {
        match self {
            Object::PrivateKey(key) => key.unique_id("private"),
            Object::PublicKey(key) => key.unique_id("public"),
            Object::Certificate(certificate) => certificate.unique_id(),
        }
    }

    pub(crate) fn key(&self) -> Option<&Arc<Key>> {
        match self {
            Object::PrivateKey(key) | Object::PublicKey(key) => Some(key),
            Object::Certificate(_) => None,
        }
    }

    /// The value of an attribute.
    pub(crate) fn attribute(
        &self,
        kind: CK_ATTRIBUTE_TYPE,
        resolver: &dyn Resolver,
    ) -> Result<Attribute> {
        match self {
            Object::PrivateKey(key) => private_key::attribute(key, kind, resolver),
            Object::PublicKey(key) => public_key::attribute(key, kind, resolver),
            Object::Certificate(certificate) => certificate::attribute(certificate, kind, resolver),
        }
    }

    /// Whether the object has all attributes of a template.
    pub(crate) fn matches(&self, template: &Template, resolver: &dyn Resolver) -> Result<bool> {
        for (kind, value) in template.attributes() {
            let matches = match (self, *kind) {
                (Object::Certificate(certificate), CKA_ID) => {
                    resolver.has_id(certificate, value)?
                }
                (Object::PrivateKey(key) | Object::PublicKey(key), CKA_ID) => key.has_id(value),
                _ => self.attribute(*kind, resolver)? == Attribute::Value(value.clone()),
            };
            if !matches {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
