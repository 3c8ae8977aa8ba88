//! The templates of C_GenerateKeyPair: the key to create.

use cryptoki_sys::*;
use scwkms::Algorithm;

use super::template::Template;
use crate::config::RsaKeys;
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, check_without_parameter};
use crate::public_parts::{P256, P384};

/// A key to create.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) algorithm: Algorithm,
    pub(crate) name: Option<String>,
    pub(crate) id: Option<Vec<u8>>,
}

pub(crate) struct KeyPairTemplates {
    pub(crate) public: Template,
    pub(crate) private: Template,
}

impl KeyPairTemplates {
    /// The key that the templates describe. Attributes of a usage that the service does not offer have no effect: the
    /// attributes of the created key state its usage.
    pub(crate) fn generation(&self, mechanism: &Mechanism, rsa: RsaKeys) -> Result<Generation> {
        let key_type = key_type(mechanism.kind)?;
        check_without_parameter(mechanism)?;
        self.check_consistency(key_type)?;
        self.check()?;
        let algorithm = match key_type {
            CKK_EC => self.ec_algorithm()?,
            _ => self.rsa_algorithm(rsa)?,
        };
        Ok(Generation {
            algorithm,
            name: self.name()?,
            id: self.id(),
        })
    }

    fn check_consistency(&self, key_type: CK_KEY_TYPE) -> Result<()> {
        for (template, class) in [
            (&self.public, CKO_PUBLIC_KEY),
            (&self.private, CKO_PRIVATE_KEY),
        ] {
            template.check_lengths()?;
            let expected = [(CKA_CLASS, class), (CKA_KEY_TYPE, key_type)];
            for (kind, expected) in expected {
                if template.number(kind).is_some_and(|n| n != expected) {
                    return fail(
                        CKR_TEMPLATE_INCONSISTENT,
                        format!(
                            "the attribute {kind:#x} of a template is not {expected:#x}, which the mechanism creates"
                        ),
                    );
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.private.boolean(CKA_TOKEN) != Some(true) {
            return fail(
                CKR_TEMPLATE_INCONSISTENT,
                "keys of Key Manager are permanent: the private key's template must contain CKA_TOKEN = CK_TRUE",
            );
        }
        let extractable = self.private.boolean(CKA_EXTRACTABLE) == Some(true);
        if extractable || self.private.boolean(CKA_SENSITIVE) == Some(false) {
            return fail(
                CKR_ATTRIBUTE_VALUE_INVALID,
                "private keys of Key Manager are sensitive and never extractable, but the template demands another key",
            );
        }
        Ok(())
    }

    fn ec_algorithm(&self) -> Result<Algorithm> {
        match self
            .public
            .get(CKA_EC_PARAMS)
            .or(self.private.get(CKA_EC_PARAMS))
        {
            Some(P256) => Ok(Algorithm::EcP256Sha256),
            Some(P384) => Ok(Algorithm::EcP384Sha384),
            Some(other) => fail(
                CKR_CURVE_NOT_SUPPORTED,
                format!("the curve with CKA_EC_PARAMS {other:02x?} is neither P-256 nor P-384"),
            ),
            None => fail(
                CKR_TEMPLATE_INCOMPLETE,
                "the public key's template does not contain CKA_EC_PARAMS",
            ),
        }
    }

    fn rsa_algorithm(&self, default: RsaKeys) -> Result<Algorithm> {
        const EXPONENT: [u8; 3] = [1, 0, 1];
        let exponent = self.public.get(CKA_PUBLIC_EXPONENT);
        let exponent = exponent.map(crate::der::without_leading_zeros);
        if exponent.is_some_and(|exponent| exponent != EXPONENT) {
            return fail(
                CKR_ATTRIBUTE_VALUE_INVALID,
                "the public exponent of RSA keys of Key Manager is 65537",
            );
        }
        let Some(bits) = self.public.number(CKA_MODULUS_BITS) else {
            return fail(
                CKR_TEMPLATE_INCOMPLETE,
                "the public key's template does not contain CKA_MODULUS_BITS",
            );
        };
        rsa_algorithm(bits, self.rsa_keys(default)?).ok_or_else(|| {
            Failure::new(
                CKR_KEY_SIZE_RANGE,
                format!("RSA keys of Key Manager have 2048, 3072 or 4096 bits, not {bits}"),
            )
        })
    }

    /// The scheme: that of CKA_ALLOWED_MECHANISMS, else of the usage, else the configured one.
    fn rsa_keys(&self, default: RsaKeys) -> Result<RsaKeys> {
        if let Some(allowed) = self.private.numbers(CKA_ALLOWED_MECHANISMS)
            && !allowed.is_empty()
        {
            return scheme_of(&allowed);
        }
        let signs = self.private.boolean(CKA_SIGN).unwrap_or(false);
        let decrypts = self.private.boolean(CKA_DECRYPT).unwrap_or(false);
        Ok(match (signs, decrypts) {
            (false, true) => RsaKeys::Oaep,
            (true, false) if default == RsaKeys::Oaep => RsaKeys::Pkcs1,
            _ => default,
        })
    }

    fn name(&self) -> Result<Option<String>> {
        let given = |template: &Template| template.get(CKA_LABEL).is_some_and(|l| !l.is_empty());
        let template = match given(&self.private) {
            true => &self.private,
            false if given(&self.public) => &self.public,
            false => return Ok(None),
        };
        match template.text(CKA_LABEL) {
            Some(name) => Ok(Some(name.to_owned())),
            None => fail(CKR_ATTRIBUTE_VALUE_INVALID, "CKA_LABEL is not UTF-8"),
        }
    }

    fn id(&self) -> Option<Vec<u8>> {
        let given = |template: &Template| {
            template
                .get(CKA_ID)
                .filter(|id| !id.is_empty())
                .map(Vec::from)
        };
        given(&self.private).or_else(|| given(&self.public))
    }
}

fn key_type(mechanism: CK_MECHANISM_TYPE) -> Result<CK_KEY_TYPE> {
    match mechanism {
        CKM_EC_KEY_PAIR_GEN => Ok(CKK_EC),
        CKM_RSA_PKCS_KEY_PAIR_GEN => Ok(CKK_RSA),
        kind => fail(
            CKR_MECHANISM_INVALID,
            format!("the mechanism {kind:#x} does not generate key pairs"),
        ),
    }
}

fn scheme_of(allowed: &[CK_MECHANISM_TYPE]) -> Result<RsaKeys> {
    for (mechanisms, scheme) in [
        ([CKM_RSA_PKCS, CKM_SHA256_RSA_PKCS], RsaKeys::Pkcs1),
        ([CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS], RsaKeys::Pss),
        ([CKM_RSA_PKCS_OAEP, CKM_RSA_PKCS_OAEP], RsaKeys::Oaep),
    ] {
        if mechanisms
            .iter()
            .any(|mechanism| allowed.contains(mechanism))
        {
            return Ok(scheme);
        }
    }
    fail(
        CKR_ATTRIBUTE_VALUE_INVALID,
        format!("no RSA key of Key Manager has one of the mechanisms {allowed:x?}"),
    )
}

fn rsa_algorithm(bits: CK_ULONG, scheme: RsaKeys) -> Option<Algorithm> {
    Some(match (scheme, bits) {
        (RsaKeys::Pkcs1, 2048) => Algorithm::RsaPkcs1_2048Sha256,
        (RsaKeys::Pkcs1, 3072) => Algorithm::RsaPkcs1_3072Sha256,
        (RsaKeys::Pkcs1, 4096) => Algorithm::RsaPkcs1_4096Sha256,
        (RsaKeys::Pss, 2048) => Algorithm::RsaPss2048Sha256,
        (RsaKeys::Pss, 3072) => Algorithm::RsaPss3072Sha256,
        (RsaKeys::Pss, 4096) => Algorithm::RsaPss4096Sha256,
        (RsaKeys::Oaep, 2048) => Algorithm::RsaOaep2048Sha256,
        (RsaKeys::Oaep, 3072) => Algorithm::RsaOaep3072Sha256,
        (RsaKeys::Oaep, 4096) => Algorithm::RsaOaep4096Sha256,
        _ => return None,
    })
}
