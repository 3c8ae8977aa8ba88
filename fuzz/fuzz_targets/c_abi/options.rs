//! The options of asynchronous calls, as programs with older and newer headers pass them.

use std::mem::size_of;
use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::number;

const KNOWN_SIZE: usize = size_of::<ScwkmsAsyncOptions>();

/// The size of the options when they end after the callback's context.
const SIZE_WITH_CONTEXT: usize = std::mem::offset_of!(ScwkmsAsyncOptions, timeout_ms);

/// Options in memory of exactly the size that they state, or NULL.
pub struct Options {
    memory: Option<Vec<u64>>,
    pub has_callback: bool,
    /// The library must reject them.
    pub are_invalid: bool,
}

impl Options {
    /// Reads options that have this callback and context, or no callback.
    pub fn read(
        input: &mut Unstructured<'_>,
        callback: scwkms_callback,
        context: usize,
    ) -> Result<Self> {
        let form = u8::arbitrary(input)?;
        if form % 8 == 0 {
            return Ok(Self {
                memory: None,
                has_callback: false,
                are_invalid: false,
            });
        }
        let words = match form % 8 {
            1 => usize::from(form >> 3) % 8 + 1,
            2 => KNOWN_SIZE / 8 + 1,
            _ => KNOWN_SIZE / 8,
        };
        let options = ScwkmsAsyncOptions {
            size: words * 8,
            callback: callback.filter(|_| form & 64 == 0),
            context: ptr::without_provenance_mut(context),
            timeout_ms: number(input)?,
            reserved: u32::from(form == 255),
        };
        let unknown = u64::from(form & 128 != 0);
        Ok(Self::new(options, unknown))
    }

    /// Copies the options to memory of their size. Words after the known ones have the value `unknown`.
    fn new(options: ScwkmsAsyncOptions, unknown: u64) -> Self {
        let size = options.size;
        let mut memory = vec![unknown; size / 8];
        // SAFETY: both have at least so many bytes.
        unsafe {
            ptr::copy_nonoverlapping(
                ptr::from_ref(&options).cast::<u8>(),
                memory.as_mut_ptr().cast::<u8>(),
                size.min(KNOWN_SIZE),
            );
        }
        Self {
            memory: Some(memory),
            has_callback: options.callback.is_some() && size >= SIZE_WITH_CONTEXT,
            are_invalid: size > KNOWN_SIZE && unknown != 0
                || size >= KNOWN_SIZE && options.reserved != 0,
        }
    }

    pub fn pointer(&self) -> *const ScwkmsAsyncOptions {
        match &self.memory {
            Some(memory) => memory.as_ptr().cast(),
            None => ptr::null(),
        }
    }
}
