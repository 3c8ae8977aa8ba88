//! See Cargo.toml.

use scwkms_pkcs11 as _;
