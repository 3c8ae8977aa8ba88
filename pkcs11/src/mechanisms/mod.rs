//! The mechanisms: which key algorithm has which, and what they do with their input. Pure.

mod digest_info;
mod ecdsa;
mod encryption;
mod hash;
mod parameters;
mod pss;
mod signing;
mod table;

pub(crate) use ecdsa::{signature_from_der, signature_to_der};
pub(crate) use encryption::check_encryption;
pub(crate) use hash::HashFunction;
pub(crate) use parameters::{Mechanism, Parameter, check_without_parameter};
pub(crate) use pss::has_requested_salt;
pub(crate) use signing::SigningMechanism;
pub(crate) use table::{generation_mechanism, info, of_key, of_token};
