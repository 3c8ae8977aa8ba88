//! ECDSA normalising, and signatures of fixed keys.

use std::sync::LazyLock;

use super::support::trip;
use crate::algorithm::{Algorithm, Scheme};
use crate::public_key::PublicKey;

/// Whose signatures are checked. The seeds have real ones of the digests below; the private halves
/// are gone.
const KEYS: [(u8, Algorithm, &str); 4] = [
    (b'p', Algorithm::EcP256Sha256, include_str!("keys/p256.pem")),
    (b'q', Algorithm::EcP384Sha384, include_str!("keys/p384.pem")),
    (
        b'r',
        Algorithm::RsaPkcs1_2048Sha256,
        include_str!("keys/rsa.pem"),
    ),
    (
        b's',
        Algorithm::RsaPss2048Sha256,
        include_str!("keys/rsa.pem"),
    ),
];

static PARSED: LazyLock<Vec<(u8, Algorithm, PublicKey)>> = LazyLock::new(|| {
    KEYS.iter()
        .map(|(letter, algorithm, pem)| {
            let key = PublicKey::from_pem(pem, *algorithm).expect("a key");
            (*letter, *algorithm, key)
        })
        .collect()
});

/// A letter for the key, and a signature. What is accepted comes out in strict DER and is accepted
/// again as it came out; for another digest it is not; and nothing verifies that is not of the
/// right shape.
pub fn signature(data: &[u8]) {
    trip(data);
    let Some((selector, signature)) = data.split_first() else {
        return;
    };
    let Some((_, algorithm, key)) = PARSED.iter().find(|(letter, ..)| letter == selector) else {
        return;
    };
    let ecdsa = algorithm.scheme() == Scheme::Ecdsa;
    let (digest, mut other) = match algorithm.hash().map(|hash| hash.output_len()) {
        Some(48) => (vec![0x42; 48], vec![0x42; 48]),
        _ => (vec![0x42; 32], vec![0x42; 32]),
    };
    other[0] ^= 1;
    let width = algorithm.bits() as usize / 8;
    for verify in [true, false] {
        let accepted = key.check(&digest, signature, verify);
        assert_eq!(key.check(&digest, signature, verify), accepted);
        let Some(accepted) = accepted else {
            continue;
        };
        if ecdsa {
            assert!(is_strict_ecdsa(&accepted, width), "{accepted:02x?}");
        } else {
            assert_eq!(accepted, signature);
            assert_eq!(accepted.len(), width);
        }
        assert_eq!(
            key.check(&digest, &accepted, verify).as_ref(),
            Some(&accepted)
        );
        assert_eq!(key.check(&other, &accepted, true), None);
        assert!(key.check(&digest, signature, false).is_some());
    }
    // A digest of an impossible length verifies nothing, and does no harm.
    assert_eq!(key.check(&digest[1..], signature, true), None);
    assert_eq!(key.check(signature, signature, true), None);
}

/// Whether these bytes are an Ecdsa-Sig-Value in DER whose numbers are positive and no wider than
/// the field. Written out here, so that it is not the code under test that judges itself.
pub(crate) fn is_strict_ecdsa(der: &[u8], width: usize) -> bool {
    let content = match der {
        [0x30, len @ 0..=0x7f, content @ ..] if content.len() == usize::from(*len) => content,
        [0x30, 0x81, len @ 0x80..=0xff, content @ ..] if content.len() == usize::from(*len) => {
            content
        }
        _ => return false,
    };
    positive(content, width)
        .and_then(|rest| positive(rest, width))
        .is_some_and(<[u8]>::is_empty)
}

/// Takes a positive INTEGER in its shortest form, and gives what follows it.
fn positive(der: &[u8], width: usize) -> Option<&[u8]> {
    let [0x02, len @ 0..=0x7f, rest @ ..] = der else {
        return None;
    };
    let (number, rest) = rest.split_at_checked(usize::from(*len))?;
    let magnitude = match number {
        [0, 0x80..=0xff, ..] => &number[1..],
        [1..=0x7f, ..] => number,
        _ => return None,
    };
    (magnitude.len() <= width).then_some(rest)
}
