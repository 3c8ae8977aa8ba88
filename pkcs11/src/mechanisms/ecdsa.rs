//! ECDSA: digests of other lengths than the key's, and the encodings of signatures.

use cryptoki_sys::*;
use der::Tag;

use crate::der::{Element, Elements, encode, encode_unsigned};
use crate::failure::{Result, fail};

/// The digest of the length that the service signs, with the same signatures as a digest of another length: ECDSA uses
/// the leftmost bits of a longer digest, and a shorter one as a number (FIPS 186-5, section 6.4.1).
pub(super) fn convert_digest(digest: &[u8], len: usize) -> Result<Vec<u8>> {
    const MAX_LEN: usize = 64;
    if !(1..=MAX_LEN).contains(&digest.len()) {
        return fail(
            CKR_DATA_LEN_RANGE,
            format!("a digest has 1 to {MAX_LEN} bytes, not {}", digest.len()),
        );
    }
    let digest = &digest[..digest.len().min(len)];
    let mut converted = vec![0; len - digest.len()];
    converted.extend_from_slice(digest);
    Ok(converted)
}

/// A signature as r and s, each with the width of the field.
pub(crate) fn signature_from_der(der: &[u8], field_len: usize) -> Option<Vec<u8>> {
    let mut numbers = Elements::of_sequence(der)?;
    let r = fixed_width(numbers.next()?.unsigned()?, field_len)?;
    let s = fixed_width(numbers.next()?.unsigned()?, field_len)?;
    numbers.is_empty().then(|| [r, s].concat())
}

fn fixed_width(number: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut padded = vec![0; len.checked_sub(number.len())?];
    padded.extend_from_slice(number);
    Some(padded)
}

/// The DER encoding of a signature that consists of r and s.
pub(crate) fn signature_to_der(signature: &[u8]) -> Vec<u8> {
    let (r, s) = signature.split_at(signature.len() / 2);
    encode(
        Tag::Sequence,
        &[encode_unsigned(r), encode_unsigned(s)].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_truncated_or_padded() {
        assert_eq!(convert_digest(&[9; 32], 32), Ok(vec![9; 32]));
        let long: Vec<u8> = (0..48).collect();
        assert_eq!(convert_digest(&long, 32), Ok(long[..32].to_vec()));
        let padded = [[0; 28], [9; 28]].concat()[8..].to_vec();
        assert_eq!(convert_digest(&[9; 28], 48), Ok(padded));
        for len in [0, 65] {
            let failure = convert_digest(&vec![1; len], 32).expect_err("a length");
            assert_eq!(failure.code, CKR_DATA_LEN_RANGE);
        }
    }

    #[test]
    fn signatures_have_both_encodings() {
        let fixed = [[0; 4], [0x80, 1, 2, 3]].concat();
        let der = signature_to_der(&fixed);
        assert_eq!(der, [0x30, 10, 2, 1, 0, 2, 5, 0, 0x80, 1, 2, 3]);
        assert_eq!(signature_from_der(&der, 4), Some(fixed));
        assert_eq!(signature_from_der(&der, 3), None);
        assert_eq!(signature_from_der(&[0x30, 0], 4), None);
    }
}
