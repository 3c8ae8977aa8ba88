//! Signing and verifying messages.
//!
//! SAFETY, for each call: as for the calls of the module `blocking`.

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, key, number};
use super::outputs::{BufferOutput, ErrorOutput};
use super::service::SERVICE;

pub fn call(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    match bool::arbitrary(input)? {
        true => verify(client, input),
        false => sign(client, input),
    }
}

/// A signature that does not verify is never returned.
fn sign(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, algorithm, message) = (key(input)?, number(input)?, Bytes::read(input)?);
    let (mut signature, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        scwkms_sign_message(
            client,
            key.pointer(),
            algorithm,
            message.pointer(),
            message.len,
            signature.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    if let Some(signature) = signature.take(code) {
        assert!(SERVICE.verifies_message(message.as_slice(), &signature));
    }
    Ok(())
}

fn verify(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, algorithm) = (key(input)?, number(input)?);
    let (message, signature) = (Bytes::read(input)?, Bytes::read(input)?);
    let mut error = ErrorOutput::read(input)?;
    let code = unsafe {
        scwkms_verify_message(
            client,
            key.pointer(),
            algorithm,
            message.pointer(),
            message.len,
            signature.pointer(),
            signature.len,
            error.pointer(),
        )
    };
    error.check(code);
    if code == SCWKMS_OK {
        assert!(SERVICE.verifies_message(message.as_slice(), signature.as_slice()));
    }
    Ok(())
}
