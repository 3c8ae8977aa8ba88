//! Outputs to the program's memory.

use cryptoki_sys::*;

use super::input::{length, read};
use crate::failure::{Failure, Result, fail};
use crate::operations::{Reply, Room};

/// Writes a value. NULL is an error that names the argument.
///
/// # Safety
/// A pointer other than NULL must be valid for writing a `T`. The previous value is not read.
pub(super) unsafe fn write<T>(pointer: *mut T, value: T, name: &str) -> Result<()> {
    check_not_null(pointer, name)?;
    // SAFETY: it is not NULL, and the caller promises the rest.
    unsafe { pointer.write_unaligned(value) };
    Ok(())
}

/// Before a request is sent, the outputs are checked.
pub(super) fn check_not_null<T>(pointer: *mut T, name: &str) -> Result<()> {
    match pointer.is_null() {
        true => fail(CKR_ARGUMENTS_BAD, format!("the argument {name} is NULL")),
        false => Ok(()),
    }
}

/// A buffer and its length, as PKCS#11 passes them.
pub(super) struct OutputBuffer<T> {
    data: *mut T,
    len: *mut CK_ULONG,
    room: Room,
}

impl<T: Copy> OutputBuffer<T> {
    /// Reads the length.
    ///
    /// # Safety
    /// `len` must be NULL or valid for reading and writing a number, `data` NULL or valid for writing as many elements as
    /// the number says. This must hold as long as the value exists.
    pub(super) unsafe fn new(data: *mut T, len: *mut CK_ULONG) -> Result<Self> {
        // SAFETY: passed on from the caller.
        let available = unsafe { read(len.cast_const(), "length of the output") }?;
        let room = match data.is_null() {
            true => Room::Query,
            false => Room::Bytes(length(available).unwrap_or(usize::MAX)),
        };
        Ok(Self { data, len, room })
    }

    pub(super) fn room(&self) -> Room {
        self.room
    }

    /// Writes all elements, or their number.
    pub(super) fn write_all(&self, elements: &[T]) -> Result<()> {
        match self.room.reply_without_data(elements.len()) {
            Some(Reply::TooSmall(len)) => {
                self.write_len(len);
                too_small(len)
            }
            Some(_) => {
                self.write_len(elements.len());
                Ok(())
            }
            None => {
                let (from, to) = (elements.as_ptr().cast::<u8>(), self.data.cast::<u8>());
                // SAFETY: the buffer has room for the elements, and `new` requires that it can be written. As bytes they
                // need no alignment.
                unsafe { std::ptr::copy_nonoverlapping(from, to, size_of_val(elements)) };
                self.write_len(elements.len());
                Ok(())
            }
        }
    }

    fn write_len(&self, len: usize) {
        // SAFETY: `new` requires that the number can be written, and has checked that it is not NULL.
        unsafe { self.len.write_unaligned(len as CK_ULONG) };
    }
}

impl OutputBuffer<CK_BYTE> {
    /// Writes the result of an operation.
    pub(super) fn write(&self, reply: Reply) -> Result<()> {
        match reply {
            Reply::Length(len) => {
                self.write_len(len);
                Ok(())
            }
            Reply::TooSmall(len) => {
                self.write_len(len);
                too_small(len)
            }
            Reply::Data(data) => self.write_all(&data),
        }
    }
}

fn too_small(len: usize) -> Result<()> {
    let cause = format!("the output has the length {len}");
    Err(Failure::new(CKR_BUFFER_TOO_SMALL, cause))
}
