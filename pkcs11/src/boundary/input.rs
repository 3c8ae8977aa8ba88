//! Arguments from the program's memory.

use std::ffi::c_void;

use cryptoki_sys::*;

use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{Mechanism, Parameter};
use crate::objects::Template;

/// A length as a number of bytes or elements.
pub(super) fn length(len: CK_ULONG) -> Result<usize> {
    let len = usize::try_from(len)
        .ok()
        .filter(|len| isize::try_from(*len).is_ok());
    len.ok_or_else(|| Failure::new(CKR_ARGUMENTS_BAD, "a length is impossible"))
}

/// A slice of elements. (NULL, 0) is an empty slice.
///
/// # Safety
/// A pointer other than NULL must point to `len` readable elements that do not change during `'a`.
pub(super) unsafe fn slice<'a, T>(pointer: *const T, len: CK_ULONG) -> Result<&'a [T]> {
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() || !pointer.is_aligned() {
        return fail(
            CKR_ARGUMENTS_BAD,
            format!("a pointer is NULL or not aligned, but the length is {len}"),
        );
    }
    let len = length(len)?;
    if len > isize::MAX as usize / size_of::<T>().max(1) {
        return fail(CKR_ARGUMENTS_BAD, "a length is impossible");
    }
    // SAFETY: it is aligned and not NULL, not longer than a slice may be, and the caller promises that the elements are
    // readable.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// A structure.
///
/// # Safety
/// A pointer other than NULL must point to a readable `T`.
pub(super) unsafe fn read<T: Copy>(pointer: *const T, name: &str) -> Result<T> {
    if pointer.is_null() {
        return fail(CKR_ARGUMENTS_BAD, format!("the argument {name} is NULL"));
    }
    // SAFETY: it is not NULL, and the caller promises the rest.
    Ok(unsafe { pointer.read_unaligned() })
}

/// The attributes of a template, copied.
///
/// # Safety
/// As for [`slice`], and each value must point to its number of readable bytes.
pub(super) unsafe fn template(pointer: *const CK_ATTRIBUTE, count: CK_ULONG) -> Result<Template> {
    // SAFETY: passed on from the caller.
    let attributes = unsafe { slice(pointer, count) }?;
    let mut copied = Vec::new();
    for attribute in attributes {
        // SAFETY: passed on from the caller.
        let value = unsafe { slice(attribute.pValue.cast::<u8>(), attribute.ulValueLen) };
        let value =
            value.map_err(|failure| Failure::new(CKR_ATTRIBUTE_VALUE_INVALID, failure.cause))?;
        copied.push((attribute.type_, value.to_vec()));
    }
    Ok(Template::new(copied))
}

/// A mechanism with its parameter, copied.
///
/// # Safety
/// A pointer other than NULL must point to a readable mechanism, whose parameter must point to its number of readable
/// bytes, and to the structure of the mechanism if it has the length of that.
pub(super) unsafe fn mechanism(pointer: *const CK_MECHANISM) -> Result<Mechanism> {
    // SAFETY: passed on from the caller.
    let mechanism = unsafe { read(pointer, "pMechanism") }?;
    let kind = mechanism.mechanism;
    let (parameter, len) = (mechanism.pParameter, mechanism.ulParameterLen);
    let parameter = match kind {
        // A pointer without a length is ignored.
        _ if len == 0 => Parameter::None,
        CKM_RSA_PKCS_PSS | CKM_SHA256_RSA_PKCS_PSS if has_len::<CK_RSA_PKCS_PSS_PARAMS>(len) => {
            // SAFETY: passed on from the caller.
            unsafe { pss(parameter) }?
        }
        CKM_RSA_PKCS_OAEP if has_len::<CK_RSA_PKCS_OAEP_PARAMS>(len) => {
            // SAFETY: passed on from the caller.
            unsafe { oaep(parameter) }?
        }
        _ => Parameter::Unexpected { len },
    };
    Ok(Mechanism { kind, parameter })
}

fn has_len<T>(len: CK_ULONG) -> bool {
    len == size_of::<T>() as CK_ULONG
}

/// # Safety
/// As for [`read`].
unsafe fn pss(pointer: *const c_void) -> Result<Parameter> {
    // SAFETY: passed on from the caller.
    let parameter = unsafe { read(pointer.cast::<CK_RSA_PKCS_PSS_PARAMS>(), "pParameter") }?;
    Ok(Parameter::Pss {
        hash: parameter.hashAlg,
        mgf: parameter.mgf,
        salt_len: parameter.sLen,
    })
}

/// # Safety
/// As for [`read`].
unsafe fn oaep(pointer: *const c_void) -> Result<Parameter> {
    // SAFETY: passed on from the caller.
    let parameter = unsafe { read(pointer.cast::<CK_RSA_PKCS_OAEP_PARAMS>(), "pParameter") }?;
    Ok(Parameter::Oaep {
        hash: parameter.hashAlg,
        mgf: parameter.mgf,
        source: parameter.source,
        label_len: parameter.ulSourceDataLen,
    })
}
