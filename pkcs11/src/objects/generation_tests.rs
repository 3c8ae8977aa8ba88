//! Tests of the templates of C_GenerateKeyPair.

use cryptoki_sys::*;
use scwkms::Algorithm;

use super::{Generation, KeyPairTemplates, Template};
use crate::config::RsaKeys;
use crate::failure::Result;
use crate::mechanisms::Mechanism;
use crate::public_parts::P384;

const YES: &[u8] = &[1];
const NO: &[u8] = &[0];

fn template(attributes: &[(CK_ATTRIBUTE_TYPE, &[u8])]) -> Template {
    let copied = attributes
        .iter()
        .map(|(kind, value)| (*kind, value.to_vec()));
    Template::new(copied.collect())
}

fn rsa(
    bits: CK_ULONG,
    private: &[(CK_ATTRIBUTE_TYPE, &[u8])],
    default: RsaKeys,
) -> Result<Algorithm> {
    let bits = bits.to_ne_bytes();
    let templates = KeyPairTemplates {
        public: template(&[
            (CKA_MODULUS_BITS, &bits),
            (CKA_PUBLIC_EXPONENT, &[0, 1, 0, 1]),
        ]),
        private: template(&[&[(CKA_TOKEN, YES)], private].concat()),
    };
    let mechanism = Mechanism::plain(CKM_RSA_PKCS_KEY_PAIR_GEN);
    Ok(templates.generation(&mechanism, default)?.algorithm)
}

#[test]
fn the_usage_of_rsa_keys() {
    use RsaKeys::*;
    let both = [(CKA_SIGN, YES), (CKA_DECRYPT, YES)];
    assert_eq!(rsa(2048, &both, Pkcs1), Ok(Algorithm::RsaPkcs1_2048Sha256));
    assert_eq!(rsa(3072, &both, Pss), Ok(Algorithm::RsaPss3072Sha256));
    assert_eq!(rsa(2048, &both, Oaep), Ok(Algorithm::RsaOaep2048Sha256));
    let decrypt = [(CKA_SIGN, NO), (CKA_DECRYPT, YES)];
    assert_eq!(rsa(4096, &decrypt, Pkcs1), Ok(Algorithm::RsaOaep4096Sha256));
    let sign = [(CKA_SIGN, YES)];
    assert_eq!(rsa(2048, &sign, Oaep), Ok(Algorithm::RsaPkcs1_2048Sha256));
    let pss = CKM_SHA256_RSA_PKCS_PSS.to_ne_bytes();
    let allowed = [(CKA_ALLOWED_MECHANISMS, &pss[..]), (CKA_SIGN, YES)];
    assert_eq!(rsa(2048, &allowed, Pkcs1), Ok(Algorithm::RsaPss2048Sha256));
}

#[test]
fn templates_that_no_key_can_fulfil_are_rejected() {
    let code = |result: Result<Algorithm>| result.expect_err("a failure").code;
    assert_eq!(code(rsa(1024, &[], RsaKeys::Pkcs1)), CKR_KEY_SIZE_RANGE);
    let extractable = [(CKA_EXTRACTABLE, YES)];
    assert_eq!(
        code(rsa(2048, &extractable, RsaKeys::Pkcs1)),
        CKR_ATTRIBUTE_VALUE_INVALID
    );
    let session = [(CKA_SENSITIVE, NO)];
    assert_eq!(
        code(rsa(2048, &session, RsaKeys::Pkcs1)),
        CKR_ATTRIBUTE_VALUE_INVALID
    );
    let md5 = CKM_MD5_RSA_PKCS.to_ne_bytes();
    let allowed = [(CKA_ALLOWED_MECHANISMS, &md5[..])];
    assert_eq!(
        code(rsa(2048, &allowed, RsaKeys::Pkcs1)),
        CKR_ATTRIBUTE_VALUE_INVALID
    );
}

#[test]
fn templates_that_contradict_the_mechanism_are_rejected() {
    let ec = CKK_EC.to_ne_bytes();
    let public = CKO_PUBLIC_KEY.to_ne_bytes();
    for (kind, value, expected) in [
        (CKA_KEY_TYPE, &ec[..], CKR_TEMPLATE_INCONSISTENT),
        (CKA_CLASS, &public, CKR_TEMPLATE_INCONSISTENT),
        (CKA_CLASS, &[3], CKR_ATTRIBUTE_VALUE_INVALID),
        (CKA_SIGN, &[1, 0, 0, 0], CKR_ATTRIBUTE_VALUE_INVALID),
        (CKA_ALLOWED_MECHANISMS, &[1], CKR_ATTRIBUTE_VALUE_INVALID),
    ] {
        let result = rsa(2048, &[(kind, value)], RsaKeys::Pkcs1);
        assert_eq!(result.map_err(|f| f.code), Err(expected), "{kind:#x}");
    }
    let rsa_key = CKK_RSA.to_ne_bytes();
    let private = CKO_PRIVATE_KEY.to_ne_bytes();
    let consistent = [(CKA_KEY_TYPE, &rsa_key[..]), (CKA_CLASS, &private)];
    assert!(rsa(2048, &consistent, RsaKeys::Pkcs1).is_ok());
}

#[test]
fn names_ids_and_curves() {
    let mechanism = Mechanism::plain(CKM_EC_KEY_PAIR_GEN);
    let mut templates = KeyPairTemplates {
        public: template(&[
            (CKA_EC_PARAMS, P384),
            (CKA_LABEL, b"public"),
            (CKA_ID, b"\x73\x71"),
        ]),
        private: template(&[(CKA_TOKEN, YES), (CKA_LABEL, b"root")]),
    };
    let expected = Generation {
        algorithm: Algorithm::EcP384Sha384,
        name: Some("root".into()),
        id: Some(b"\x73\x71".to_vec()),
    };
    let generated = |templates: &KeyPairTemplates| templates.generation(&mechanism, RsaKeys::Pkcs1);
    assert_eq!(generated(&templates), Ok(expected));
    templates.public = template(&[(CKA_EC_PARAMS, &[6, 1, 1])]);
    assert_eq!(
        generated(&templates).map_err(|f| f.code),
        Err(CKR_CURVE_NOT_SUPPORTED)
    );
    templates.public = template(&[]);
    assert_eq!(
        generated(&templates).map_err(|f| f.code),
        Err(CKR_TEMPLATE_INCOMPLETE)
    );
    templates.private = template(&[]);
    assert_eq!(
        generated(&templates).map_err(|f| f.code),
        Err(CKR_TEMPLATE_INCONSISTENT)
    );
}
