//! The table of key algorithms: wire names, usages and parameters.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The purpose of a key. Each key has exactly one usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    SymmetricEncryption,
    AsymmetricEncryption,
    AsymmetricSigning,
    KeyEncapsulation,
}

impl Usage {
    pub const ALL: [Usage; 4] = [
        Usage::SymmetricEncryption,
        Usage::AsymmetricEncryption,
        Usage::AsymmetricSigning,
        Usage::KeyEncapsulation,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Usage::SymmetricEncryption => "symmetric_encryption",
            Usage::AsymmetricEncryption => "asymmetric_encryption",
            Usage::AsymmetricSigning => "asymmetric_signing",
            Usage::KeyEncapsulation => "key_encapsulation",
        }
    }

    /// The enumeration's default, which SDKs send for "not set".
    pub fn unset_algorithm(self) -> &'static str {
        match self {
            Usage::SymmetricEncryption => "unknown_symmetric_encryption",
            Usage::AsymmetricEncryption => "unknown_asymmetric_encryption",
            Usage::AsymmetricSigning => "unknown_asymmetric_signing",
            Usage::KeyEncapsulation => "unknown_key_encapsulation",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    Secp256k1,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaBits {
    B2048,
    B3072,
    B4096,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlDsaSet {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlKemSet {
    MlKem768,
    MlKem1024,
}

/// The cryptographic scheme of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Ecdsa(Curve),
    RsaPss(RsaBits),
    RsaPkcs1(RsaBits),
    RsaOaep(RsaBits),
    MlDsa(MlDsaSet),
    MlKem(MlKemSet),
    Aes256Gcm,
}

/// A row of the table. Rows are static, so code passes them as [`Algorithm`].
#[derive(Debug)]
pub struct Row {
    pub name: &'static str,
    pub usage: Usage,
    pub scheme: Scheme,
    pub recommended: bool,
}

pub type Algorithm = &'static Row;

const fn row(name: &'static str, usage: Usage, scheme: Scheme, recommended: bool) -> Row {
    Row {
        name,
        usage,
        scheme,
        recommended,
    }
}

use RsaBits::{B2048, B3072, B4096};
use Usage::{AsymmetricEncryption, AsymmetricSigning, KeyEncapsulation, SymmetricEncryption};

/// Every algorithm of the service, in the SDK's order.
pub static ALL: &[Row] = &[
    row("aes_256_gcm", SymmetricEncryption, Scheme::Aes256Gcm, true),
    row(
        "rsa_oaep_2048_sha256",
        AsymmetricEncryption,
        Scheme::RsaOaep(B2048),
        false,
    ),
    row(
        "rsa_oaep_3072_sha256",
        AsymmetricEncryption,
        Scheme::RsaOaep(B3072),
        true,
    ),
    row(
        "rsa_oaep_4096_sha256",
        AsymmetricEncryption,
        Scheme::RsaOaep(B4096),
        false,
    ),
    row(
        "ec_p256_sha256",
        AsymmetricSigning,
        Scheme::Ecdsa(Curve::P256),
        true,
    ),
    row(
        "ec_p384_sha384",
        AsymmetricSigning,
        Scheme::Ecdsa(Curve::P384),
        false,
    ),
    row(
        "rsa_pss_2048_sha256",
        AsymmetricSigning,
        Scheme::RsaPss(B2048),
        false,
    ),
    row(
        "rsa_pss_3072_sha256",
        AsymmetricSigning,
        Scheme::RsaPss(B3072),
        false,
    ),
    row(
        "rsa_pss_4096_sha256",
        AsymmetricSigning,
        Scheme::RsaPss(B4096),
        false,
    ),
    row(
        "rsa_pkcs1_2048_sha256",
        AsymmetricSigning,
        Scheme::RsaPkcs1(B2048),
        false,
    ),
    row(
        "rsa_pkcs1_3072_sha256",
        AsymmetricSigning,
        Scheme::RsaPkcs1(B3072),
        false,
    ),
    row(
        "rsa_pkcs1_4096_sha256",
        AsymmetricSigning,
        Scheme::RsaPkcs1(B4096),
        false,
    ),
    row(
        "ml_dsa_44",
        AsymmetricSigning,
        Scheme::MlDsa(MlDsaSet::MlDsa44),
        false,
    ),
    row(
        "ml_dsa_65",
        AsymmetricSigning,
        Scheme::MlDsa(MlDsaSet::MlDsa65),
        false,
    ),
    row(
        "ml_dsa_87",
        AsymmetricSigning,
        Scheme::MlDsa(MlDsaSet::MlDsa87),
        false,
    ),
    row(
        "ec_secp256k1_sha256",
        AsymmetricSigning,
        Scheme::Ecdsa(Curve::Secp256k1),
        false,
    ),
    row(
        "ml_kem_768",
        KeyEncapsulation,
        Scheme::MlKem(MlKemSet::MlKem768),
        true,
    ),
    row(
        "ml_kem_1024",
        KeyEncapsulation,
        Scheme::MlKem(MlKemSet::MlKem1024),
        false,
    ),
];

pub fn find(name: &str) -> Option<Algorithm> {
    ALL.iter().find(|row| row.name == name)
}

impl Row {
    /// The length of the digest for Sign. None for schemes that hash the message themselves.
    pub fn digest_length(&self) -> Option<usize> {
        match self.scheme {
            Scheme::Ecdsa(Curve::P384) => Some(48),
            Scheme::Ecdsa(_) | Scheme::RsaPss(_) | Scheme::RsaPkcs1(_) => Some(32),
            _ => None,
        }
    }
}

impl RsaBits {
    pub fn bytes(self) -> usize {
        match self {
            RsaBits::B2048 => 256,
            RsaBits::B3072 => 384,
            RsaBits::B4096 => 512,
        }
    }

    /// The length of the longest plaintext for OAEP with SHA-256: the length of the modulus minus two
    /// hashes and two bytes.
    pub fn max_oaep_plaintext(self) -> usize {
        self.bytes() - 2 * 32 - 2
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Serializes an algorithm as its wire name.
pub mod by_name {
    use super::*;

    pub fn serialize<S: Serializer>(algorithm: &Algorithm, out: S) -> Result<S::Ok, S::Error> {
        algorithm.name.serialize(out)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Algorithm, D::Error> {
        let name = String::deserialize(input)?;
        find(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown algorithm {name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for (i, row) in ALL.iter().enumerate() {
            assert_eq!(find(row.name), Some(row));
            assert!(ALL[i + 1..].iter().all(|other| other.name != row.name));
        }
        assert_eq!(find("rsa_pss_1024_sha256"), None);
    }

    #[test]
    fn oaep_limits_are_the_documented_ones() {
        let limits = [B2048, B3072, B4096].map(RsaBits::max_oaep_plaintext);
        assert_eq!(limits, [190, 318, 446]);
    }

    #[test]
    fn every_usage_has_an_algorithm_and_one_recommendation() {
        for usage in Usage::ALL {
            let of_usage = ALL.iter().filter(|row| row.usage == usage);
            assert_eq!(
                of_usage.filter(|row| row.recommended).count(),
                1,
                "{usage:?}"
            );
        }
    }
}
