//! scwkms_data_key_cache: data keys for several messages.

use std::time::Duration;

use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::client_registry;
use super::error::ScwkmsError;
use super::owned::free_boxed;
use super::panic::catch_panic;
use super::sized_struct::{self, SizedStruct};
use crate::envelope::{DataKeyCache, DataKeyLimits};
use crate::error::Result;

/// The limits of a cached data key. After the first limit that it reaches, the next message has a new data key. Zero all
/// fields, set `size` to sizeof(scwkms_data_key_limits), and set the limits that should not be the default ones.
///
/// Later versions of the library may add fields at the end. A library that is older than the header accepts the struct if
/// the fields that it does not know are zero.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ScwkmsDataKeyLimits {
    /// sizeof(scwkms_data_key_limits).
    pub size: usize,
    /// The time in milliseconds during which a data key is used for new messages, and during which a decrypted data key is
    /// kept; 0 means 5 minutes.
    pub max_age_ms: u64,
    /// The number of messages that are encrypted with a data key; 0 means 65536.
    pub max_messages: u64,
    /// The number of bytes of plaintext after which a data key is not used for a new message; 0 means 2 to the power of 40.
    pub max_bytes: u64,
}

// SAFETY: it is repr(C), begins with its size, and its other fields are integers.
unsafe impl SizedStruct for ScwkmsDataKeyLimits {
    const NAME: &'static str = "scwkms_data_key_limits";
}

impl ScwkmsDataKeyLimits {
    /// Reads the limits of a caller. NULL means the default ones.
    ///
    /// # Safety
    /// The pointer must be NULL or valid for reading as many bytes as its field `size` says.
    unsafe fn read(pointer: *const Self) -> Result<DataKeyLimits> {
        let mut limits = DataKeyLimits::default();
        if pointer.is_null() {
            return Ok(limits);
        }
        // SAFETY: it is not NULL, and the caller of this function promises the rest.
        let given = unsafe { sized_struct::read(pointer) }?;
        if given.max_age_ms != 0 {
            limits.max_age = Duration::from_millis(given.max_age_ms);
        }
        if given.max_messages != 0 {
            limits.max_messages = given.max_messages;
        }
        if given.max_bytes != 0 {
            limits.max_bytes = given.max_bytes;
        }
        Ok(limits)
    }
}

/// A cache of data keys, with which many messages need few requests. The caller owns it and frees it with
/// scwkms_data_key_cache_free(). Any number of threads may use it at once. It may be freed after its client.
pub struct ScwkmsDataKeyCache {
    pub(super) cache: DataKeyCache,
}

/// Creates a cache of data keys. Nothing is sent.
///
/// @param client  the client
/// @param limits  the limits of a data key, or NULL for the default ones
/// @param cache   receives the cache, to be freed with scwkms_data_key_cache_free()
/// @param error   receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `limits` must be NULL or valid for reading as many bytes as its field `size` says; the other pointers NULL or
/// valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_data_key_cache_new(
    client: scwkms_client,
    limits: *const ScwkmsDataKeyLimits,
    cache: *mut *mut ScwkmsDataKeyCache,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises valid limits or NULL.
        let limits = unsafe { ScwkmsDataKeyLimits::read(limits) }?;
        let output = OutPointer::required(cache, "cache")?;
        let cache = DataKeyCache::new(client, limits);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { output.write_boxed(ScwkmsDataKeyCache { cache }) };
        Ok(())
    })
}

/// Frees a cache and wipes its data keys. Encryptors and decryptors that were created with it continue.
///
/// @param cache  a cache, or NULL
///
/// Pointers: `cache` must be NULL or a cache that was not freed and that no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_data_key_cache_free(cache: *mut ScwkmsDataKeyCache) {
    // SAFETY: the caller promises a cache that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(cache) });
}
