//! The attributes of certificates (PKCS#11 3.0, section 4.6).

use cryptoki_sys::*;

use super::Resolver;
use super::value::Attribute;
use crate::certificate::Certificate;
use crate::failure::Result;
use crate::mechanisms::HashFunction;

pub(super) fn attribute(
    certificate: &Certificate,
    kind: CK_ATTRIBUTE_TYPE,
    resolver: &dyn Resolver,
) -> Result<Attribute> {
    Ok(match kind {
        CKA_CLASS => Attribute::number(CKO_CERTIFICATE),
        CKA_UNIQUE_ID => Attribute::text(&certificate.unique_id()),
        CKA_TOKEN => Attribute::boolean(true),
        CKA_PRIVATE | CKA_MODIFIABLE | CKA_COPYABLE | CKA_DESTROYABLE | CKA_TRUSTED => {
            Attribute::boolean(false)
        }
        CKA_LABEL => Attribute::text(&certificate.label),
        CKA_CERTIFICATE_TYPE => Attribute::number(CKC_X_509),
        CKA_CERTIFICATE_CATEGORY => Attribute::number(CK_CERTIFICATE_CATEGORY_UNSPECIFIED),
        CKA_JAVA_MIDP_SECURITY_DOMAIN => Attribute::number(CK_SECURITY_DOMAIN_UNSPECIFIED),
        CKA_NAME_HASH_ALGORITHM => Attribute::number(CKM_SHA_1),
        CKA_CHECK_VALUE => Attribute::bytes(&check_value(certificate)),
        CKA_START_DATE | CKA_END_DATE | CKA_URL => Attribute::empty(),
        CKA_HASH_OF_SUBJECT_PUBLIC_KEY | CKA_HASH_OF_ISSUER_PUBLIC_KEY => Attribute::empty(),
        CKA_PUBLIC_KEY_INFO => Attribute::bytes(&certificate.spki),
        CKA_SUBJECT => Attribute::bytes(&certificate.subject),
        CKA_ISSUER => Attribute::bytes(&certificate.issuer),
        CKA_SERIAL_NUMBER => Attribute::bytes(&certificate.serial),
        CKA_VALUE => Attribute::bytes(&certificate.der),
        CKA_ID => Attribute::Value(resolver.certificate_id(certificate)?),
        _ => Attribute::Invalid,
    })
}

/// The first three bytes of the SHA-1 digest of CKA_VALUE.
fn check_value(certificate: &Certificate) -> [u8; 3] {
    let hash = HashFunction::Sha1.algorithm();
    let digest = aws_lc_rs::digest::digest(hash, &certificate.der);
    let mut value = [0; 3];
    value.copy_from_slice(&digest.as_ref()[..3]);
    value
}
