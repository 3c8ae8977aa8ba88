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
        check_without_parameter(mechanism)?;
        self.check()?;
        let algorithm = match mechanism.kind {
            CKM_EC_KEY_PAIR_GEN => self.ec_algorithm()?,
            CKM_RSA_PKCS_KEY_PAIR_GEN => self.rsa_algorithm(rsa)?,
            kind => {
                return fail(
                    CKR_MECHANISM_INVALID,
                    format!("the mechanism {kind:#x} does not generate key pairs"),
                );
            }
        };
        Ok(Generation {
            algorithm,
            name: self.name()?,
            id: self.id(),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    const YES: &[u8] = &[1];
    const NO: &[u8] = &[0];

    fn template(attributes: &[(CK_ATTRIBUTE_TYPE, &[u8])]) -> Template {
        let copied = attributes
            .iter()
            .map(|(kind, value)| (*kind, value.to_vec()));
        Template::new(copied.collect())
    }

    fn rsa(
        bits: CK_ULONG,
        private: &[(CK_ATTRIBUTE_TYPE, &[u8])],
        default: RsaKeys,
    ) -> Result<Algorithm> {
        let bits = bits.to_ne_bytes();
        let templates = KeyPairTemplates {
            public: template(&[
                (CKA_MODULUS_BITS, &bits),
                (CKA_PUBLIC_EXPONENT, &[0, 1, 0, 1]),
            ]),
            private: template(&[&[(CKA_TOKEN, YES)], private].concat()),
        };
        let mechanism = Mechanism::plain(CKM_RSA_PKCS_KEY_PAIR_GEN);
        Ok(templates.generation(&mechanism, default)?.algorithm)
    }

    #[test]
    fn the_usage_of_rsa_keys() {
        use RsaKeys::*;
        let both = [(CKA_SIGN, YES), (CKA_DECRYPT, YES)];
        assert_eq!(rsa(2048, &both, Pkcs1), Ok(Algorithm::RsaPkcs1_2048Sha256));
        assert_eq!(rsa(3072, &both, Pss), Ok(Algorithm::RsaPss3072Sha256));
        assert_eq!(rsa(2048, &both, Oaep), Ok(Algorithm::RsaOaep2048Sha256));
        let decrypt = [(CKA_SIGN, NO), (CKA_DECRYPT, YES)];
        assert_eq!(rsa(4096, &decrypt, Pkcs1), Ok(Algorithm::RsaOaep4096Sha256));
        let sign = [(CKA_SIGN, YES)];
        assert_eq!(rsa(2048, &sign, Oaep), Ok(Algorithm::RsaPkcs1_2048Sha256));
        let pss = CKM_SHA256_RSA_PKCS_PSS.to_ne_bytes();
        let allowed = [(CKA_ALLOWED_MECHANISMS, &pss[..]), (CKA_SIGN, YES)];
        assert_eq!(rsa(2048, &allowed, Pkcs1), Ok(Algorithm::RsaPss2048Sha256));
    }

    #[test]
    fn templates_that_no_key_can_fulfil_are_rejected() {
        let code = |result: Result<Algorithm>| result.expect_err("a failure").code;
        assert_eq!(code(rsa(1024, &[], RsaKeys::Pkcs1)), CKR_KEY_SIZE_RANGE);
        let extractable = [(CKA_EXTRACTABLE, YES)];
        assert_eq!(
            code(rsa(2048, &extractable, RsaKeys::Pkcs1)),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
        let session = [(CKA_SENSITIVE, NO)];
        assert_eq!(
            code(rsa(2048, &session, RsaKeys::Pkcs1)),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
        let md5 = CKM_MD5_RSA_PKCS.to_ne_bytes();
        let allowed = [(CKA_ALLOWED_MECHANISMS, &md5[..])];
        assert_eq!(
            code(rsa(2048, &allowed, RsaKeys::Pkcs1)),
            CKR_ATTRIBUTE_VALUE_INVALID
        );
    }

    #[test]
    fn names_ids_and_curves() {
        let mechanism = Mechanism::plain(CKM_EC_KEY_PAIR_GEN);
        let mut templates = KeyPairTemplates {
            public: template(&[
                (CKA_EC_PARAMS, P384),
                (CKA_LABEL, b"public"),
                (CKA_ID, b"\x73\x71"),
            ]),
            private: template(&[(CKA_TOKEN, YES), (CKA_LABEL, b"root")]),
        };
        let expected = Generation {
            algorithm: Algorithm::EcP384Sha384,
            name: Some("root".into()),
            id: Some(b"\x73\x71".to_vec()),
        };
        let generated =
            |templates: &KeyPairTemplates| templates.generation(&mechanism, RsaKeys::Pkcs1);
        assert_eq!(generated(&templates), Ok(expected));
        templates.public = template(&[(CKA_EC_PARAMS, &[6, 1, 1])]);
        assert_eq!(
            generated(&templates).map_err(|f| f.code),
            Err(CKR_CURVE_NOT_SUPPORTED)
        );
        templates.public = template(&[]);
        assert_eq!(
            generated(&templates).map_err(|f| f.code),
            Err(CKR_TEMPLATE_INCOMPLETE)
        );
        templates.private = template(&[]);
        assert_eq!(
            generated(&templates).map_err(|f| f.code),
            Err(CKR_TEMPLATE_INCONSISTENT)
        );
    }
}
