//! The functions of scwkms, which a static library contains with all its dependencies.

extern crate scwkms;
