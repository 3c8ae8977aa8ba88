//! The table of key algorithms: wire name, usage, signature scheme, digest and sizes.
//!
//! Source of the names: Scaleway Key Manager's API documentation and Go SDK, `KeyAlgorithm*` enumerations.

use std::fmt;

/// The usage of a key. A key has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Usage {
    /// Sign digests, verify signatures.
    AsymmetricSigning,
    /// Encrypt with the public key, decrypt with the private key.
    AsymmetricEncryption,
    /// Encrypt and decrypt with one secret key.
    SymmetricEncryption,
    /// Encapsulate and decapsulate keys (ML-KEM).
    KeyEncapsulation,
}

impl Usage {
    /// All usages, in the order of the service's documentation.
    pub const ALL: [Usage; 4] = [
        Usage::AsymmetricSigning,
        Usage::AsymmetricEncryption,
        Usage::SymmetricEncryption,
        Usage::KeyEncapsulation,
    ];

    /// The name in requests and responses.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Usage::AsymmetricSigning => "asymmetric_signing",
            Usage::AsymmetricEncryption => "asymmetric_encryption",
            Usage::SymmetricEncryption => "symmetric_encryption",
            Usage::KeyEncapsulation => "key_encapsulation",
        }
    }

    /// The usage with this wire name.
    pub fn from_wire_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.wire_name() == name)
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

/// How a key signs or encrypts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// ECDSA on a NIST curve (FIPS 186-5); signatures in ASN.1 DER.
    Ecdsa,
    /// ECDSA on secp256k1 (SEC 2).
    EcdsaSecp256k1,
    /// RSASSA-PSS with MGF1 of the same hash (RFC 8017, section 8.1).
    RsaPss,
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    RsaPkcs1,
    /// RSAES-OAEP with MGF1 of the same hash and an empty label (RFC 8017, section 7.1).
    RsaOaep,
    /// AES-GCM (NIST SP 800-38D).
    AesGcm,
    /// ML-DSA (FIPS 204).
    MlDsa,
    /// ML-KEM (FIPS 203).
    MlKem,
}

/// A digest algorithm (FIPS 180-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
}

impl Hash {
    /// The digest's length in bytes.
    pub const fn output_len(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
        })
    }
}

/// A key's algorithm. The numbers are those of the C ABI and are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
#[allow(missing_docs)] // each is its wire name
pub enum Algorithm {
    EcP256Sha256 = 1,
    EcP384Sha384 = 2,
    RsaPss2048Sha256 = 3,
    RsaPss3072Sha256 = 4,
    RsaPss4096Sha256 = 5,
    RsaPkcs1_2048Sha256 = 6,
    RsaPkcs1_3072Sha256 = 7,
    RsaPkcs1_4096Sha256 = 8,
    RsaOaep2048Sha256 = 9,
    RsaOaep3072Sha256 = 10,
    RsaOaep4096Sha256 = 11,
    Aes256Gcm = 12,
    MlDsa44 = 13,
    MlDsa65 = 14,
    MlDsa87 = 15,
    MlKem768 = 16,
    MlKem1024 = 17,
    EcSecp256k1Sha256 = 18,
}

struct Row {
    algorithm: Algorithm,
    wire_name: &'static str,
    usage: Usage,
    scheme: Scheme,
    hash: Option<Hash>,
    bits: u32,
}

const fn row(
    algorithm: Algorithm,
    wire_name: &'static str,
    usage: Usage,
    scheme: Scheme,
    hash: Option<Hash>,
    bits: u32,
) -> Row {
    Row {
        algorithm,
        wire_name,
        usage,
        scheme,
        hash,
        bits,
    }
}

#[rustfmt::skip]
const TABLE: [Row; 18] = {
    use {Algorithm::*, Hash::*, Scheme::*, Usage::*};
    [
        row(EcP256Sha256,        "ec_p256_sha256",        AsymmetricSigning,    Ecdsa,    Some(Sha256), 256),
        row(EcP384Sha384,        "ec_p384_sha384",        AsymmetricSigning,    Ecdsa,    Some(Sha384), 384),
        row(RsaPss2048Sha256,    "rsa_pss_2048_sha256",   AsymmetricSigning,    RsaPss,   Some(Sha256), 2048),
        row(RsaPss3072Sha256,    "rsa_pss_3072_sha256",   AsymmetricSigning,    RsaPss,   Some(Sha256), 3072),
        row(RsaPss4096Sha256,    "rsa_pss_4096_sha256",   AsymmetricSigning,    RsaPss,   Some(Sha256), 4096),
        row(RsaPkcs1_2048Sha256, "rsa_pkcs1_2048_sha256", AsymmetricSigning,    RsaPkcs1, Some(Sha256), 2048),
        row(RsaPkcs1_3072Sha256, "rsa_pkcs1_3072_sha256", AsymmetricSigning,    RsaPkcs1, Some(Sha256), 3072),
        row(RsaPkcs1_4096Sha256, "rsa_pkcs1_4096_sha256", AsymmetricSigning,    RsaPkcs1, Some(Sha256), 4096),
        row(RsaOaep2048Sha256,   "rsa_oaep_2048_sha256",  AsymmetricEncryption, RsaOaep,  Some(Sha256), 2048),
        row(RsaOaep3072Sha256,   "rsa_oaep_3072_sha256",  AsymmetricEncryption, RsaOaep,  Some(Sha256), 3072),
        row(RsaOaep4096Sha256,   "rsa_oaep_4096_sha256",  AsymmetricEncryption, RsaOaep,  Some(Sha256), 4096),
        row(Aes256Gcm,           "aes_256_gcm",           SymmetricEncryption,  AesGcm,   None,         256),
        row(MlDsa44,             "ml_dsa_44",             AsymmetricSigning,    MlDsa,    None,         44),
        row(MlDsa65,             "ml_dsa_65",             AsymmetricSigning,    MlDsa,    None,         65),
        row(MlDsa87,             "ml_dsa_87",             AsymmetricSigning,    MlDsa,    None,         87),
        row(MlKem768,            "ml_kem_768",            KeyEncapsulation,     MlKem,    None,         768),
        row(MlKem1024,           "ml_kem_1024",           KeyEncapsulation,     MlKem,    None,         1024),
        row(EcSecp256k1Sha256,   "ec_secp256k1_sha256",   AsymmetricSigning,    EcdsaSecp256k1, Some(Sha256), 256),
    ]
};

impl Algorithm {
    fn row(self) -> &'static Row {
        // The rows stand in the order of the numbers, which a test checks.
        &TABLE[self as usize - 1]
    }

    /// All algorithms that this version knows.
    pub fn all() -> impl Iterator<Item = Algorithm> {
        TABLE.iter().map(|row| row.algorithm)
    }

    /// The C ABI's number.
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The algorithm with this number in the C ABI.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::all().find(|a| a.code() == code)
    }

    /// The name in requests and responses, `ec_p256_sha256` for example.
    pub fn wire_name(self) -> &'static str {
        self.row().wire_name
    }

    /// The algorithm with this wire name.
    pub fn from_wire_name(name: &str) -> Option<Self> {
        Self::all().find(|a| a.wire_name() == name)
    }

    /// The usage of keys of this algorithm.
    pub fn usage(self) -> Usage {
        self.row().usage
    }

    /// The signature or encryption scheme.
    pub fn scheme(self) -> Scheme {
        self.row().scheme
    }

    /// The hash of the digests that are signed, or of OAEP.
    pub fn hash(self) -> Option<Hash> {
        self.row().hash
    }

    /// Modulus or field size in bits; for ML-DSA and ML-KEM the parameter set's number.
    pub fn bits(self) -> u32 {
        self.row().bits
    }

    /// Whether this library signs with such keys.
    pub fn can_sign(self) -> bool {
        matches!(
            self.scheme(),
            Scheme::Ecdsa | Scheme::RsaPss | Scheme::RsaPkcs1 | Scheme::MlDsa
        )
    }

    /// Whether this library signs digests with such keys. With ML-DSA keys it signs messages only.
    pub fn can_sign_digests(self) -> bool {
        self.can_sign() && self.hash().is_some()
    }

    /// Whether this library encrypts and decrypts with such keys.
    pub fn can_decrypt(self) -> bool {
        matches!(self.scheme(), Scheme::RsaOaep | Scheme::AesGcm)
    }

    /// Whether the service wraps and unwraps with such keys.
    pub fn can_wrap(self) -> bool {
        self.scheme() == Scheme::MlKem
    }

    /// The maximum length of a plaintext in bytes. For RSA it is the modulus less the padding (RFC 8017, section 7.1.1),
    /// else the service's limit.
    pub fn max_plaintext_len(self) -> usize {
        match (self.scheme(), self.hash()) {
            (Scheme::RsaOaep, Some(hash)) => self.bits() as usize / 8 - 2 * hash.output_len() - 2,
            (Scheme::MlKem, _) => 2_048,
            _ => 65_535,
        }
    }

    /// The ciphertext's length in bytes if it is fixed, else the service's limit.
    pub fn max_ciphertext_len(self) -> usize {
        match self.scheme() {
            Scheme::RsaOaep => self.bits() as usize / 8,
            Scheme::MlKem => 4_096,
            _ => 131_071,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_numbers() {
        for (i, row) in TABLE.iter().enumerate() {
            assert_eq!(row.algorithm.code() as usize, i + 1, "{}", row.wire_name);
        }
    }

    #[test]
    fn names_and_numbers_round_trip() {
        for a in Algorithm::all() {
            assert_eq!(Algorithm::from_wire_name(a.wire_name()), Some(a));
            assert_eq!(Algorithm::from_code(a.code()), Some(a));
        }
        assert_eq!(Algorithm::from_code(0), None);
        assert_eq!(Algorithm::from_code(19), None);
        assert_eq!(Algorithm::from_wire_name("unknown"), None);
        for u in Usage::ALL {
            assert_eq!(Usage::from_wire_name(u.wire_name()), Some(u));
        }
    }

    #[test]
    fn oaep_limits_are_those_the_service_documents() {
        let limit = |name| {
            Algorithm::from_wire_name(name)
                .map(Algorithm::max_plaintext_len)
                .unwrap_or_default()
        };
        assert_eq!(limit("rsa_oaep_2048_sha256"), 190);
        assert_eq!(limit("rsa_oaep_3072_sha256"), 318);
        assert_eq!(limit("rsa_oaep_4096_sha256"), 446);
        assert_eq!(limit("aes_256_gcm"), 65_535);
    }
}
