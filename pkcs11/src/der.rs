//! Reads elements of DER one after the other, and writes some.

use der::asn1::AnyRef;
use der::{Decode, Encode, Tag, Tagged};

/// The elements of a SEQUENCE, or of other content.
pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The elements of the SEQUENCE that the bytes consist of.
    pub(crate) fn of_sequence(der: &'a [u8]) -> Option<Self> {
        AnyRef::from_der(der).ok()?.elements()
    }

    pub(crate) fn next(&mut self) -> Option<AnyRef<'a>> {
        let (element, rest) = AnyRef::from_der_partial(self.0).ok()?;
        self.0 = rest;
        Some(element)
    }

    /// The next element, which must have this tag.
    pub(crate) fn next_with(&mut self, tag: Tag) -> Option<AnyRef<'a>> {
        self.next().filter(|element| element.tag() == tag)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What this module needs of an element.
pub(crate) trait Element<'a> {
    /// The elements of a SEQUENCE.
    fn elements(&self) -> Option<Elements<'a>>;
    /// The bytes of a BIT STRING without unused bits.
    fn bit_string(&self) -> Option<&'a [u8]>;
    /// The bytes of an INTEGER that is not negative, without leading zeros.
    fn unsigned(&self) -> Option<&'a [u8]>;
    /// The whole element.
    fn encoded(&self) -> Option<Vec<u8>>;
}

impl<'a> Element<'a> for AnyRef<'a> {
    fn elements(&self) -> Option<Elements<'a>> {
        (self.tag() == Tag::Sequence).then(|| Elements(content(self)))
    }

    fn bit_string(&self) -> Option<&'a [u8]> {
        match (self.tag(), content(self)) {
            (Tag::BitString, [0, bytes @ ..]) => Some(bytes),
            _ => None,
        }
    }

    fn unsigned(&self) -> Option<&'a [u8]> {
        let bytes = content(self);
        match self.tag() == Tag::Integer && bytes.first()? & 0x80 == 0 {
            true => Some(without_leading_zeros(bytes)),
            false => None,
        }
    }

    fn encoded(&self) -> Option<Vec<u8>> {
        self.to_der().ok()
    }
}

fn content<'a>(element: &AnyRef<'a>) -> &'a [u8] {
    element.value()
}

pub(crate) fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// The encoding of an element.
pub(crate) fn encode(tag: Tag, content: &[u8]) -> Vec<u8> {
    // The content of an element in memory is not too long for DER.
    let element = AnyRef::new(tag, content).and_then(|element| element.to_der());
    element.unwrap_or_default()
}

/// The encoding of an INTEGER that is not negative.
pub(crate) fn encode_unsigned(bytes: &[u8]) -> Vec<u8> {
    let bytes = without_leading_zeros(bytes);
    let sign = bytes.first().is_none_or(|first| first & 0x80 != 0);
    let content: Vec<u8> = sign
        .then_some(0)
        .into_iter()
        .chain(bytes.to_vec())
        .collect();
    encode(Tag::Integer, &content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_a_sign() {
        assert_eq!(encode_unsigned(&[0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(encode_unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(encode_unsigned(&[0, 0]), [2, 1, 0]);
        let element = AnyRef::from_der(&[2, 2, 0, 0x80]).expect("an element");
        assert_eq!(element.unsigned(), Some(&[0x80][..]));
        assert_eq!(
            AnyRef::from_der(&[2, 1, 0x80]).expect("one").unsigned(),
            None
        );
    }

    #[test]
    fn elements_end() {
        let mut elements = Elements::of_sequence(&[0x30, 4, 2, 1, 1, 5]).expect("a sequence");
        assert!(elements.next_with(Tag::Integer).is_some());
        assert!(!elements.is_empty());
        assert!(elements.next().is_none());
        assert!(Elements::of_sequence(&[2, 1, 1]).is_none());
    }
}
