//! Programs that have more privileges than their user, for example with the set-user-ID bit. Their user determines the
//! environment, and must not determine which files they read and write.

#[cfg(target_os = "linux")]
use std::ffi::c_ulong;

/// Linux (getauxval(3)).
#[cfg(target_os = "linux")]
const AT_SECURE: c_ulong = 23;

#[cfg(target_os = "linux")]
unsafe extern "C" {
    safe fn getauxval(kind: c_ulong) -> c_ulong;
}

/// Whether the program has more privileges than its user.
pub(super) fn are_raised() -> bool {
    #[cfg(target_os = "linux")]
    {
        getauxval(AT_SECURE) != 0
    }
    #[cfg(not(target_os = "linux"))]
    false
}
