//! Templates: the attributes that a program passes.

use cryptoki_sys::*;

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
