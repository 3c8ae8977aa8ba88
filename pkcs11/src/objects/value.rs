//! The values of attributes.

use cryptoki_sys::*;

/// The value of an attribute, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// In the encoding of C_GetAttributeValue.
    Value(Vec<u8>),
    /// A secret.
    Sensitive,
    /// The object does not have the attribute.
    Invalid,
}

impl Attribute {
    pub(super) fn boolean(value: bool) -> Self {
        Attribute::Value(vec![if value { CK_TRUE } else { CK_FALSE }])
    }

    pub(super) fn number(value: CK_ULONG) -> Self {
        Attribute::Value(value.to_ne_bytes().to_vec())
    }

    pub(super) fn numbers(values: &[CK_ULONG]) -> Self {
        Attribute::Value(
            values
                .iter()
                .flat_map(|value| value.to_ne_bytes())
                .collect(),
        )
    }

    pub(super) fn bytes(value: &[u8]) -> Self {
        Attribute::Value(value.to_vec())
    }

    pub(super) fn text(value: &str) -> Self {
        Self::bytes(value.as_bytes())
    }

    /// A date, an array or a byte string that the specification allows to be empty.
    pub(super) fn empty() -> Self {
        Attribute::Value(Vec::new())
    }
}
