//! The blocking calls.
//!
//! SAFETY, for each call: strings are NUL-terminated or NULL; bytes have the given length, or the
//! library must reject them; outputs are writable or NULL.

use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, Text, arbitrary_bytes, key, number};
use super::keys::{take_key, take_list};
use super::outputs::{BufferOutput, ErrorOutput, Pointer};
use super::service::SERVICE;

/// The type of scwkms_decrypt() and scwkms_encrypt().
type Transform = unsafe extern "C" fn(
    scwkms_client,
    *const std::ffi::c_char,
    *const u8,
    usize,
    *mut ScwkmsBuffer,
    *mut *mut ScwkmsError,
) -> i32;

pub fn validate_name(input: &mut Unstructured<'_>) -> Result<()> {
    let name = Text::new(Some(arbitrary_bytes(input)?));
    let mut error = ErrorOutput::read(input)?;
    let code = unsafe { scwkms_validate_name(name.pointer(), error.pointer()) };
    error.check(code);
    Ok(())
}

pub fn public_key(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, mut algorithm) = (key(input)?, u32::MAX);
    let (mut spki_der, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let algorithm_output: *mut u32 = match bool::arbitrary(input)? {
        true => &mut algorithm,
        false => ptr::null_mut(),
    };
    let code = unsafe {
        scwkms_public_key(
            client,
            key.pointer(),
            spki_der.pointer(),
            algorithm_output,
            error.pointer(),
        )
    };
    assert!(code == SCWKMS_OK || algorithm == u32::MAX);
    error.check(code);
    spki_der.take(code);
    Ok(())
}

pub fn sign(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, algorithm, digest) = (key(input)?, number(input)?, Bytes::read(input)?);
    let (mut signature, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        scwkms_sign(
            client,
            key.pointer(),
            algorithm,
            digest.pointer(),
            digest.len,
            signature.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    if let Some(signature) = signature.take(code) {
        assert!(SERVICE.verifies(digest.as_slice(), &signature));
    }
    Ok(())
}

pub fn decrypt_or_encrypt(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let functions: [Transform; 2] = [scwkms_decrypt, scwkms_encrypt];
    let function = functions[usize::from(bool::arbitrary(input)?)];
    let (key, bytes) = (key(input)?, Bytes::read(input)?);
    let (mut result, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        function(
            client,
            key.pointer(),
            bytes.pointer(),
            bytes.len,
            result.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    result.take(code);
    Ok(())
}

pub fn get_key(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let key = key(input)?;
    let (mut info, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe { scwkms_get_key(client, key.pointer(), info.pointer(), error.pointer()) };
    error.check(code);
    info.take(code).into_iter().for_each(take_key);
    Ok(())
}

pub fn create_key(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (name, algorithm, level) = (key(input)?, number(input)?, number(input)?);
    let (mut key, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        scwkms_create_key(
            client,
            name.pointer(),
            algorithm,
            level,
            key.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    key.take(code).into_iter().for_each(take_key);
    Ok(())
}

pub fn delete_key(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, mut error) = (key(input)?, ErrorOutput::read(input)?);
    let code = unsafe { scwkms_delete_key(client, key.pointer(), error.pointer()) };
    error.check(code);
    Ok(())
}

pub fn find_keys(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let query = key(input)?;
    let (mut list, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code =
        unsafe { scwkms_find_keys(client, query.pointer(), list.pointer(), error.pointer()) };
    error.check(code);
    list.take(code).into_iter().for_each(take_list);
    Ok(())
}
