//! The algorithms' numbers and names.

use std::ffi::c_char;
use std::ptr;

/// As an argument: no algorithm is specified. In a key's metadata: this version of the library does not know it.
pub const SCWKMS_ALGORITHM_UNSPECIFIED: u32 = 0;
/// ECDSA on P-256 with SHA-256.
pub const SCWKMS_ALGORITHM_EC_P256_SHA256: u32 = 1;
/// ECDSA on P-384 with SHA-384.
pub const SCWKMS_ALGORITHM_EC_P384_SHA384: u32 = 2;
/// RSASSA-PSS, 2048 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256: u32 = 3;
/// RSASSA-PSS, 3072 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256: u32 = 4;
/// RSASSA-PSS, 4096 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256: u32 = 5;
/// RSASSA-PKCS1-v1_5, 2048 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256: u32 = 6;
/// RSASSA-PKCS1-v1_5, 3072 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256: u32 = 7;
/// RSASSA-PKCS1-v1_5, 4096 bits, SHA-256.
pub const SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256: u32 = 8;
/// RSAES-OAEP, 2048 bits, SHA-256; encrypts and decrypts.
pub const SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256: u32 = 9;
/// RSAES-OAEP, 3072 bits, SHA-256; encrypts and decrypts.
pub const SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256: u32 = 10;
/// RSAES-OAEP, 4096 bits, SHA-256; encrypts and decrypts.
pub const SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256: u32 = 11;
/// AES-256-GCM; encrypts and decrypts.
pub const SCWKMS_ALGORITHM_AES_256_GCM: u32 = 12;
/// ML-DSA-44; signs messages (scwkms_sign_message()), not digests.
pub const SCWKMS_ALGORITHM_ML_DSA_44: u32 = 13;
/// ML-DSA-65; signs messages (scwkms_sign_message()), not digests.
pub const SCWKMS_ALGORITHM_ML_DSA_65: u32 = 14;
/// ML-DSA-87; signs messages (scwkms_sign_message()), not digests.
pub const SCWKMS_ALGORITHM_ML_DSA_87: u32 = 15;
/// ML-KEM-768; wraps and unwraps.
pub const SCWKMS_ALGORITHM_ML_KEM_768: u32 = 16;
/// ML-KEM-1024; wraps and unwraps.
pub const SCWKMS_ALGORITHM_ML_KEM_1024: u32 = 17;
/// ECDSA on secp256k1 with SHA-256; the library finds and deletes such keys, but cannot sign or encrypt with them.
pub const SCWKMS_ALGORITHM_EC_SECP256K1_SHA256: u32 = 18;

/// An algorithm's name as the service writes it, for example "ec_p256_sha256".
///
/// @param algorithm  one of SCWKMS_ALGORITHM_*
/// @return a static string, not to be freed; NULL for 0 and for numbers that are not an algorithm's
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_algorithm_name(algorithm: u32) -> *const c_char {
    let name: &'static str = match algorithm {
        SCWKMS_ALGORITHM_EC_P256_SHA256 => "ec_p256_sha256\0",
        SCWKMS_ALGORITHM_EC_P384_SHA384 => "ec_p384_sha384\0",
        SCWKMS_ALGORITHM_RSA_PSS_2048_SHA256 => "rsa_pss_2048_sha256\0",
        SCWKMS_ALGORITHM_RSA_PSS_3072_SHA256 => "rsa_pss_3072_sha256\0",
        SCWKMS_ALGORITHM_RSA_PSS_4096_SHA256 => "rsa_pss_4096_sha256\0",
        SCWKMS_ALGORITHM_RSA_PKCS1_2048_SHA256 => "rsa_pkcs1_2048_sha256\0",
        SCWKMS_ALGORITHM_RSA_PKCS1_3072_SHA256 => "rsa_pkcs1_3072_sha256\0",
        SCWKMS_ALGORITHM_RSA_PKCS1_4096_SHA256 => "rsa_pkcs1_4096_sha256\0",
        SCWKMS_ALGORITHM_RSA_OAEP_2048_SHA256 => "rsa_oaep_2048_sha256\0",
        SCWKMS_ALGORITHM_RSA_OAEP_3072_SHA256 => "rsa_oaep_3072_sha256\0",
        SCWKMS_ALGORITHM_RSA_OAEP_4096_SHA256 => "rsa_oaep_4096_sha256\0",
        SCWKMS_ALGORITHM_AES_256_GCM => "aes_256_gcm\0",
        SCWKMS_ALGORITHM_ML_DSA_44 => "ml_dsa_44\0",
        SCWKMS_ALGORITHM_ML_DSA_65 => "ml_dsa_65\0",
        SCWKMS_ALGORITHM_ML_DSA_87 => "ml_dsa_87\0",
        SCWKMS_ALGORITHM_ML_KEM_768 => "ml_kem_768\0",
        SCWKMS_ALGORITHM_ML_KEM_1024 => "ml_kem_1024\0",
        SCWKMS_ALGORITHM_EC_SECP256K1_SHA256 => "ec_secp256k1_sha256\0",
        _ => return ptr::null(),
    };
    name.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::algorithm::Algorithm;

    #[test]
    fn numbers_and_names_are_the_tables() {
        for algorithm in Algorithm::all() {
            let name = scwkms_algorithm_name(algorithm.code());
            // SAFETY: a static NUL-terminated string.
            let name = unsafe { CStr::from_ptr(name) };
            assert_eq!(name.to_str(), Ok(algorithm.wire_name()));
        }
        for code in [0, Algorithm::all().count() as u32 + 1, u32::MAX] {
            assert!(scwkms_algorithm_name(code).is_null());
        }
    }
}
