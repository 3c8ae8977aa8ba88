//! Structs that the library reads. They begin with their size, so that later versions can add fields at the end.

use crate::error::{Error, ErrorKind, Result};

/// A struct that begins with its size.
///
/// # Safety
/// The type must be repr(C), its first field must be its size as a `usize`, and its other fields must be valid for any bytes.
pub(super) unsafe trait SizedStruct: Copy {
    /// The name in C.
    const NAME: &'static str;
}

/// No version of a struct will be larger. It limits how many bytes the library reads if the size is wrong.
const MAX_SIZE: usize = 4096;

/// Reads a struct of a caller.
///
/// # Safety
/// The pointer must be valid for reading as many bytes as the struct's first field says.
pub(super) unsafe fn read<T: SizedStruct>(pointer: *const T) -> Result<T> {
    // SAFETY: the struct begins with its size, which the caller promises to be readable. Only this field is read.
    let size = unsafe { pointer.cast::<usize>().read() };
    if !(size_of::<T>()..=MAX_SIZE).contains(&size) {
        return Err(invalid(format!(
            "the field size of {name} is {size}; set it to sizeof({name})",
            name = T::NAME
        )));
    }
    // SAFETY: the size is that of this struct or larger, and the caller promises that so many bytes are readable.
    let bytes = unsafe { std::slice::from_raw_parts(pointer.cast::<u8>(), size) };
    // SAFETY: as above, and the trait promises that all fields are valid for any bytes.
    let value = unsafe { pointer.read() };
    if bytes[size_of::<T>()..].iter().any(|b| *b != 0) {
        return Err(unknown_fields(T::NAME));
    }
    Ok(value)
}

/// The error for fields that are not zero and that this version does not know.
pub(super) fn unknown_fields(name: &str) -> Error {
    invalid(format!(
        "{name} contains fields that this version of the library does not know; the program was compiled with a newer \
         header"
    ))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
