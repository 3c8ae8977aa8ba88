//! The parameters of mechanisms.

use cryptoki_sys::*;

use crate::failure::{Result, fail};

/// A mechanism with its parameter, copied from the program's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mechanism {
    pub(crate) kind: CK_MECHANISM_TYPE,
    pub(crate) parameter: Parameter,
}

/// A parameter of a mechanism.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Parameter {
    None,
    Pss {
        hash: CK_MECHANISM_TYPE,
        mgf: CK_RSA_PKCS_MGF_TYPE,
        salt_len: CK_ULONG,
    },
    Oaep {
        hash: CK_MECHANISM_TYPE,
        mgf: CK_RSA_PKCS_MGF_TYPE,
        source: CK_RSA_PKCS_OAEP_SOURCE_TYPE,
        label_len: CK_ULONG,
    },
    /// A parameter that the mechanism does not have, or of the wrong length.
    Unexpected {
        len: CK_ULONG,
    },
}

/// The length of a SHA-256 digest, which is the length of the salt.
pub(crate) const SALT_LEN: CK_ULONG = 32;

impl Mechanism {
    /// A mechanism without a parameter.
    #[cfg(test)]
    pub(crate) fn plain(kind: CK_MECHANISM_TYPE) -> Self {
        let parameter = Parameter::None;
        Self { kind, parameter }
    }
}

/// Checks the parameter of a mechanism without a parameter.
pub(crate) fn check_without_parameter(mechanism: &Mechanism) -> Result<()> {
    match &mechanism.parameter {
        Parameter::None => Ok(()),
        parameter => fail(
            CKR_MECHANISM_PARAM_INVALID,
            format!("the mechanism has no parameter, but the program passed {parameter:?}"),
        ),
    }
}

/// The service signs with SHA-256, MGF1 with SHA-256, and a salt of 32 bytes.
pub(crate) fn check_pss(mechanism: &Mechanism) -> Result<()> {
    match mechanism.parameter {
        Parameter::Pss {
            hash: CKM_SHA256,
            mgf: CKG_MGF1_SHA256,
            salt_len: SALT_LEN,
        } => Ok(()),
        _ => fail(
            CKR_MECHANISM_PARAM_INVALID,
            format!(
                "RSA-PSS keys of Key Manager sign with hashAlg=CKM_SHA256, mgf=CKG_MGF1_SHA256 and sLen=32, but the \
                 program passed {:?}",
                mechanism.parameter
            ),
        ),
    }
}

/// The service decrypts with SHA-256, MGF1 with SHA-256, and an empty label.
pub(crate) fn check_oaep(mechanism: &Mechanism) -> Result<()> {
    match mechanism.parameter {
        Parameter::Oaep {
            hash: CKM_SHA256,
            mgf: CKG_MGF1_SHA256,
            source: 0 | CKZ_DATA_SPECIFIED,
            label_len: 0,
        } => Ok(()),
        _ => fail(
            CKR_MECHANISM_PARAM_INVALID,
            format!(
                "RSA-OAEP keys of Key Manager decrypt with hashAlg=CKM_SHA256, mgf=CKG_MGF1_SHA256 and no source data, \
                 but the program passed {:?}",
                mechanism.parameter
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pss(hash: CK_ULONG, mgf: CK_ULONG, salt_len: CK_ULONG) -> bool {
        let parameter = Parameter::Pss {
            hash,
            mgf,
            salt_len,
        };
        let kind = CKM_RSA_PKCS_PSS;
        check_pss(&Mechanism { kind, parameter }).is_ok()
    }

    #[test]
    fn only_the_services_pss_is_accepted() {
        assert!(pss(CKM_SHA256, CKG_MGF1_SHA256, 32));
        assert!(!pss(CKM_SHA384, CKG_MGF1_SHA256, 32));
        assert!(!pss(CKM_SHA256, CKG_MGF1_SHA1, 32));
        assert!(!pss(CKM_SHA256, CKG_MGF1_SHA256, 20));
    }

    #[test]
    fn only_the_services_oaep_is_accepted() {
        let check = |hash, source, label_len| {
            let mgf = CKG_MGF1_SHA256;
            let parameter = Parameter::Oaep {
                hash,
                mgf,
                source,
                label_len,
            };
            let kind = CKM_RSA_PKCS_OAEP;
            check_oaep(&Mechanism { kind, parameter }).map_err(|failure| failure.code)
        };
        assert_eq!(check(CKM_SHA256, CKZ_DATA_SPECIFIED, 0), Ok(()));
        assert_eq!(check(CKM_SHA256, 0, 0), Ok(()));
        for invalid in [(CKM_SHA_1, 1, 0), (CKM_SHA256, 2, 0), (CKM_SHA256, 1, 5)] {
            let (hash, source, label_len) = invalid;
            assert_eq!(
                check(hash, source, label_len),
                Err(CKR_MECHANISM_PARAM_INVALID)
            );
        }
    }
}
