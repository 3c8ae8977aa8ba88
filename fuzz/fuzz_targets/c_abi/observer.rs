//! The observer: it is set, replaced and removed while operations are in flight.

use std::ffi::c_void;
use std::mem::size_of;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::outputs::{ErrorOutput, text};
use super::service::SECRET;

/// The contexts with which an observer may be called: the present one's, and the next one's while it is being set.
static PRESENT: AtomicUsize = AtomicUsize::new(0);
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Sets or removes the observer.
pub fn set(input: &mut Unstructured<'_>) -> Result<()> {
    let mut error = ErrorOutput::read(input)?;
    let observer: scwkms_observer = match u8::arbitrary(input)? % 4 {
        0 => None,
        _ => Some(observe),
    };
    let context = NEXT.load(Ordering::SeqCst) + 1;
    NEXT.store(context, Ordering::SeqCst);
    // SAFETY: the observer and its context are valid forever.
    let code = unsafe {
        let context = ptr::without_provenance_mut(context);
        scwkms_set_observer(observer, context, error.pointer())
    };
    PRESENT.store(context, Ordering::SeqCst);
    assert_eq!(code, SCWKMS_OK);
    error.check(code);
    Ok(())
}

/// Removes the observer, so that the next run starts without one.
pub fn remove() {
    // SAFETY: NULL is allowed.
    let code = unsafe { scwkms_set_observer(None, ptr::null_mut(), ptr::null_mut()) };
    assert_eq!(code, SCWKMS_OK);
}

/// A previous observer is not called any more. Inside the observer, no observer can be set.
unsafe extern "C" fn observe(context: *mut c_void, event: *const ScwkmsEvent) {
    let allowed = [&PRESENT, &NEXT].map(|context| context.load(Ordering::SeqCst));
    assert!(allowed.contains(&context.addr()), "a previous observer");
    // SAFETY: the event is valid until this function returns. NULL is allowed.
    let code = unsafe {
        check_event(&*event);
        scwkms_set_observer(None, ptr::null_mut(), ptr::null_mut())
    };
    assert_eq!(code, SCWKMS_ERROR_INVALID_ARGUMENT);
}

/// # Safety
///
/// The texts are valid.
unsafe fn check_event(event: &ScwkmsEvent) {
    assert_eq!((event.size, event.reserved), (size_of::<ScwkmsEvent>(), 0));
    assert!((SCWKMS_EVENT_OPERATION..=SCWKMS_EVENT_RATE_LIMITED).contains(&event.kind));
    assert!((SCWKMS_OK..SCWKMS_ERROR_INTERNAL).contains(&event.code));
    assert!(matches!(event.http_status, 0 | 100..=999));
    let texts = [
        event.operation,
        event.region,
        event.key_id,
        event.request_id,
        event.server,
        event.protocol,
        event.message,
    ];
    for pointer in texts {
        // SAFETY: the caller promises it.
        let text = unsafe { text(pointer) };
        assert!(!text.contains(SECRET) && !text.chars().any(char::is_control));
    }
}
