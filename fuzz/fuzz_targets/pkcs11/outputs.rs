//! Outputs, and checks that the module writes only what it may.

use std::ptr;

use cryptoki_sys::*;
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

const GUARD: u8 = 0xa5;
const GUARD_LEN: usize = 16;

/// A code of the specification that does not mean a defect.
pub fn check_code(code: CK_RV) {
    assert!(code < CKR_VENDOR_DEFINED, "code {code:#x}");
    assert_ne!(code, CKR_GENERAL_ERROR);
    assert_ne!(code, CKR_CRYPTOKI_NOT_INITIALIZED);
}

/// A buffer and its length. Behind the buffer are bytes that must not change.
pub struct Buffer {
    data: Option<Vec<u8>>,
    room: usize,
    len: CK_ULONG,
    has_len: bool,
}

impl Buffer {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        let room = match u8::arbitrary(input)? % 4 {
            0 => usize::from(u8::arbitrary(input)?),
            _ => 512,
        };
        let data = match u8::arbitrary(input)? % 8 {
            0 => None,
            _ => Some(vec![GUARD; room + GUARD_LEN]),
        };
        Ok(Self {
            data,
            room,
            len: room as CK_ULONG,
            has_len: u8::arbitrary(input)? != 255,
        })
    }

    pub fn data(&mut self) -> *mut u8 {
        self.data
            .as_mut()
            .map_or(ptr::null_mut(), |data| data.as_mut_ptr())
    }

    pub fn len(&mut self) -> *mut CK_ULONG {
        match self.has_len {
            true => &raw mut self.len,
            false => ptr::null_mut(),
        }
    }

    /// The output of a call with this code, unless the call returned only its length.
    pub fn output(&self, code: CK_RV) -> Option<&[u8]> {
        let data = self.data.as_ref().filter(|_| code == CKR_OK)?;
        data.get(..self.len as usize)
    }

    /// Checks the output of a call with this code.
    pub fn check(&self, code: CK_RV) {
        check_code(code);
        let written = match (code, &self.data) {
            (CKR_OK, Some(_)) => self.len as usize,
            _ => 0,
        };
        assert!(
            written <= self.room,
            "{written} bytes for a buffer of {}",
            self.room
        );
        if code == CKR_BUFFER_TOO_SMALL {
            assert!(self.len as usize > self.room);
        }
        if let Some(data) = &self.data {
            assert!(
                data[written..].iter().all(|byte| *byte == GUARD),
                "more was written"
            );
        }
    }
}

/// A place for a handle.
pub struct Handle {
    value: CK_ULONG,
    is_null: bool,
}

impl Handle {
    pub fn read(input: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            value: 0,
            is_null: u8::arbitrary(input)? == 255,
        })
    }

    pub fn pointer(&mut self) -> *mut CK_ULONG {
        match self.is_null {
            true => ptr::null_mut(),
            false => &raw mut self.value,
        }
    }

    /// The handle, which is written on success only.
    pub fn check(&self, code: CK_RV) -> Option<CK_ULONG> {
        check_code(code);
        assert_eq!(code == CKR_OK, self.value != 0, "code {code:#x}");
        (code == CKR_OK).then_some(self.value)
    }
}
