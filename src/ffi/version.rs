//! Versions.

use std::ffi::c_char;

/// The version of this header's binary interface. It changes when a program that was compiled
/// with an older header can no longer work with the library.
pub const SCWKMS_ABI_VERSION: u32 = 1;

/// The library's version, "0.1.0" for example.
///
/// @return a static string; never NULL, not to be freed
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the binary interface that the library was built with. A program may compare it
/// with SCWKMS_ABI_VERSION, that of the header it was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_abi_version() -> u32 {
    SCWKMS_ABI_VERSION
}
