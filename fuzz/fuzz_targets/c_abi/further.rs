//! The blocking calls that few programs use.
//!
//! SAFETY, for each call: as for the calls of the module `blocking`. An update is readable for as many bytes as its size says,
//! or the library must reject its size.

use std::ffi::c_char;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, key, number};
use super::keys::take_key;
use super::lists::{take_algorithms, take_rotations};
use super::outputs::{BufferOutput, ErrorOutput, Pointer};
use super::update::Update;

/// The type of the functions that act on a key.
type Action = unsafe extern "C" fn(
    scwkms_client,
    *const c_char,
    *mut *mut ScwkmsKey,
    *mut *mut ScwkmsError,
) -> i32;

const ACTIONS: [Action; 6] = [
    scwkms_rotate_key,
    scwkms_enable_key,
    scwkms_disable_key,
    scwkms_protect_key,
    scwkms_unprotect_key,
    scwkms_restore_key,
];

/// The type of the functions that encrypt or decrypt with associated data.
type Transform = unsafe extern "C" fn(
    scwkms_client,
    *const c_char,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut ScwkmsBuffer,
    *mut *mut ScwkmsError,
) -> i32;

const TRANSFORMS: [Transform; 3] = [
    scwkms_encrypt_with_associated_data,
    scwkms_wrap,
    scwkms_unwrap,
];

/// The type of the functions that verify.
type Verify = unsafe extern "C" fn(
    scwkms_client,
    *const c_char,
    u32,
    *const u8,
    usize,
    *const u8,
    usize,
    *mut *mut ScwkmsError,
) -> i32;

const VERIFY: [Verify; 2] = [scwkms_verify, scwkms_verify_by_service];

/// One of the elements.
fn choose<T: Copy>(functions: &[T], input: &mut Unstructured<'_>) -> Result<T> {
    Ok(functions[usize::from(u8::arbitrary(input)?) % functions.len()])
}

pub fn call(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    match u8::arbitrary(input)? % 10 {
        0 => act(client, input),
        1 => transform(client, input),
        2 => verify(client, input),
        3 => decrypt(client, input),
        4 => generate_data_key(client, input),
        5 => update(client, input),
        6 => list_rotations(client, input),
        7 => list_algorithms(client, input),
        8 => import(client, input),
        _ => import_parameters(client, input),
    }
}

fn act(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (function, key) = (choose(&ACTIONS, input)?, key(input)?);
    let (mut info, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe { function(client, key.pointer(), info.pointer(), error.pointer()) };
    error.check(code);
    info.take(code).into_iter().for_each(take_key);
    Ok(())
}

fn transform(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (function, key) = (choose(&TRANSFORMS, input)?, key(input)?);
    let (text, associated) = (Bytes::read(input)?, Bytes::read(input)?);
    let (mut result, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        function(
            client,
            key.pointer(),
            text.pointer(),
            text.len,
            associated.pointer(),
            associated.len,
            result.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    result.take(code);
    Ok(())
}

fn verify(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (function, key, algorithm) = (choose(&VERIFY, input)?, key(input)?, number(input)?);
    let (digest, signature) = (Bytes::read(input)?, Bytes::read(input)?);
    let mut error = ErrorOutput::read(input)?;
    let code = unsafe {
        function(
            client,
            key.pointer(),
            algorithm,
            digest.pointer(),
            digest.len,
            signature.pointer(),
            signature.len,
            error.pointer(),
        )
    };
    error.check(code);
    Ok(())
}

fn decrypt(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let key = key(input)?;
    let (text, associated) = (Bytes::read(input)?, Bytes::read(input)?);
    let (mut plaintext, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
    let mut reencrypted = BufferOutput::read(input)?;
    let code = unsafe {
        scwkms_decrypt_with_associated_data(
            client,
            key.pointer(),
            text.pointer(),
            text.len,
            associated.pointer(),
            associated.len,
            plaintext.pointer(),
            reencrypted.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    plaintext.take(code);
    reencrypted.take_optional(code);
    Ok(())
}

fn generate_data_key(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let key = key(input)?;
    let (mut plaintext, mut ciphertext) = (BufferOutput::read(input)?, BufferOutput::read(input)?);
    let mut error = ErrorOutput::read(input)?;
    let code = unsafe {
        scwkms_generate_data_key(
            client,
            key.pointer(),
            plaintext.pointer(),
            ciphertext.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    ciphertext.take(code);
    if let Some(plaintext) = plaintext.take_optional(code) {
        assert_eq!(plaintext.len(), 32);
    }
    Ok(())
}

fn update(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, update) = (key(input)?, Update::read(input)?);
    let (mut info, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let (key, changes) = (key.pointer(), update.pointer());
    let code = unsafe { scwkms_update_key(client, key, changes, info.pointer(), error.pointer()) };
    error.check(code);
    info.take(code).into_iter().for_each(take_key);
    Ok(())
}

fn list_rotations(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let key = key(input)?;
    let (mut list, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code =
        unsafe { scwkms_list_rotations(client, key.pointer(), list.pointer(), error.pointer()) };
    error.check(code);
    list.take(code).into_iter().for_each(take_rotations);
    Ok(())
}

fn list_algorithms(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let query = key(input)?;
    let (mut list, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code =
        unsafe { scwkms_list_algorithms(client, query.pointer(), list.pointer(), error.pointer()) };
    error.check(code);
    list.take(code).into_iter().for_each(take_algorithms);
    Ok(())
}

fn import(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, material, salt) = (key(input)?, Bytes::read(input)?, Bytes::read(input)?);
    let (mut info, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
    let code = unsafe {
        scwkms_import_key_material(
            client,
            key.pointer(),
            material.pointer(),
            material.len,
            salt.pointer(),
            salt.len,
            info.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    info.take(code).into_iter().for_each(take_key);
    let (index, mut error) = (i64::arbitrary(input)? >> 30, ErrorOutput::read(input)?);
    let code = unsafe { scwkms_delete_key_material(client, key.pointer(), index, error.pointer()) };
    error.check(code);
    Ok(())
}

fn import_parameters(client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
    let (key, algorithm) = (key(input)?, number(input)?);
    let (mut public_key, mut token) = (BufferOutput::read(input)?, BufferOutput::read(input)?);
    let mut error = ErrorOutput::read(input)?;
    let code = unsafe {
        scwkms_get_import_parameters(
            client,
            key.pointer(),
            algorithm,
            public_key.pointer(),
            token.pointer(),
            error.pointer(),
        )
    };
    error.check(code);
    public_key.take(code);
    token.take(code);
    Ok(())
}
