//! The attributes of private keys (PKCS#11 3.0, sections 4.9, 6.1 and 6.3).

use cryptoki_sys::*;
use scwkms::Scheme;

use super::Resolver;
use super::attributes::{common, public};
use super::key::Key;
use super::value::Attribute;
use crate::failure::Result;

pub(super) fn attribute(
    key: &Key,
    kind: CK_ATTRIBUTE_TYPE,
    resolver: &dyn Resolver,
) -> Result<Attribute> {
    if let Some(value) = own(key, kind).or_else(|| common(key, kind)) {
        return Ok(value);
    }
    public(key, kind, resolver)
}

fn own(key: &Key, kind: CK_ATTRIBUTE_TYPE) -> Option<Attribute> {
    Some(match kind {
        CKA_CLASS => Attribute::number(CKO_PRIVATE_KEY),
        CKA_UNIQUE_ID => Attribute::text(&key.unique_id("private")),
        CKA_PRIVATE | CKA_SENSITIVE => Attribute::boolean(true),
        CKA_EXTRACTABLE => Attribute::boolean(false),
        CKA_ALWAYS_SENSITIVE | CKA_NEVER_EXTRACTABLE => {
            // Imported key material was known outside of the service.
            return common(key, CKA_LOCAL);
        }
        CKA_SIGN => Attribute::boolean(key.can_sign()),
        CKA_DECRYPT => Attribute::boolean(!key.can_sign()),
        CKA_SIGN_RECOVER
        | CKA_UNWRAP
        | CKA_DECAPSULATE
        | CKA_WRAP_WITH_TRUSTED
        | CKA_ALWAYS_AUTHENTICATE => Attribute::boolean(false),
        CKA_UNWRAP_TEMPLATE | CKA_DERIVE_TEMPLATE | CKA_DECAPSULATE_TEMPLATE => Attribute::empty(),
        _ if is_secret(key, kind) => Attribute::Sensitive,
        _ => return None,
    })
}

fn is_secret(key: &Key, kind: CK_ATTRIBUTE_TYPE) -> bool {
    let is_rsa = key.algorithm.scheme() != Scheme::Ecdsa;
    match kind {
        CKA_VALUE => !is_rsa,
        CKA_PRIVATE_EXPONENT | CKA_PRIME_1 | CKA_PRIME_2 | CKA_EXPONENT_1 | CKA_EXPONENT_2
        | CKA_COEFFICIENT => is_rsa,
        _ => false,
    }
}
