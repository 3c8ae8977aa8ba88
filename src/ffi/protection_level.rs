//! The protection levels' numbers.

/// The URI's level, else the service's default.
pub const SCWKMS_PROTECTION_LEVEL_UNSPECIFIED: u32 = 0;
/// Operations are executed in software.
pub const SCWKMS_PROTECTION_LEVEL_SOFTWARE: u32 = 1;
/// Operations are executed in a hardware security module.
pub const SCWKMS_PROTECTION_LEVEL_HSM: u32 = 2;
