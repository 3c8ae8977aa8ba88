//! The changes of a key's attributes, as programs with older and newer headers pass them.

use std::ffi::c_char;
use std::mem::size_of;
use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::ScwkmsKeyUpdate;

use super::arguments::{Text, arbitrary_bytes};

/// Bytes that a newer header could add.
const ADDED: usize = 2 * size_of::<u64>();

#[repr(C)]
struct Memory {
    update: ScwkmsKeyUpdate,
    added: [u8; ADDED],
}

pub struct Update {
    memory: Memory,
    /// They keep alive what the update points to.
    _texts: [Text; 4],
    _tags: Vec<*const c_char>,
}

impl Update {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Box<Self>> {
        let texts = [text(input)?, text(input)?, text(input)?, text(input)?];
        let tags: Vec<_> = vec![texts[2].pointer(); usize::from(u8::arbitrary(input)? % 4)];
        let size = match u8::arbitrary(input)? % 8 {
            0 => usize::from(u8::arbitrary(input)?) % size_of::<ScwkmsKeyUpdate>(),
            1 | 2 => size_of::<Memory>(),
            3 => usize::MAX,
            _ => size_of::<ScwkmsKeyUpdate>(),
        };
        let update = ScwkmsKeyUpdate {
            size,
            name: texts[0].pointer(),
            description: texts[1].pointer(),
            tags: match bool::arbitrary(input)? {
                true => tags.as_ptr(),
                false => ptr::null(),
            },
            tag_count: tags.len(),
            rotation_period: u64::from(u32::arbitrary(input)?),
            next_rotation_at: texts[3].pointer(),
        };
        let added = [u8::arbitrary(input)? % 2; ADDED];
        Ok(Box::new(Self {
            memory: Memory { update, added },
            _texts: texts,
            _tags: tags,
        }))
    }

    pub fn pointer(&self) -> *const ScwkmsKeyUpdate {
        // The struct may be read with its added bytes.
        ptr::from_ref(&self.memory).cast()
    }
}

fn text(input: &mut Unstructured<'_>) -> Result<Text> {
    Ok(Text::new(match u8::arbitrary(input)? % 4 {
        0 => Some(arbitrary_bytes(input)?),
        1 => Some(b"2099-01-02T03:04:05Z".to_vec()),
        _ => None,
    }))
}
