//! RSA-PSS: the length of the salt.

use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PSS_2048_8192_SHA256};

/// Whether a signature of a SHA-256 digest has a salt of 32 bytes, which the mechanism's parameter demands.
pub(crate) fn has_requested_salt(spki: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let key = ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, spki).ok();
    let digest = Digest::import_less_safe(digest, &SHA256).ok();
    key.zip(digest)
        .is_some_and(|(key, digest)| key.verify_digest_sig(&digest, signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A public key, a signature of 32 zeros with a salt of 32 bytes, and one with a salt of the maximum length.
    const EXAMPLE: &str = include_str!("pss_example.pem");

    #[test]
    fn only_a_salt_of_the_digests_length_is_accepted() {
        let blocks = pem::parse_many(EXAMPLE).expect("an example");
        let [key, usual, longest] = blocks.as_slice() else {
            panic!("not three blocks");
        };
        let accepts = |signature: &pem::Pem| {
            has_requested_salt(key.contents(), &[0; 32], signature.contents())
        };
        assert!(accepts(usual));
        assert!(!accepts(longest));
    }
}
