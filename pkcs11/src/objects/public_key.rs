//! The attributes of public keys (PKCS#11 3.0, sections 4.8, 6.1 and 6.3).

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
        CKA_CLASS => Attribute::number(CKO_PUBLIC_KEY),
        CKA_UNIQUE_ID => Attribute::text(&key.unique_id("public")),
        CKA_PRIVATE | CKA_TRUSTED | CKA_VERIFY_RECOVER | CKA_WRAP | CKA_ENCAPSULATE => {
            Attribute::boolean(false)
        }
        CKA_VERIFY => Attribute::boolean(key.can_sign()),
        CKA_ENCRYPT => Attribute::boolean(!key.can_sign()),
        CKA_WRAP_TEMPLATE | CKA_ENCAPSULATE_TEMPLATE => Attribute::empty(),
        CKA_MODULUS_BITS if key.algorithm.scheme() != Scheme::Ecdsa => {
            Attribute::number(key.algorithm.bits().into())
        }
        // It can be removed from the token's objects: the key remains.
        CKA_DESTROYABLE => Attribute::boolean(true),
        _ => return None,
    })
}
