//! scwkms_set_observer: the observer of the process.

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;
use std::time::Duration;

use super::boundary::guard;
use super::error::{SCWKMS_OK, ScwkmsError};
use super::text::c_string;
use crate::error::Error;
use crate::observer::{self, Event, Observer, OperationEvent};

/// An operation ended. It has the fields `code`, `http_status`, `requests`, `attempts`, `pacing_us`, `connecting_us`,
/// `duration_us`, `operation`, `region`, `key_id`, `request_id`, and the error's `message`.
pub const SCWKMS_EVENT_OPERATION: u32 = 1;
/// A warning, for example about `insecure`. It has the field `message`. Without an observer, warnings are written to
/// standard error.
pub const SCWKMS_EVENT_WARNING: u32 = 2;
/// A connection was opened. It has the fields `server`, `protocol`, and `duration_us`: the time that this took.
pub const SCWKMS_EVENT_CONNECTION_OPENED: u32 = 3;
/// A connection could not be opened. It has the fields `code`, `server`, `duration_us` and `message`.
pub const SCWKMS_EVENT_CONNECTION_FAILED: u32 = 4;
/// A connection ended. It has the fields `server`, `protocol`, `duration_us`: the time since it was opened, and `message`: why
/// it was lost. `message` is "" if it was closed because it was not used any more.
pub const SCWKMS_EVENT_CONNECTION_CLOSED: u32 = 5;
/// A request waited, at least one millisecond, because the service limits the rate of requests. It has the field
/// `duration_us`.
pub const SCWKMS_EVENT_PACED: u32 = 6;
/// The service refused a request because of its rate limit (HTTP status 429). It has the fields `request_id` and
/// `duration_us`: the time after which the request waits for its turn again, if the deadline allows it.
pub const SCWKMS_EVENT_RATE_LIMITED: u32 = 7;

/// Something that happened in the library. It contains no credential, no plaintext and no digest.
///
/// The library fills it. Fields that the kind of event does not have are 0 or "". No text is NULL. The event and its texts
/// are valid until the observer returns. Later versions of the library may add kinds, and fields at the end: a program
/// that is compiled with a newer header reads such a field only if `size` includes it.
#[repr(C)]
pub struct ScwkmsEvent {
    /// The size of the struct that the library filled.
    pub size: usize,
    /// SCWKMS_EVENT_*.
    pub kind: u32,
    /// SCWKMS_OK, or SCWKMS_ERROR_*.
    pub code: i32,
    /// The HTTP status of the response that caused the error; without an error, of the last response; 0 if there is none.
    pub http_status: i32,
    /// The number of requests, including those that load a key.
    pub requests: u32,
    /// The number of attempts to send them, including those that the service refused because of its rate limit.
    pub attempts: u32,
    /// 0.
    pub reserved: u32,
    /// The time in microseconds during which requests waited because of the rate limit.
    pub pacing_us: u64,
    /// The time in microseconds during which requests waited for new connections.
    pub connecting_us: u64,
    /// A time in microseconds; for an operation, from its start to its result.
    pub duration_us: u64,
    /// The name of the operation's function without the prefix: "sign", "create_key".
    pub operation: *const c_char,
    /// The region.
    pub region: *const c_char,
    /// The UUID of the key.
    pub key_id: *const c_char,
    /// The service's X-Request-Id.
    pub request_id: *const c_char,
    /// The API URL.
    pub server: *const c_char,
    /// "h2" or "http/1.1".
    pub protocol: *const c_char,
    /// One line for people.
    pub message: *const c_char,
}

/// An observer. docs/events.md describes the events.
///
/// It runs on the thread on which the event happens: the library's I/O thread, or a thread that calls the library. Several
/// threads may call it at once. It must return quickly, because operations wait for it, and must not wait for other
/// operations. The library holds no lock meanwhile. Events that happen inside a call on the same thread are not reported.
/// It must not throw an exception or call longjmp().
///
/// @param context  the argument of scwkms_set_observer()
/// @param event    the event
#[allow(non_camel_case_types)]
pub type scwkms_observer =
    Option<unsafe extern "C" fn(context: *mut c_void, event: *const ScwkmsEvent)>;

/// Sets the observer of the process, or removes it. It receives the events of all clients, also of those that are open.
///
/// When this function returns, no thread calls the previous observer any more, so do not hold a lock that the observer
/// needs. A child of fork() inherits the observer.
///
/// @param observer  a function, or NULL to remove the observer
/// @param context   an argument for the observer
/// @param error     receives an error, or NULL
/// @return SCWKMS_OK, or SCWKMS_ERROR_INVALID_ARGUMENT inside the observer
///
/// Pointers: `observer` and `context` must remain valid until another call of this function has returned. `error` must be
/// NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_set_observer(
    observer: scwkms_observer,
    context: *mut c_void,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        observer::set_observer(observer.map(|function| {
            let observer: Arc<dyn Observer> = Arc::new(CObserver { function, context });
            observer
        }))
    })
}

struct CObserver {
    function: unsafe extern "C" fn(*mut c_void, *const ScwkmsEvent),
    context: *mut c_void,
}

// SAFETY: the caller of scwkms_set_observer() promises that several threads may call the function with the context. The
// library does not use the context itself.
unsafe impl Send for CObserver {}
// SAFETY: as above.
unsafe impl Sync for CObserver {}

impl Observer for CObserver {
    fn observe(&self, event: &Event<'_>) {
        let values = values_of(event);
        let texts = values.texts.map(c_string);
        let event = filled(&values, &texts);
        // SAFETY: the caller of scwkms_set_observer() promises that both are valid. The event is valid during the call.
        unsafe { (self.function)(self.context, &raw const event) };
    }
}

/// The values of an event, with 0 and "" for those that it does not have.
#[derive(Default)]
struct Values<'a> {
    kind: u32,
    code: i32,
    http_status: i32,
    requests: u32,
    attempts: u32,
    pacing: Duration,
    connecting: Duration,
    duration: Duration,
    /// Operation, region, key id, request id, server, protocol and message.
    texts: [&'a str; 7],
}

fn values_of<'a>(event: &Event<'a>) -> Values<'a> {
    let values = |kind, code, duration, texts| Values {
        kind,
        code,
        duration,
        texts,
        ..Values::default()
    };
    match *event {
        Event::Operation(ref operation) => operation_values(operation),
        Event::Warning { message } => values(
            SCWKMS_EVENT_WARNING,
            SCWKMS_OK,
            Duration::ZERO,
            ["", "", "", "", "", "", message],
        ),
        Event::ConnectionOpened {
            server,
            protocol,
            duration,
        } => values(
            SCWKMS_EVENT_CONNECTION_OPENED,
            SCWKMS_OK,
            duration,
            ["", "", "", "", server, protocol, ""],
        ),
        Event::ConnectionFailed {
            server,
            duration,
            error,
        } => values(
            SCWKMS_EVENT_CONNECTION_FAILED,
            error.kind() as i32,
            duration,
            ["", "", "", "", server, "", error.message()],
        ),
        Event::ConnectionClosed {
            server,
            protocol,
            duration,
            reason,
        } => values(
            SCWKMS_EVENT_CONNECTION_CLOSED,
            SCWKMS_OK,
            duration,
            ["", "", "", "", server, protocol, reason.unwrap_or_default()],
        ),
        Event::Paced { duration } => values(SCWKMS_EVENT_PACED, SCWKMS_OK, duration, [""; 7]),
        Event::RateLimited {
            duration,
            request_id,
        } => values(
            SCWKMS_EVENT_RATE_LIMITED,
            SCWKMS_OK,
            duration,
            ["", "", "", request_id.unwrap_or_default(), "", "", ""],
        ),
    }
}

fn operation_values<'a>(operation: &OperationEvent<'a>) -> Values<'a> {
    Values {
        kind: SCWKMS_EVENT_OPERATION,
        code: operation.error.map_or(SCWKMS_OK, |e| e.kind() as i32),
        http_status: operation.http_status.map_or(0, i32::from),
        requests: operation.requests,
        attempts: operation.attempts,
        pacing: operation.pacing,
        connecting: operation.connecting,
        duration: operation.total,
        texts: [
            operation.operation,
            operation.region.unwrap_or_default(),
            operation.key_id.unwrap_or_default(),
            operation.request_id.unwrap_or_default(),
            "",
            "",
            operation.error.map_or("", Error::message),
        ],
    }
}

fn filled(values: &Values<'_>, texts: &[CString; 7]) -> ScwkmsEvent {
    let [
        operation,
        region,
        key_id,
        request_id,
        server,
        protocol,
        message,
    ] = texts.each_ref().map(|text| text.as_ptr());
    ScwkmsEvent {
        size: size_of::<ScwkmsEvent>(),
        kind: values.kind,
        code: values.code,
        http_status: values.http_status,
        requests: values.requests,
        attempts: values.attempts,
        reserved: 0,
        pacing_us: microseconds(values.pacing),
        connecting_us: microseconds(values.connecting),
        duration_us: microseconds(values.duration),
        operation,
        region,
        key_id,
        request_id,
        server,
        protocol,
        message,
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
