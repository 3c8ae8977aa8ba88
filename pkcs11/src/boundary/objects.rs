//! Objects and their attributes.

use std::sync::Arc;

use cryptoki_sys::*;

use super::call::with_session;
use super::input::{length, slice, template};
use super::output::{check_not_null, write};
use crate::failure::{Failure, Result, fail, on_object};
use crate::objects::Attribute;
use crate::operations::{FoundObjects, destroy};
use crate::session::Session;

pub(super) unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    with_session("C_FindObjectsInit", session, |session| {
        // SAFETY: the program passes a template and its length.
        let template = unsafe { template(attributes, count) }?;
        session.find.begin(FoundObjects::none())?;
        let found = FoundObjects::find(&session.token, &template);
        let found = found.inspect_err(|_| session.find.cancel())?;
        session.find.put(found);
        Ok(())
    })
}

pub(super) unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    objects: *mut CK_OBJECT_HANDLE,
    max_count: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    with_session("C_FindObjects", session, |session| {
        check_not_null(count, "pulObjectCount")?;
        if max_count > 0 {
            check_not_null(objects, "phObject")?;
        }
        let handles = session.find.next(length(max_count)?)?;
        for (i, handle) in handles.iter().enumerate() {
            // SAFETY: the program passes a buffer for `max_count` handles, and there are not more.
            unsafe { objects.add(i).write_unaligned(*handle) };
        }
        // SAFETY: the program passes a pointer to a number.
        unsafe { write(count, handles.len() as CK_ULONG, "pulObjectCount") }
    })
}

pub(super) unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    with_session("C_FindObjectsFinal", session, |session| {
        session.find.take().map(drop)
    })
}

pub(super) unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    attributes: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    with_session("C_GetAttributeValue", session, |session| {
        // SAFETY: the program passes attributes and their number. They are written below, after this slice's last use.
        let kinds: Vec<_> = unsafe { slice(attributes.cast_const(), count) }?
            .iter()
            .map(|attribute| attribute.type_)
            .collect();
        let object = session.token.object(object)?;
        let mut result = Ok(());
        for (i, kind) in kinds.into_iter().enumerate() {
            let value = object.attribute(kind, &*session.token);
            let value = value.map_err(on_object)?;
            // SAFETY: there are `count` attributes. Each has a buffer of its length, or NULL.
            let written = unsafe { write_attribute(attributes.add(i), &value) };
            // The first code is returned. All attributes are processed.
            result = result.and(written);
        }
        result
    })
}

/// # Safety
/// The attribute must be valid for reading and writing, and its value NULL or valid for writing its length.
unsafe fn write_attribute(attribute: *mut CK_ATTRIBUTE, value: &Attribute) -> Result<()> {
    // SAFETY: passed on from the caller.
    let CK_ATTRIBUTE {
        type_,
        pValue,
        ulValueLen,
    } = unsafe { attribute.read() };
    let (len, code) = match value {
        Attribute::Value(value) if pValue.is_null() => (value.len() as CK_ULONG, CKR_OK),
        Attribute::Value(value) if ulValueLen < value.len() as CK_ULONG => {
            (CK_UNAVAILABLE_INFORMATION, CKR_BUFFER_TOO_SMALL)
        }
        Attribute::Value(value) => {
            // SAFETY: the buffer has room for the value, and the caller promises that it can be written.
            unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), pValue.cast(), value.len()) };
            (value.len() as CK_ULONG, CKR_OK)
        }
        Attribute::Sensitive => (CK_UNAVAILABLE_INFORMATION, CKR_ATTRIBUTE_SENSITIVE),
        Attribute::Invalid => (CK_UNAVAILABLE_INFORMATION, CKR_ATTRIBUTE_TYPE_INVALID),
    };
    // SAFETY: passed on from the caller.
    unsafe { (*attribute).ulValueLen = len };
    match code {
        CKR_OK => Ok(()),
        _ => Err(Failure::new(code, format!("the attribute {type_:#x}"))),
    }
}

pub(super) unsafe extern "C" fn C_SetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    _attributes: *mut CK_ATTRIBUTE,
    _count: CK_ULONG,
) -> CK_RV {
    with_object("C_SetAttributeValue", session, object, |_| {
        fail(CKR_ACTION_PROHIBITED, "objects cannot be modified")
    })
}

pub(super) unsafe extern "C" fn C_CopyObject(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    _attributes: *mut CK_ATTRIBUTE,
    _count: CK_ULONG,
    _new_object: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    with_object("C_CopyObject", session, object, |_| {
        fail(CKR_ACTION_PROHIBITED, "objects cannot be copied")
    })
}

pub(super) unsafe extern "C" fn C_GetObjectSize(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    size: *mut CK_ULONG,
) -> CK_RV {
    with_object("C_GetObjectSize", session, object, |_| {
        // SAFETY: the program passes a pointer to a number.
        unsafe { write(size, CK_UNAVAILABLE_INFORMATION, "pulSize") }
    })
}

pub(super) unsafe extern "C" fn C_DestroyObject(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_DestroyObject", session, |session| {
        let read_write = session.is_read_write();
        destroy(&session.token, read_write, object).map_err(on_object)
    })
}

/// Runs the body of a function on an existing object.
fn with_object(
    name: &str,
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    body: impl FnOnce(&Arc<Session>) -> Result<()>,
) -> CK_RV {
    with_session(name, session, |session| {
        session.token.object(object)?;
        body(session)
    })
}
