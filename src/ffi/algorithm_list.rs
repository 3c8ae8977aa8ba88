//! scwkms_algorithm_list: the algorithms that the service offers; blocking and asynchronous.

use std::ffi::{CString, c_char};

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::list::{List, len, text_at, value_at};
use super::owned::free_boxed;
use super::panic::catch_panic;
use super::start::start;
use super::text::c_string;
use super::{client_registry, input};
use crate::algorithm::Algorithm;
use crate::client::AlgorithmInfo;

/// The algorithms that the service offers. The caller owns the list and frees it with scwkms_algorithm_list_free().
/// Any number of threads may read it at once.
pub struct ScwkmsAlgorithmList {
    items: Vec<Item>,
}

pub(super) struct Item {
    name: CString,
    usage: CString,
    is_recommended: bool,
    number: u32,
}

impl ScwkmsAlgorithmList {
    pub(super) fn new(items: &[AlgorithmInfo]) -> Self {
        let item = |item: &AlgorithmInfo| Item {
            name: c_string(&item.name),
            usage: c_string(&item.usage),
            is_recommended: item.recommended,
            number: item.algorithm.map_or(0, Algorithm::code),
        };
        Self {
            items: items.iter().map(item).collect(),
        }
    }
}

impl List for ScwkmsAlgorithmList {
    type Item = Item;

    fn items(&self) -> &[Item] {
        &self.items
    }
}

/// Lists the algorithms that the service offers for new keys.
///
/// @param client      the client
/// @param query       NULL or "" for all algorithms of the client's region, or `scwkms:` with
///                    usage=asymmetric_signing, region or both
/// @param algorithms  receives the list, to be freed with scwkms_algorithm_list_free()
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK or an error code
///
/// Pointers: `query` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_list_algorithms(
    client: scwkms_client,
    query: *const c_char,
    algorithms: *mut *mut ScwkmsAlgorithmList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let query = unsafe { input::optional_text(query, "query") }?;
        let algorithms = OutPointer::required(algorithms, "algorithms")?;
        let found = ScwkmsAlgorithmList::new(&client.list_algorithms(query)?);
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { algorithms.write_boxed(found) };
        Ok(())
    })
}

/// Starts scwkms_list_algorithms() and returns at once; see scwkms_sign_async(). scwkms_wait_algorithm_list() takes
/// the list.
///
/// @param client     the client
/// @param query      NULL or "" for all algorithms of the client's region, or `scwkms:` with
///                   usage=asymmetric_signing, region or both
/// @param options    options, or NULL
/// @param operation  receives the operation
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_list_algorithms()
///
/// Pointers: as for scwkms_list_algorithms() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_list_algorithms_async(
    client: scwkms_client,
    query: *const c_char,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let query = unsafe { input::optional_text(query, "query") }?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_list_algorithms(query, options)
            })
        }
    })
}

/// The number of algorithms in a list; 0 for NULL.
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_algorithm_list_len(list: *const ScwkmsAlgorithmList) -> usize {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { len(list) }
}

/// The algorithm's name as the service writes it, for example ec_p256_sha256.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_algorithm_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no algorithm with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_offered_algorithm_name(
    list: *const ScwkmsAlgorithmList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.name) }
}

/// The usage of its keys, for example asymmetric_signing.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_algorithm_list_len() - 1
/// @return the value, valid until the list is freed; "" if there is no algorithm with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_offered_algorithm_usage(
    list: *const ScwkmsAlgorithmList,
    index: usize,
) -> *const c_char {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { text_at(list, index, |item| &item.usage) }
}

/// Whether the service recommends the algorithm.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_algorithm_list_len() - 1
/// @return the value; false if there is no algorithm with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_offered_algorithm_is_recommended(
    list: *const ScwkmsAlgorithmList,
    index: usize,
) -> bool {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { value_at(list, index, false, |item| item.is_recommended) }
}

/// The algorithm's number: one of SCWKMS_ALGORITHM_*, or 0 if this version of the library does not know it.
///
/// @param list   a list, or NULL
/// @param index  from 0 to scwkms_algorithm_list_len() - 1
/// @return the value; 0 if there is no algorithm with this index
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_offered_algorithm_number(
    list: *const ScwkmsAlgorithmList,
    index: usize,
) -> u32 {
    // SAFETY: the caller promises a valid pointer or NULL.
    unsafe { value_at(list, index, 0, |item| item.number) }
}

/// Frees a list. Its texts become invalid.
///
/// @param list  a list, or NULL
///
/// Pointers: `list` must be NULL or a list that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_algorithm_list_free(list: *mut ScwkmsAlgorithmList) {
    // SAFETY: the caller promises a list that this library allocated and that was not freed, or NULL.
    catch_panic((), || unsafe { free_boxed(list) });
}
