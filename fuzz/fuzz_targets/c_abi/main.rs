//! The exported C functions in any order, with any arguments that C permits: handles that never
//! were, numbers of no algorithm, NULL for every pointer, text that is no UTF-8; and a service
//! whose answers may be torn. Nothing leaves the process: clients that the inputs open are given
//! the address of the listener in [`service`].
//!
//! This is the one place beside `src/ffi` where Rust touches raw memory: C's callers do too.

#![no_main]

mod arguments;
mod calls;
mod metadata;
mod results;
mod service;

use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    scwkms::fuzzing::trip(data);
    let mut run = calls::Run::new();
    let mut input = Unstructured::new(data);
    for _ in 0..32 {
        if input.is_empty() || run.call(&mut input).is_err() {
            break;
        }
    }
    run.end();
});
