//! Versions.

use std::ffi::c_char;

/// The version of this header's binary interface (ABI). It changes when programs that were compiled with an older header no
/// longer work with the library.
pub const SCWKMS_ABI_VERSION: u32 = 2;

/// The library's version, for example "0.1.0".
///
/// @return a static string; never NULL, not to be freed
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the library's binary interface. A program may compare it with SCWKMS_ABI_VERSION of the header that it was
/// compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn scwkms_abi_version() -> u32 {
    SCWKMS_ABI_VERSION
}
