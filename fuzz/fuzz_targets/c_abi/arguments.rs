//! Arguments that are read from the input.

use std::ffi::{CString, c_char};
use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

use super::service::KEYS;

/// A string, or NULL. It is not always UTF-8.
pub struct Text(Option<CString>);

impl Text {
    pub fn new(text: Option<Vec<u8>>) -> Self {
        Self(text.map(|mut bytes| {
            bytes.retain(|b| *b != 0);
            CString::new(bytes).expect("no NUL")
        }))
    }

    pub fn pointer(&self) -> *const c_char {
        self.0.as_ref().map_or(ptr::null(), |text| text.as_ptr())
    }
}

/// A key reference. In most cases the service knows the key.
pub fn key(input: &mut Unstructured<'_>) -> Result<Text> {
    Ok(Text::new(match u8::arbitrary(input)? % 8 {
        0 => None,
        1 => Some(b"scwkms:name=a".to_vec()),
        2 => Some(arbitrary_bytes(input)?),
        3 => Some(format!("scwkms:key-id={};region=nl-ams", KEYS[0].0).into_bytes()),
        4 => {
            let index = 2 + usize::from(u8::arbitrary(input)? % 3);
            Some(KEYS[index].0.as_bytes().to_vec())
        }
        5 => Some(KEYS[1].0.as_bytes().to_vec()),
        _ => Some(KEYS[0].0.as_bytes().to_vec()),
    }))
}

/// Bytes, and the length that the call gets. NULL comes with any length. A length that no slice can
/// have comes with a pointer to one byte. The library must reject both before it reads.
pub struct Bytes {
    owned: Option<Vec<u8>>,
    pub len: usize,
}

impl Bytes {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let owned = match u8::arbitrary(input)? % 8 {
            0 => {
                let len = usize::arbitrary(input)?;
                return Ok(Self { owned: None, len });
            }
            1 => arbitrary_bytes(input)?,
            2 => vec![1; 48],
            3 => vec![1; usize::from(u16::arbitrary(input)?)],
            4 => {
                let (owned, len) = (Some(vec![1]), usize::MAX);
                return Ok(Self { owned, len });
            }
            _ => vec![u8::arbitrary(input)?; 32],
        };
        Ok(Self {
            len: owned.len(),
            owned: Some(owned),
        })
    }

    pub fn pointer(&self) -> *const u8 {
        self.owned.as_ref().map_or(ptr::null(), Vec::as_ptr)
    }

    pub fn as_slice(&self) -> &[u8] {
        self.owned.as_deref().unwrap_or_default()
    }
}

/// In most cases a small number.
pub fn number(input: &mut Unstructured<'_>) -> Result<u32> {
    match u8::arbitrary(input)? {
        255 => u32::arbitrary(input),
        small => Ok(u32::from(small % 20)),
    }
}

pub fn arbitrary_bytes(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let len = input.int_in_range(0..=200)?;
    let len = usize::min(len, input.len());
    Ok(input.bytes(len)?.to_vec())
}
