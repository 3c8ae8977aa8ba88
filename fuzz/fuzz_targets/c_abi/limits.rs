//! The limits of a cache, as programs with older and newer headers pass them.

use std::mem::size_of;
use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::ScwkmsDataKeyLimits;

use super::arguments::number;

/// Limits, with a word that a newer header could add; or NULL.
#[repr(C)]
struct Memory {
    limits: ScwkmsDataKeyLimits,
    added: u64,
}

pub struct Limits(Option<Box<Memory>>);

impl Limits {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let size = match u8::arbitrary(input)? % 8 {
            0 => return Ok(Self(None)),
            1 => usize::from(u8::arbitrary(input)?) % size_of::<ScwkmsDataKeyLimits>(),
            2 => size_of::<Memory>(),
            3 => usize::MAX,
            _ => size_of::<ScwkmsDataKeyLimits>(),
        };
        let limits = ScwkmsDataKeyLimits {
            size,
            max_age_ms: u64::from(number(input)?),
            max_messages: u64::from(number(input)?),
            max_bytes: u64::from(number(input)?),
        };
        let added = u64::from(u8::arbitrary(input)? % 2);
        Ok(Self(Some(Box::new(Memory { limits, added }))))
    }

    pub fn pointer(&self) -> *const ScwkmsDataKeyLimits {
        match &self.0 {
            // The limits may be read with the added word.
            Some(memory) => ptr::from_ref(&**memory).cast(),
            None => ptr::null(),
        }
    }
}
