//! `scwkms csr` and `scwkms self-signed`

mod csr;
mod names;
mod remote_key;
mod self_signed;

pub(crate) use csr::Csr;
pub(crate) use self_signed::SelfSigned;
