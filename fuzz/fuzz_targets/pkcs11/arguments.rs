//! Arguments that are read from the input.

use std::ffi::c_void;
use std::ptr;

use cryptoki_sys::*;
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

/// A pointer to bytes, and their number. NULL comes with any length, an impossible length with a pointer.
pub struct Bytes {
    owned: Option<Vec<u8>>,
    pub len: CK_ULONG,
}

impl Bytes {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let owned = match u8::arbitrary(input)? % 8 {
            0 => {
                let len = CK_ULONG::arbitrary(input)?;
                return Ok(Self { owned: None, len });
            }
            1 => {
                let (owned, len) = (Some(vec![1]), CK_ULONG::MAX);
                return Ok(Self { owned, len });
            }
            2 => vec![1; usize::from(u16::arbitrary(input)?)],
            3 => arbitrary_bytes(input)?,
            4 => vec![u8::arbitrary(input)?; 64],
            5 => [&SHA256_INFO[..], &[u8::arbitrary(input)?; 32]].concat(),
            _ => vec![u8::arbitrary(input)?; 32],
        };
        Ok(Self::of(owned))
    }

    pub fn of(owned: Vec<u8>) -> Self {
        Self {
            len: owned.len() as CK_ULONG,
            owned: Some(owned),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        self.owned.as_deref().unwrap_or_default()
    }

    pub fn pointer(&self) -> *mut u8 {
        let pointer = self.owned.as_ref().map_or(ptr::null(), Vec::as_ptr);
        pointer.cast_mut()
    }
}

/// A DigestInfo of SHA-256 without the digest.
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32,
];

pub fn arbitrary_bytes(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let len = input.int_in_range(0..=200)?;
    let len = usize::min(len, input.len());
    Ok(input.bytes(len)?.to_vec())
}

/// In most cases one of these numbers.
pub fn choose(input: &mut Unstructured<'_>, numbers: &[CK_ULONG]) -> Result<CK_ULONG> {
    match u8::arbitrary(input)? {
        255 => CK_ULONG::arbitrary(input),
        n => Ok(numbers[usize::from(n) % numbers.len()]),
    }
}

const ATTRIBUTES: [CK_ATTRIBUTE_TYPE; 24] = [
    CKA_CLASS,
    CKA_LABEL,
    CKA_ID,
    CKA_TOKEN,
    CKA_PRIVATE,
    CKA_KEY_TYPE,
    CKA_UNIQUE_ID,
    CKA_SIGN,
    CKA_DECRYPT,
    CKA_EC_PARAMS,
    CKA_EC_POINT,
    CKA_MODULUS,
    CKA_MODULUS_BITS,
    CKA_PUBLIC_EXPONENT,
    CKA_VALUE,
    CKA_SUBJECT,
    CKA_ALLOWED_MECHANISMS,
    CKA_EXTRACTABLE,
    CKA_SENSITIVE,
    CKA_PUBLIC_KEY_INFO,
    CKA_LOCAL,
    CKA_START_DATE,
    CKA_UNWRAP_TEMPLATE,
    CKA_KEY_GEN_MECHANISM,
];

const P256: [u8; 10] = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

pub struct Template {
    items: Vec<CK_ATTRIBUTE>,
    /// The program owns the values, which the items point to.
    _values: Vec<Vec<u8>>,
    is_null: bool,
}

impl Template {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let mut values = Vec::new();
        let mut items = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            let type_ = choose(input, &ATTRIBUTES)?;
            let value = value(input, type_)?;
            items.push(CK_ATTRIBUTE {
                type_,
                pValue: value
                    .as_ref()
                    .map_or(ptr::null_mut(), |v| v.as_ptr().cast_mut().cast()),
                ulValueLen: match &value {
                    Some(value) => value.len() as CK_ULONG,
                    None => CK_ULONG::arbitrary(input)?,
                },
            });
            values.extend(value);
        }
        Ok(Self {
            items,
            _values: values,
            is_null: u8::arbitrary(input)? == 255,
        })
    }

    pub fn pointer(&mut self) -> *mut CK_ATTRIBUTE {
        match self.is_null {
            true => ptr::null_mut(),
            false => self.items.as_mut_ptr(),
        }
    }

    pub fn count(&self) -> CK_ULONG {
        self.items.len() as CK_ULONG
    }
}

/// The names of the keys.
const LABELS: [&[u8]; 4] = [b"a", b"66", b"77", b"88"];

/// A value that fits the attribute, or any other.
fn value(input: &mut Unstructured<'_>, type_: CK_ATTRIBUTE_TYPE) -> Result<Option<Vec<u8>>> {
    Ok(Some(match (u8::arbitrary(input)? % 8, type_) {
        (0, _) => return Ok(None),
        (1, _) => arbitrary_bytes(input)?,
        (_, CKA_LABEL) => LABELS[usize::from(u8::arbitrary(input)? % 4)].to_vec(),
        (_, CKA_EC_PARAMS) => P256.to_vec(),
        (_, CKA_CLASS | CKA_KEY_TYPE) => CK_ULONG::from(u8::arbitrary(input)? % 5)
            .to_ne_bytes()
            .to_vec(),
        (_, CKA_MODULUS_BITS) => (2048 as CK_ULONG).to_ne_bytes().to_vec(),
        _ => vec![u8::from(bool::arbitrary(input)?)],
    }))
}

const MECHANISMS: [CK_MECHANISM_TYPE; 16] = [
    CKM_ECDSA,
    CKM_ECDSA,
    CKM_ECDSA_SHA256,
    CKM_ECDSA_SHA384,
    CKM_ECDSA_SHA512,
    CKM_RSA_PKCS,
    CKM_SHA256_RSA_PKCS,
    CKM_RSA_PKCS_PSS,
    CKM_SHA256_RSA_PKCS_PSS,
    CKM_RSA_PKCS_OAEP,
    CKM_SHA256,
    CKM_SHA384,
    CKM_SHA_1,
    CKM_SHA512,
    CKM_EC_KEY_PAIR_GEN,
    CKM_RSA_PKCS_KEY_PAIR_GEN,
];

pub struct Mechanism {
    mechanism: CK_MECHANISM,
    /// Has the size of the largest structure.
    parameter: [CK_ULONG; 5],
    is_null: bool,
}

impl Mechanism {
    /// In most cases the parameter fits the mechanism.
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let kind = choose(input, &MECHANISMS)?;
        let (mut parameter, mut len) = fitting_parameter(kind);
        match u8::arbitrary(input)? % 8 {
            0 => parameter[input.int_in_range(0..=4)?] = u8::arbitrary(input)?.into(),
            1 => len = input.int_in_range(0..=40)?,
            _ => {}
        }
        Ok(Self {
            mechanism: CK_MECHANISM {
                mechanism: kind,
                pParameter: ptr::null_mut(),
                ulParameterLen: len,
            },
            parameter,
            is_null: u8::arbitrary(input)? % 64 == 63,
        })
    }

    pub fn pointer(&mut self) -> *mut CK_MECHANISM {
        if self.mechanism.ulParameterLen > 0 {
            self.mechanism.pParameter = (&raw mut self.parameter).cast::<c_void>();
        }
        match self.is_null {
            true => ptr::null_mut(),
            false => &raw mut self.mechanism,
        }
    }
}

/// The parameter that the mechanism demands, and its length.
fn fitting_parameter(kind: CK_MECHANISM_TYPE) -> ([CK_ULONG; 5], CK_ULONG) {
    const SALT_LEN: CK_ULONG = 32;
    let (third, len) = match kind {
        CKM_RSA_PKCS_PSS | CKM_SHA256_RSA_PKCS_PSS => {
            (SALT_LEN, size_of::<CK_RSA_PKCS_PSS_PARAMS>())
        }
        CKM_RSA_PKCS_OAEP => (CKZ_DATA_SPECIFIED, size_of::<CK_RSA_PKCS_OAEP_PARAMS>()),
        _ => (0, 0),
    };
    let parameter = [CKM_SHA256, CKG_MGF1_SHA256, third, 0, 0];
    (parameter, len as CK_ULONG)
}
