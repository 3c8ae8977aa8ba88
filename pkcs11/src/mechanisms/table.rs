//! The table of mechanisms.

use cryptoki_sys::*;
use scwkms::{Algorithm, Scheme};

const EC_FLAGS: CK_FLAGS = CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
const SIGN: CK_FLAGS = CKF_SIGN | CKF_VERIFY;

struct Row {
    mechanism: CK_MECHANISM_TYPE,
    /// The keys that have it.
    scheme: Option<Scheme>,
    /// In bits, or 0.
    key_sizes: (CK_ULONG, CK_ULONG),
    flags: CK_FLAGS,
}

const fn row(
    mechanism: CK_MECHANISM_TYPE,
    scheme: Option<Scheme>,
    key_sizes: (CK_ULONG, CK_ULONG),
    flags: CK_FLAGS,
) -> Row {
    Row {
        mechanism,
        scheme,
        key_sizes,
        flags,
    }
}

const EC: (CK_ULONG, CK_ULONG) = (256, 384);
const RSA: (CK_ULONG, CK_ULONG) = (2048, 4096);

#[rustfmt::skip]
const TABLE: [Row; 16] = [
    row(CKM_ECDSA,                  Some(Scheme::Ecdsa),    EC,     SIGN | EC_FLAGS),
    row(CKM_ECDSA_SHA256,           Some(Scheme::Ecdsa),    EC,     SIGN | EC_FLAGS),
    row(CKM_ECDSA_SHA384,           Some(Scheme::Ecdsa),    EC,     SIGN | EC_FLAGS),
    row(CKM_ECDSA_SHA512,           Some(Scheme::Ecdsa),    EC,     SIGN | EC_FLAGS),
    row(CKM_RSA_PKCS,               Some(Scheme::RsaPkcs1), RSA,    SIGN),
    row(CKM_SHA256_RSA_PKCS,        Some(Scheme::RsaPkcs1), RSA,    SIGN),
    row(CKM_RSA_PKCS_PSS,           Some(Scheme::RsaPss),   RSA,    SIGN),
    row(CKM_SHA256_RSA_PKCS_PSS,    Some(Scheme::RsaPss),   RSA,    SIGN),
    row(CKM_RSA_PKCS_OAEP,          Some(Scheme::RsaOaep),  RSA,    CKF_ENCRYPT | CKF_DECRYPT),
    row(CKM_SHA_1,                  None,                   (0, 0), CKF_DIGEST),
    row(CKM_SHA224,                 None,                   (0, 0), CKF_DIGEST),
    row(CKM_SHA256,                 None,                   (0, 0), CKF_DIGEST),
    row(CKM_SHA384,                 None,                   (0, 0), CKF_DIGEST),
    row(CKM_SHA512,                 None,                   (0, 0), CKF_DIGEST),
    row(CKM_EC_KEY_PAIR_GEN,        None,                   EC,     CKF_GENERATE_KEY_PAIR | EC_FLAGS),
    row(CKM_RSA_PKCS_KEY_PAIR_GEN,  None,                   RSA,    CKF_GENERATE_KEY_PAIR),
];

fn rows(read_only: bool) -> impl Iterator<Item = &'static Row> {
    TABLE
        .iter()
        .filter(move |row| !read_only || row.flags & CKF_GENERATE_KEY_PAIR == 0)
}

/// The mechanisms of a token.
pub(crate) fn of_token(read_only: bool) -> Vec<CK_MECHANISM_TYPE> {
    rows(read_only).map(|row| row.mechanism).collect()
}

/// The description of a mechanism of a token.
pub(crate) fn info(mechanism: CK_MECHANISM_TYPE, read_only: bool) -> Option<CK_MECHANISM_INFO> {
    let row = rows(read_only).find(|row| row.mechanism == mechanism)?;
    Some(CK_MECHANISM_INFO {
        ulMinKeySize: row.key_sizes.0,
        ulMaxKeySize: row.key_sizes.1,
        flags: row.flags,
    })
}

/// The mechanisms of keys of an algorithm.
pub(crate) fn of_key(algorithm: Algorithm) -> Vec<CK_MECHANISM_TYPE> {
    let rows = TABLE
        .iter()
        .filter(|row| row.scheme == Some(algorithm.scheme()));
    rows.map(|row| row.mechanism).collect()
}

/// The mechanism that generates keys of an algorithm.
pub(crate) fn generation_mechanism(algorithm: Algorithm) -> CK_MECHANISM_TYPE {
    match algorithm.scheme() {
        Scheme::Ecdsa => CKM_EC_KEY_PAIR_GEN,
        _ => CKM_RSA_PKCS_KEY_PAIR_GEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_without_generation_does_not_list_it() {
        assert!(of_token(false).contains(&CKM_EC_KEY_PAIR_GEN));
        assert!(!of_token(true).contains(&CKM_EC_KEY_PAIR_GEN));
        assert!(info(CKM_EC_KEY_PAIR_GEN, true).is_none());
        assert!(info(CKM_ECDSA, true).is_some_and(|info| info.flags & CKF_SIGN != 0));
    }

    #[test]
    fn keys_have_the_mechanisms_of_their_algorithm() {
        let oaep = of_key(Algorithm::RsaOaep2048Sha256);
        assert_eq!(oaep, [CKM_RSA_PKCS_OAEP]);
        assert_eq!(of_key(Algorithm::EcP256Sha256).len(), 4);
        assert!(of_key(Algorithm::Aes256Gcm).is_empty());
    }
}
