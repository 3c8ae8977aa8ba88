//! Public keys in PEM and DER.

use super::support::{check_error, trip};
use crate::algorithm::{Algorithm, Scheme};
use crate::error::ErrorKind;
use crate::public_key::PublicKey;

/// A byte for the algorithm (its number as a digit or letter), and PEM or DER. What is accepted is
/// a SubjectPublicKeyInfo that parses to itself, in PEM too, and has the algorithm's size.
pub fn public_key(data: &[u8]) {
    trip(data);
    let Some((selector, input)) = data.split_first() else {
        return;
    };
    let number = char::from(*selector).to_digit(36).unwrap_or(0);
    let Some(algorithm) = Algorithm::from_code(number) else {
        return;
    };
    let parsed = match std::str::from_utf8(input) {
        Ok(text) if text.contains("-----") => PublicKey::from_pem(text, algorithm),
        _ => PublicKey::from_der(input, algorithm),
    };
    let key = match parsed {
        Ok(key) => key,
        Err(e) => {
            check_error(&e);
            let unsupported = !algorithm.can_sign() && algorithm.scheme() != Scheme::RsaOaep;
            let expected = match e.kind() {
                ErrorKind::Unsupported => unsupported,
                kind => kind == ErrorKind::Protocol,
            };
            assert!(expected, "{e}");
            return;
        }
    };
    let spki = key.spki();
    let again = PublicKey::from_der(spki, algorithm).expect("its own encoding");
    assert_eq!(again.spki(), spki);
    for label in ["PUBLIC KEY", "EC PUBLIC KEY", "RSA PUBLIC KEY"] {
        let pem = pem::encode(&pem::Pem::new(label, spki));
        let again = PublicKey::from_pem(&pem, algorithm).expect(label);
        assert_eq!(again.spki(), spki);
    }
    // The head of an uncompressed point or of a modulus leaves one length for each size, give or
    // take the public exponent's.
    let expected = match (algorithm.scheme(), algorithm.bits()) {
        (Scheme::Ecdsa, 256) => 91..=91,
        (Scheme::Ecdsa, _) => 120..=120,
        (Scheme::MlDsa, 44) => 1334..=1334,
        (Scheme::MlDsa, 65) => 1974..=1974,
        (Scheme::MlDsa, _) => 2614..=2614,
        (_, bits) => bits as usize / 8 + 34..=bits as usize / 8 + 50,
    };
    assert!(expected.contains(&spki.len()), "{} bytes", spki.len());
}
