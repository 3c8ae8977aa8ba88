//! Tests of the attributes.

use super::*;
use crate::der::encode;
use crate::failure::fail;
use crate::public_parts::tests::spki;
use der::Tag;
use scwkms::Algorithm;

/// Has the public keys that are set, and no certificate's key.
struct Fake;

impl Resolver for Fake {
    fn public_parts<'k>(&self, key: &'k Key) -> Result<&'k PublicParts> {
        match key.public() {
            Some(parts) => Ok(parts),
            None => fail(CKR_DEVICE_ERROR, "no public key"),
        }
    }

    fn certificate_id(&self, certificate: &Certificate) -> Result<Vec<u8>> {
        Ok(certificate.own_id())
    }

    fn has_id(&self, certificate: &Certificate, id: &[u8]) -> Result<bool> {
        Ok(certificate.own_id() == id)
    }
}

fn ec_key() -> Arc<Key> {
    let key = Key::example(Algorithm::EcP256Sha256);
    key.set_public(spki(&[&[4][..], &[7; 64]].concat()));
    Arc::new(key)
}

fn rsa_key(algorithm: Algorithm) -> Arc<Key> {
    let key = Key::example(algorithm);
    key.set_public(spki(&encode(
        Tag::Sequence,
        &[2, 2, 0, 0x81, 2, 3, 1, 0, 1],
    )));
    Arc::new(key)
}

fn value(object: &Object, kind: CK_ATTRIBUTE_TYPE) -> Attribute {
    object.attribute(kind, &Fake).expect("an attribute")
}

const YES: &[u8] = &[1];
const NO: &[u8] = &[0];

fn check(object: &Object, expected: &[(CK_ATTRIBUTE_TYPE, &[u8])]) {
    for (kind, bytes) in expected {
        assert_eq!(value(object, *kind), Attribute::bytes(bytes), "{kind:#x}");
    }
}

#[test]
fn private_keys_are_sensitive() {
    let object = Object::PrivateKey(ec_key());
    check(
        &object,
        &[
            (CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes()),
            (CKA_KEY_TYPE, &CKK_EC.to_ne_bytes()),
            (CKA_LABEL, b"example"),
            (CKA_ID, b"\x73\x71"),
            (
                CKA_UNIQUE_ID,
                b"8a83f62f-2b00-4e17-9bef-bc10faef3098/private",
            ),
            (CKA_TOKEN, YES),
            (CKA_PRIVATE, YES),
            (CKA_SENSITIVE, YES),
            (CKA_ALWAYS_SENSITIVE, YES),
            (CKA_NEVER_EXTRACTABLE, YES),
            (CKA_LOCAL, YES),
            (CKA_EXTRACTABLE, NO),
            (CKA_SIGN, YES),
            (CKA_DECRYPT, NO),
            (CKA_ALWAYS_AUTHENTICATE, NO),
            (CKA_KEY_GEN_MECHANISM, &CKM_EC_KEY_PAIR_GEN.to_ne_bytes()),
            (CKA_START_DATE, b""),
            (CKA_SUBJECT, b""),
            (CKA_EC_PARAMS, crate::public_parts::P256),
        ],
    );
    assert_eq!(value(&object, CKA_VALUE), Attribute::Sensitive);
    assert_eq!(value(&object, CKA_MODULUS), Attribute::Invalid);
    assert_eq!(value(&object, CKA_PRIME_1), Attribute::Invalid);
    let Attribute::Value(mechanisms) = value(&object, CKA_ALLOWED_MECHANISMS) else {
        panic!("no mechanisms");
    };
    assert_eq!(mechanisms[..8], CKM_ECDSA.to_ne_bytes());
}

#[test]
fn public_keys_have_their_numbers() {
    let point = [&[4, 65, 4][..], &[7; 64]].concat();
    let object = Object::PublicKey(ec_key());
    check(
        &object,
        &[(CKA_EC_POINT, &point), (CKA_VERIFY, YES), (CKA_PRIVATE, NO)],
    );
    assert_eq!(value(&object, CKA_MODULUS_BITS), Attribute::Invalid);
    let object = Object::PublicKey(rsa_key(Algorithm::RsaOaep2048Sha256));
    check(
        &object,
        &[
            (CKA_MODULUS, &[0x81]),
            (CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
            (CKA_MODULUS_BITS, &2048_u64.to_ne_bytes()),
            (CKA_ENCRYPT, YES),
            (CKA_VERIFY, NO),
        ],
    );
    let object = Object::PrivateKey(rsa_key(Algorithm::RsaOaep2048Sha256));
    assert_eq!(value(&object, CKA_PRIME_1), Attribute::Sensitive);
    assert_eq!(value(&object, CKA_VALUE), Attribute::Invalid);
}

#[test]
fn only_public_attributes_need_the_public_key() {
    let object = Object::PublicKey(Arc::new(Key::example(Algorithm::EcP256Sha256)));
    assert_eq!(value(&object, CKA_LABEL), Attribute::text("example"));
    let failure = object.attribute(CKA_EC_POINT, &Fake).expect_err("no key");
    assert_eq!(failure.code, CKR_DEVICE_ERROR);
}

#[test]
fn templates_match_all_attributes() {
    let object = Object::PrivateKey(ec_key());
    let matches = |attributes: &[(CK_ATTRIBUTE_TYPE, &[u8])]| {
        let copied = attributes
            .iter()
            .map(|(kind, value)| (*kind, value.to_vec()));
        let template = Template::new(copied.collect());
        object.matches(&template, &Fake).expect("a result")
    };
    assert!(matches(&[]));
    assert!(matches(&[(CKA_LABEL, b"example"), (CKA_SIGN, YES)]));
    assert!(!matches(&[(CKA_LABEL, b"example"), (CKA_SIGN, NO)]));
    assert!(matches(&[(
        CKA_ID,
        b"\x8a\x83\xf6\x2f\x2b\x00\x4e\x17\x9b\xef\xbc\x10\xfa\xef\x30\x98"
    )]));
    assert!(!matches(&[(CKA_VALUE, b"")]));
    assert!(!matches(&[(CKA_CLASS, &[3])]));
}
