//! The mechanism that encrypts and decrypts.

use cryptoki_sys::*;
use scwkms::{Algorithm, Scheme};

use super::parameters::{Mechanism, check_oaep};
use super::signing::check_scheme;
use crate::failure::{Result, fail};

/// Checks that the mechanism is one of the key's, and its parameter.
pub(crate) fn check_encryption(mechanism: &Mechanism, algorithm: Algorithm) -> Result<()> {
    if mechanism.kind != CKM_RSA_PKCS_OAEP {
        return fail(
            CKR_MECHANISM_INVALID,
            format!("the mechanism {:#x} does not encrypt", mechanism.kind),
        );
    }
    check_scheme(Scheme::RsaOaep, algorithm)?;
    check_oaep(mechanism)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_oaep_keys_encrypt() {
        let check = |kind, algorithm| {
            let checked = check_encryption(&Mechanism::plain(kind), algorithm);
            checked.expect_err("no parameter").code
        };
        let oaep = Algorithm::RsaOaep2048Sha256;
        assert_eq!(check(CKM_RSA_PKCS, oaep), CKR_MECHANISM_INVALID);
        assert_eq!(check(CKM_RSA_PKCS_OAEP, oaep), CKR_MECHANISM_PARAM_INVALID);
        let pkcs1 = Algorithm::RsaPkcs1_2048Sha256;
        assert_eq!(check(CKM_RSA_PKCS_OAEP, pkcs1), CKR_MECHANISM_INVALID);
        let ec = Algorithm::EcP256Sha256;
        assert_eq!(check(CKM_RSA_PKCS_OAEP, ec), CKR_KEY_TYPE_INCONSISTENT);
    }
}
