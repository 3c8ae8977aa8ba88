//! The exported functions. They contain no policy: each reads its arguments, calls a safe function, and writes the outputs.
//!
//! - Every function has a panic boundary (`call`). Within it the thread cannot be cancelled (`cancellation`).
//! - Inputs are copied or borrowed for the duration of the call (`input`). NULL and impossible lengths are errors.
//! - Outputs follow the conventions of PKCS#11 for NULL and short buffers (`output`).
//! - `interfaces` has the function lists of all versions. The exports are C_GetFunctionList, C_GetInterface and
//!   C_GetInterfaceList.

#![allow(unsafe_code)]
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
// The functions have the names of the specification.
#![allow(non_snake_case)]
// The specification states what pointers must be valid for.
#![allow(clippy::missing_safety_doc)]

mod call;
mod cancellation;
mod decryption;
mod digests;
mod encryption;
mod general;
mod input;
mod interfaces;
mod keygen;
mod objects;
mod operation;
mod output;
mod privileges;
mod random;
mod sessions;
mod signing;
mod slots;
mod unsupported;
mod verification;
