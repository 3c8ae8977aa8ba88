//! Calls the functions of the PKCS#11 module in any order, with all arguments that C permits: invented handles, NULL for any
//! pointer, impossible lengths, templates and mechanisms with any value. The service runs in this process, and some of its
//! responses are corrupt.
//!
//! This target uses `unsafe`, because it calls the module as a C program does.

#![no_main]

mod arguments;
mod calls;
mod module;
mod outputs;
// These are files of the target c_abi, by symbolic links.
mod rsa;
#[allow(dead_code)]
mod service;

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

/// The maximum number of calls for one input.
const MAX_CALLS: usize = 64;

fuzz_target!(|data: &[u8]| {
    scwkms::fuzzing::trip(data);
    let mut run = calls::Run::new();
    let mut input = Unstructured::new(data);
    for _ in 0..MAX_CALLS {
        if input.is_empty() || run.call(&mut input).is_err() {
            break;
        }
    }
    run.end();
});
