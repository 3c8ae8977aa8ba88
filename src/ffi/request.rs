//! Operations that are started by one call and finished by another.

use std::collections::HashMap;
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::boundary::{Output, guard, quietly};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::{handle, input};
use crate::client::{Client, Pending, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::process::PerProcess;

/// An operation that was started: a number, not a pointer. 0 is never a request, and no number is
/// used twice in a process.
///
/// It ends in one of two ways: scwkms_wait() takes its result, or scwkms_free() closes its client.
/// After that, and for any other number, calls fail with SCWKMS_ERROR_INVALID_HANDLE.
#[allow(non_camel_case_types)]
pub type scwkms_request = u64;

/// Called once for each request that was started with it, when the result can be taken: when the
/// operation succeeded, failed or was cancelled.
///
/// It runs on the library's own thread, on which all input and output of the process's clients is
/// done, and never inside the call that started or cancelled the request. So it must be quick, and
/// must not wait for anything; a call of this library that would wait fails there. Typically it
/// wakes whoever waits. scwkms_wait() for this very request does not wait any more, and may be
/// called there; on other threads it returns after the callback.
///
/// @param context  as it was given
/// @param request  the request
#[allow(non_camel_case_types)]
pub type scwkms_callback =
    Option<unsafe extern "C" fn(context: *mut c_void, request: scwkms_request)>;

/// Requests are spread over several maps, so that threads seldom meet at a lock.
const SHARDS: usize = 16;

type Shard = Mutex<HashMap<scwkms_request, Entry>>;

struct Entry {
    client: scwkms_client,
    pending: Arc<Pending>,
    has_callback: bool,
}

/// A child of fork() has none of its parent's requests: nobody works on them there.
static REQUESTS: PerProcess<[Shard; SHARDS]> = PerProcess::new();

static LAST: AtomicU64 = AtomicU64::new(0);

fn shards() -> Result<&'static [Shard; SHARDS]> {
    REQUESTS.get(|| Ok(Default::default()))
}

fn lock(shard: &Shard) -> MutexGuard<'_, HashMap<scwkms_request, Entry>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shard(request: scwkms_request) -> Result<&'static Shard> {
    Ok(&shards()?[request as usize % SHARDS])
}

fn unknown() -> Error {
    Error::new(
        ErrorKind::InvalidHandle,
        "the request was never started, its result was taken, or its client was freed",
    )
}

/// What the caller wants to be called, and with what.
struct Notification {
    callback: scwkms_callback,
    context: *mut c_void,
}

// SAFETY: the caller of the start function promises that the callback may be called with the
// context on another thread; nothing here looks into the context.
unsafe impl Send for Notification {}

impl Notification {
    fn send(self, request: scwkms_request) {
        let Some(callback) = self.callback else {
            return;
        };
        // SAFETY: the caller of the start function vouches for the callback and its context until
        // this call, which is the only one.
        unsafe { callback(self.context, request) };
        // A result that was taken inside of the callback left the request to this.
        if let Ok(shard) = shard(request) {
            let mut shard = lock(shard);
            if shard.get(&request).is_some_and(|e| e.pending.is_taken()) {
                shard.remove(&request);
            }
        }
    }
}

/// Starts what was prepared, under a number that is known before anybody can be notified of it.
fn start(
    client: scwkms_client,
    prepared: Prepared,
    notification: Notification,
) -> Result<scwkms_request> {
    let request = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let mut shard = lock(shard(request)?);
    // Freeing removes the client first and then looks through the shards: either it finds this
    // request, or it is found out here.
    handle::get(client)?;
    let has_callback = notification.callback.is_some();
    let pending = prepared.start(move || notification.send(request))?;
    shard.insert(
        request,
        Entry {
            client,
            pending: Arc::new(pending),
            has_callback,
        },
    );
    Ok(request)
}

/// Gives up a client's requests, and returns once their notifications have.
pub(super) fn close(client: scwkms_client) {
    let Ok(shards) = shards() else {
        return;
    };
    let pending: Vec<Arc<Pending>> = shards
        .iter()
        .flat_map(|shard| {
            let shard = lock(shard);
            let of_client = shard.values().filter(|entry| entry.client == client);
            of_client
                .map(|entry| Arc::clone(&entry.pending))
                .collect::<Vec<_>>()
        })
        .collect();
    Pending::give_up(&pending);
    for shard in shards {
        lock(shard).retain(|_, entry| entry.client != client);
    }
}

/// What the three start functions share.
///
/// # Safety
/// `key` must be NULL or lead to a NUL-terminated string, `request` be NULL or valid for writing.
unsafe fn begin(
    client: scwkms_client,
    key: *const c_char,
    notification: Notification,
    request: *mut scwkms_request,
    prepare: impl FnOnce(&Client, &str) -> Result<Prepared>,
) -> Result<()> {
    let opened = handle::get(client)?;
    // SAFETY: the caller of this function vouches for the string.
    let key = unsafe { input::text(key, "key") }?;
    let request = Output::required(request, "request")?;
    let prepared = prepare(&opened, key)?;
    let number = start(client, prepared, notification)?;
    // SAFETY: the caller of this function vouches for the place.
    unsafe { request.write(number) };
    Ok(())
}

/// Starts what scwkms_sign() does, and does not wait for it. No thread waits meanwhile: thousands
/// of requests can be under way at once.
///
/// What can be refused without asking the service is refused at once; then no request comes about
/// and the callback is never called. All else shows in the result, which scwkms_wait() takes.
///
/// @param client      the client
/// @param key         the key's name
/// @param algorithm   the algorithm that the caller expects the key to have, or 0
/// @param digest      the digest, which is copied
/// @param digest_len  its length in bytes
/// @param callback    what to call when the result is there, or NULL
/// @param context     what to call it with
/// @param request     receives the request
/// @param error       where to write what went wrong, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_sign()
///
/// Pointers: as for scwkms_sign(); `request` NULL or valid for writing. `callback` must be NULL or a function
/// that may be called with `context` on another thread until it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_sign_async(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    callback: scwkms_callback,
    context: *mut c_void,
    request: *mut scwkms_request,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller vouches for the bytes, which are used during this call only.
        let digest = unsafe { input::bytes(digest, digest_len, "digest") }?;
        let algorithm = input::algorithm(algorithm)?;
        let notification = Notification { callback, context };
        // SAFETY: the caller vouches for string and place.
        unsafe {
            begin(client, key, notification, request, |client, key| {
                client.prepare_sign(key, algorithm, digest)
            })
        }
    })
}

/// Starts what scwkms_decrypt() does, and does not wait for it; see scwkms_sign_async().
///
/// @param client          the client
/// @param key             the key's name
/// @param ciphertext      the ciphertext, which is copied
/// @param ciphertext_len  its length in bytes
/// @param callback        what to call when the result is there, or NULL
/// @param context         what to call it with
/// @param request         receives the request
/// @param error           where to write what went wrong, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_decrypt()
///
/// Pointers: as for scwkms_decrypt() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decrypt_async(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    callback: scwkms_callback,
    context: *mut c_void,
    request: *mut scwkms_request,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller vouches for the bytes, which are used during this call only.
        let ciphertext = unsafe { input::bytes(ciphertext, ciphertext_len, "ciphertext") }?;
        let notification = Notification { callback, context };
        // SAFETY: the caller vouches for string and place.
        unsafe {
            begin(client, key, notification, request, |client, key| {
                client.prepare_decrypt(key, ciphertext)
            })
        }
    })
}

/// Starts to fetch a key, and does not wait for it; see scwkms_sign_async(). The result is the
/// SubjectPublicKeyInfo in DER. After that, scwkms_public_key() and scwkms_get_key() of the same
/// client and key do not wait any more.
///
/// @param client    the client
/// @param key       the key's name
/// @param callback  what to call when the result is there, or NULL
/// @param context   what to call it with
/// @param request   receives the request
/// @param error     where to write what went wrong, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_public_key()
///
/// Pointers: as for scwkms_public_key() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_public_key_async(
    client: scwkms_client,
    key: *const c_char,
    callback: scwkms_callback,
    context: *mut c_void,
    request: *mut scwkms_request,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let notification = Notification { callback, context };
        // SAFETY: the caller vouches for string and place.
        unsafe {
            begin(client, key, notification, request, |client, key| {
                client.prepare_public_key(key)
            })
        }
    })
}

/// Takes a request's result, after it has waited for it where that is needed, and ends the
/// request. A signature is verified here, on the calling thread.
///
/// Of several threads that wait for one request one gets the result, the others
/// SCWKMS_ERROR_INVALID_HANDLE. When this function returns, the request's callback has returned
/// and is not called again, unless this is called inside of it. So a lock that the callback takes
/// must not be held here.
///
/// @param request  the request
/// @param result   receives the signature, the plaintext or the public key, to be freed with
///                 scwkms_buffer_free(), which wipes it
/// @param error    where to write what went wrong, or NULL
/// @return SCWKMS_OK, or an error code as from the function without _async; SCWKMS_ERROR_CANCELLED
///         if the request was given up
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait(
    request: scwkms_request,
    result: *mut ScwkmsBuffer,
    error: *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let result = Output::required(result, "result")?;
        let (pending, has_callback) = {
            let shard = lock(shard(request)?);
            let entry = shard.get(&request).ok_or_else(unknown)?;
            (Arc::clone(&entry.pending), entry.has_callback)
        };
        pending.may_wait()?;
        let taken = pending.wait();
        // It stays known while somebody waits or its callback is still to come or runs, so that
        // freeing the client finds it.
        if !has_callback || pending.is_over() {
            lock(shard(request)?).remove(&request);
        }
        let mut taken = taken?;
        // SAFETY: the caller vouches for the place.
        unsafe { result.write(ScwkmsBuffer::new(std::mem::take(&mut *taken))) };
        Ok(())
    })
}

/// Gives up a request, if its result is not there yet: scwkms_wait() then gives
/// SCWKMS_ERROR_CANCELLED, and the callback is called as ever. Whether the service has carried it
/// out, or still will, is unknown. A number that is no request any more is fine.
///
/// @param request  the request
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_cancel(request: scwkms_request) {
    quietly(|| {
        let Ok(shard) = shard(request) else {
            return;
        };
        let pending = lock(shard)
            .get(&request)
            .map(|entry| Arc::clone(&entry.pending));
        if let Some(pending) = pending {
            pending.cancel();
        }
    });
}
