//! Templates: the attributes that a program passes.

use cryptoki_sys::*;

use crate::failure::{Result, fail};

/// The attributes of keys to create that have a fixed length.
const LENGTHS: [(CK_ATTRIBUTE_TYPE, usize); 8] = [
    (CKA_TOKEN, size_of::<CK_BBOOL>()),
    (CKA_SENSITIVE, size_of::<CK_BBOOL>()),
    (CKA_EXTRACTABLE, size_of::<CK_BBOOL>()),
    (CKA_SIGN, size_of::<CK_BBOOL>()),
    (CKA_DECRYPT, size_of::<CK_BBOOL>()),
    (CKA_CLASS, size_of::<CK_OBJECT_CLASS>()),
    (CKA_KEY_TYPE, size_of::<CK_KEY_TYPE>()),
    (CKA_MODULUS_BITS, size_of::<CK_ULONG>()),
];

/// Attributes with their values, copied from the program's memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Template(Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>);

impl Template {
    pub(crate) fn new(attributes: Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>) -> Self {
        Self(attributes)
    }

    pub(crate) fn attributes(&self) -> &[(CK_ATTRIBUTE_TYPE, Vec<u8>)] {
        &self.0
    }

    pub(crate) fn get(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<&[u8]> {
        let found = self.0.iter().find(|(other, _)| *other == kind)?;
        Some(&found.1)
    }

    /// A number. `None` if there is none, or if its length is wrong.
    pub(crate) fn number(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<CK_ULONG> {
        let bytes = self.get(kind)?.try_into().ok()?;
        Some(CK_ULONG::from_ne_bytes(bytes))
    }

    pub(crate) fn boolean(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<bool> {
        match self.get(kind)? {
            [byte] => Some(*byte != CK_FALSE),
            _ => None,
        }
    }

    /// Checks the lengths of the attributes that determine a key to create.
    pub(super) fn check_lengths(&self) -> Result<()> {
        let fits = |(kind, len): &(CK_ATTRIBUTE_TYPE, usize)| {
            self.get(*kind).is_none_or(|value| value.len() == *len)
        };
        let misfit = LENGTHS.iter().find(|length| !fits(length));
        let kind = match misfit {
            Some((kind, _)) => *kind,
            None if self.has_malformed_mechanisms() => CKA_ALLOWED_MECHANISMS,
            None => return Ok(()),
        };
        fail(
            CKR_ATTRIBUTE_VALUE_INVALID,
            format!("the attribute {kind:#x} has a value of the wrong length"),
        )
    }

    fn has_malformed_mechanisms(&self) -> bool {
        let kind = CKA_ALLOWED_MECHANISMS;
        self.get(kind).is_some() && self.numbers(kind).is_none()
    }

    pub(crate) fn text(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<&str> {
        std::str::from_utf8(self.get(kind)?).ok()
    }

    /// The elements of an array of numbers.
    pub(crate) fn numbers(&self, kind: CK_ATTRIBUTE_TYPE) -> Option<Vec<CK_ULONG>> {
        const LEN: usize = size_of::<CK_ULONG>();
        let (numbers, rest) = self.get(kind)?.as_chunks::<LEN>();
        let numbers = numbers.iter().map(|bytes| CK_ULONG::from_ne_bytes(*bytes));
        rest.is_empty().then(|| numbers.collect())
    }

    /// Whether an attribute can only be compared when the public keys are loaded.
    pub(crate) fn needs_public_keys(&self) -> bool {
        let needs = |kind| {
            matches!(
                kind,
                CKA_PUBLIC_KEY_INFO | CKA_EC_POINT | CKA_MODULUS | CKA_PUBLIC_EXPONENT
            )
        };
        self.0.iter().any(|(kind, _)| needs(*kind))
    }
}
