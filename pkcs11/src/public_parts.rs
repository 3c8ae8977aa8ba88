//! The parts of a public key that attributes contain.

use der::Tag;
use scwkms::{Algorithm, Scheme};

use crate::der::{Element, Elements, encode};

/// The object identifiers of the curves, in DER.
pub(crate) const P256: &[u8] = &[0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
pub(crate) const P384: &[u8] = &[0x06, 5, 0x2b, 0x81, 0x04, 0, 0x22];

/// A public key, and its parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PublicParts {
    /// The SubjectPublicKeyInfo in DER (RFC 5280, section 4.1).
    pub(crate) spki: Vec<u8>,
    pub(crate) numbers: Numbers,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// The uncompressed point as an OCTET STRING in DER.
    Ec { point: Vec<u8> },
    /// Without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl PublicParts {
    /// Parses the SubjectPublicKeyInfo of a key.
    pub(crate) fn parse(spki: Vec<u8>, algorithm: Algorithm) -> Option<Self> {
        let mut elements = Elements::of_sequence(&spki)?;
        elements.next_with(Tag::Sequence)?;
        let key = elements.next()?.bit_string()?;
        let numbers = match algorithm.scheme() {
            Scheme::Ecdsa => ec_numbers(key, algorithm)?,
            _ => rsa_numbers(key)?,
        };
        Some(Self { spki, numbers })
    }
}

/// The key is an uncompressed point (RFC 5480, section 2.2).
fn ec_numbers(key: &[u8], algorithm: Algorithm) -> Option<Numbers> {
    const UNCOMPRESSED: u8 = 4;
    let len = 1 + 2 * algorithm.bits() as usize / 8;
    (key.len() == len && key[0] == UNCOMPRESSED).then(|| Numbers::Ec {
        point: encode(Tag::OctetString, key),
    })
}

/// The key is an RSAPublicKey (RFC 8017, appendix A.1.1).
fn rsa_numbers(key: &[u8]) -> Option<Numbers> {
    let mut elements = Elements::of_sequence(key)?;
    Some(Numbers::Rsa {
        modulus: elements.next()?.unsigned()?.to_vec(),
        exponent: elements.next()?.unsigned()?.to_vec(),
    })
}

/// The curve of a key in DER, if it is an EC key.
pub(crate) fn curve(algorithm: Algorithm) -> Option<&'static [u8]> {
    match (algorithm.scheme(), algorithm.bits()) {
        (Scheme::Ecdsa, 256) => Some(P256),
        (Scheme::Ecdsa, 384) => Some(P384),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A SubjectPublicKeyInfo whose key has these bytes.
    pub(crate) fn spki(key: &[u8]) -> Vec<u8> {
        let algorithm = encode(Tag::Sequence, &[]);
        let bits = encode(Tag::BitString, &[&[0], key].concat());
        encode(Tag::Sequence, &[algorithm, bits].concat())
    }

    #[test]
    fn a_point_becomes_an_octet_string() {
        let key = [&[4][..], &[7; 64]].concat();
        let parts = PublicParts::parse(spki(&key), Algorithm::EcP256Sha256).expect("parts");
        let point = [&[4, 65][..], &key].concat();
        assert_eq!(parts.numbers, Numbers::Ec { point });
        assert_eq!(
            PublicParts::parse(spki(&key), Algorithm::EcP384Sha384),
            None
        );
        assert_eq!(
            PublicParts::parse(vec![0x30], Algorithm::EcP256Sha256),
            None
        );
    }

    #[test]
    fn rsa_numbers_have_no_leading_zeros() {
        let key = encode(Tag::Sequence, &[2, 2, 0, 0x81, 2, 3, 1, 0, 1]);
        let parts = PublicParts::parse(spki(&key), Algorithm::RsaPkcs1_2048Sha256).expect("parts");
        let expected = Numbers::Rsa {
            modulus: vec![0x81],
            exponent: vec![1, 0, 1],
        };
        assert_eq!(parts.numbers, expected);
    }
}
