//! The calls that create, delete, find and describe keys.

use std::mem::MaybeUninit;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{key, number};
use super::results::{ErrorPlace, take_key, take_list};

/// One of them, by its number among all calls.
pub fn metadata(
    what: u8,
    client: scwkms_client,
    given: bool,
    input: &mut Unstructured<'_>,
    error: &mut ErrorPlace,
) -> Result<i32> {
    let (name, mut place) = (key(input)?, MaybeUninit::uninit());
    let mut list = MaybeUninit::uninit();
    let to = if given {
        place.as_mut_ptr()
    } else {
        std::ptr::null_mut()
    };
    let to_list = if given {
        list.as_mut_ptr()
    } else {
        std::ptr::null_mut()
    };
    // SAFETY: as for all calls; what is assumed to be written was, since the call succeeded.
    Ok(unsafe {
        match what {
            9 => {
                let code = scwkms_create_key(
                    client,
                    name.pointer(),
                    number(input)?,
                    number(input)?,
                    to,
                    error.pointer(),
                );
                if code == SCWKMS_OK {
                    take_key(place.assume_init())
                }
                code
            }
            10 => scwkms_delete_key(client, name.pointer(), error.pointer()),
            11 => {
                let code = scwkms_find_keys(client, name.pointer(), to_list, error.pointer());
                if code == SCWKMS_OK {
                    take_list(list.assume_init())
                }
                code
            }
            _ => {
                let code = scwkms_get_key(client, name.pointer(), to, error.pointer());
                if code == SCWKMS_OK {
                    take_key(place.assume_init())
                }
                code
            }
        }
    })
}
