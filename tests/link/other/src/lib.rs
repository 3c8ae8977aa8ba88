//! Another Rust library in the program: it uses cryptography, threads and panics.

use std::panic::catch_unwind;
use std::thread;

/// The first four bytes of the SHA-256 digest of no bytes, computed on a thread.
#[no_mangle]
pub extern "C" fn other_digest() -> u32 {
    let digest = thread::spawn(|| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b""));
    let digest = digest.join().expect("a digest");
    u32::from_be_bytes(digest.as_ref()[..4].try_into().expect("four bytes"))
}

/// 1 if a panic was caught.
#[no_mangle]
pub extern "C" fn other_panics() -> i32 {
    i32::from(catch_unwind(|| panic!("on purpose, in the other library")).is_err())
}
