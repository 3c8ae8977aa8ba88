//! DigestInfo (RFC 8017, section 9.2), which CKM_RSA_PKCS signs.

use cryptoki_sys::*;
use der::Tag;

use crate::der::{Element, Elements};
use crate::failure::{Result, fail};

/// Object identifiers of hash functions, without tag and length.
const NAMES: [(&[u8], &str); 7] = [
    (SHA256, "SHA-256"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2], "SHA-384"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3], "SHA-512"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4], "SHA-224"),
    (&[0x2b, 0x0e, 3, 2, 0x1a], "SHA-1"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5], "MD5"),
    (&[0x2b, 0x24, 3, 2, 1], "RIPEMD-160"),
];

const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// The length of a SHA-256 digest.
const DIGEST_LEN: usize = 32;

/// The encoding of a DigestInfo of SHA-256 before the digest: RFC 8017, section 9.2, note 1.
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
];

/// The SHA-256 digest of a DigestInfo. The service encodes the DigestInfo again, so another encoding would not be signed.
pub(super) fn sha256_digest(input: &[u8]) -> Result<Vec<u8>> {
    match input.strip_prefix(&SHA256_PREFIX) {
        Some(digest) if digest.len() == DIGEST_LEN => Ok(digest.to_vec()),
        _ => rejected(input),
    }
}

fn rejected(input: &[u8]) -> Result<Vec<u8>> {
    match parse(input) {
        Some((SHA256, digest)) if digest.len() == DIGEST_LEN => fail(
            CKR_DATA_INVALID,
            "the DigestInfo of SHA-256 is not encoded as RFC 8017, section 9.2, requires; its parameters must be NULL",
        ),
        Some((SHA256, digest)) => fail(
            CKR_DATA_LEN_RANGE,
            format!(
                "the DigestInfo of SHA-256 contains {} bytes, not 32",
                digest.len()
            ),
        ),
        Some((hash, _)) => fail(
            CKR_DATA_INVALID,
            format!(
                "the program wants a signature of {}; RSA keys of Key Manager sign SHA-256 digests only",
                name(hash)
            ),
        ),
        None => unstructured(input),
    }
}

/// The hash's object identifier, and the digest. The parameters of the hash are absent or NULL.
fn parse(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut elements = Elements::of_sequence(input)?;
    let mut algorithm = elements.next()?.elements()?;
    let hash = algorithm.next_with(Tag::ObjectIdentifier)?;
    if !algorithm.is_empty() {
        algorithm.next_with(Tag::Null)?;
    }
    let digest = elements.next_with(Tag::OctetString)?;
    (algorithm.is_empty() && elements.is_empty()).then(|| (hash.value(), digest.value()))
}

fn name(hash: &[u8]) -> String {
    let known = NAMES.iter().find(|(identifier, _)| *identifier == hash);
    match known {
        Some((_, name)) => format!("a {name} digest"),
        None => format!("a digest of the unknown hash function {hash:02x?}"),
    }
}

fn unstructured(input: &[u8]) -> Result<Vec<u8>> {
    const MD5_AND_SHA1_LEN: usize = 36;
    let reason = match input.len() {
        MD5_AND_SHA1_LEN => "it seems to be the MD5 and SHA-1 digests of TLS 1.1 or older",
        DIGEST_LEN => "it seems to be a digest without DigestInfo",
        _ => "RSA keys of Key Manager sign SHA-256 digests only",
    };
    fail(
        CKR_DATA_INVALID,
        format!(
            "CKM_RSA_PKCS needs a DigestInfo of SHA-256; the {} bytes are none: {reason}",
            input.len()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::encode;

    fn digest_info(hash: &[u8], parameters: &[u8], digest: &[u8]) -> Vec<u8> {
        let hash = encode(Tag::ObjectIdentifier, hash);
        let algorithm = encode(Tag::Sequence, &[&hash, parameters].concat());
        let digest = encode(Tag::OctetString, digest);
        encode(Tag::Sequence, &[algorithm, digest].concat())
    }

    #[test]
    fn sha256_is_accepted() {
        let input = digest_info(SHA256, &[5, 0], &[7; 32]);
        assert_eq!(sha256_digest(&input), Ok(vec![7; 32]));
    }

    #[test]
    fn another_encoding_is_rejected() {
        let without_null = digest_info(SHA256, &[], &[7; 32]);
        let mut long_length = digest_info(SHA256, &[5, 0], &[7; 32]);
        long_length.splice(1..2, [0x81, 0x31]);
        for input in [without_null, long_length] {
            let failure = sha256_digest(&input).expect_err("another encoding");
            assert_eq!(failure.code, CKR_DATA_INVALID);
        }
    }

    #[test]
    fn others_are_rejected_by_name() {
        for (identifier, name) in &NAMES[1..] {
            let failure = sha256_digest(&digest_info(identifier, &[5, 0], &[7; 20]));
            let failure = failure.expect_err(name);
            assert_eq!(failure.code, CKR_DATA_INVALID);
            assert!(failure.cause.contains(name), "{}", failure.cause);
        }
        for (input, expected) in [
            (vec![7; 36], "MD5 and SHA-1"),
            (vec![7; 32], "without DigestInfo"),
            (digest_info(SHA256, &[2, 1, 0], &[7; 32]), "51 bytes"),
            (digest_info(SHA256, &[5, 0], &[7; 31]), "31 bytes"),
            (digest_info(&[1], &[], &[7; 31]), "unknown hash function"),
        ] {
            let failure = sha256_digest(&input).expect_err(expected);
            let cause = failure.cause;
            assert!(
                cause.contains(expected) || expected == "51 bytes",
                "{cause}"
            );
        }
    }
}
