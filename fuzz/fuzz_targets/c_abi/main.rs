//! Calls the exported C functions in any order, with all arguments that C permits: invented handles,
//! unknown algorithm numbers, NULL for any pointer, text that is not UTF-8. The service runs in this
//! process, see [`service`], and some of its responses are corrupt. All clients are opened with the
//! address of this service, so all connections stay in the process.
//!
//! This target uses `unsafe`, because it calls the library as a C program does.

#![no_main]

mod arguments;
mod blocking;
mod calls;
mod clients;
mod envelopes;
mod further;
mod keys;
mod limits;
mod lists;
mod messages;
mod observer;
mod operations;
mod options;
mod outputs;
mod rsa;
mod service;
mod update;

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

/// The maximum number of calls for one input.
const MAX_CALLS: usize = 32;

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
