//! The attributes that both objects of a key have.

use cryptoki_sys::*;
use scwkms::Scheme;

use super::Resolver;
use super::key::Key;
use super::value::Attribute;
use crate::failure::Result;
use crate::mechanisms;
use crate::public_parts::{Numbers, curve};

/// The attributes of storage objects and of keys (PKCS#11 3.0, sections 4.4 and 4.7). `None` for other attributes.
pub(super) fn common(key: &Key, kind: CK_ATTRIBUTE_TYPE) -> Option<Attribute> {
    Some(match kind {
        CKA_TOKEN => Attribute::boolean(true),
        CKA_MODIFIABLE | CKA_COPYABLE | CKA_DERIVE => Attribute::boolean(false),
        CKA_DESTROYABLE => Attribute::boolean(key.destroyable),
        CKA_LABEL => Attribute::text(&key.name),
        CKA_ID => Attribute::bytes(&key.id),
        CKA_KEY_TYPE => Attribute::number(key_type(key)),
        CKA_START_DATE | CKA_END_DATE | CKA_SUBJECT => Attribute::empty(),
        CKA_LOCAL => Attribute::boolean(key.is_local),
        CKA_KEY_GEN_MECHANISM if key.is_local => {
            Attribute::number(mechanisms::generation_mechanism(key.algorithm))
        }
        CKA_KEY_GEN_MECHANISM => Attribute::number(CK_UNAVAILABLE_INFORMATION),
        CKA_ALLOWED_MECHANISMS => Attribute::numbers(&mechanisms::of_key(key.algorithm)),
        CKA_EC_PARAMS => curve(key.algorithm).map_or(Attribute::Invalid, Attribute::bytes),
        _ => return None,
    })
}

fn key_type(key: &Key) -> CK_KEY_TYPE {
    match key.algorithm.scheme() {
        Scheme::Ecdsa => CKK_EC,
        _ => CKK_RSA,
    }
}

/// The attributes with parts of the public key.
pub(super) fn public(
    key: &Key,
    kind: CK_ATTRIBUTE_TYPE,
    resolver: &dyn Resolver,
) -> Result<Attribute> {
    let is_ec = key.algorithm.scheme() == Scheme::Ecdsa;
    let has_it = match kind {
        CKA_PUBLIC_KEY_INFO => true,
        CKA_EC_POINT => is_ec,
        CKA_MODULUS | CKA_PUBLIC_EXPONENT => !is_ec,
        _ => false,
    };
    if !has_it {
        return Ok(Attribute::Invalid);
    }
    let parts = resolver.public_parts(key)?;
    Ok(match (kind, &parts.numbers) {
        (CKA_PUBLIC_KEY_INFO, _) => Attribute::bytes(&parts.spki),
        (CKA_EC_POINT, Numbers::Ec { point }) => Attribute::bytes(point),
        (CKA_MODULUS, Numbers::Rsa { modulus, .. }) => Attribute::bytes(modulus),
        (CKA_PUBLIC_EXPONENT, Numbers::Rsa { exponent, .. }) => Attribute::bytes(exponent),
        _ => Attribute::Invalid,
    })
}
