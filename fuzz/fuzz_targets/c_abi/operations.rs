//! The asynchronous operations of a run.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, key, number};
use super::clients::check_handle;
use super::keys::{take_key, take_list};
use super::lists::{take_algorithms, take_rotations};
use super::options::Options;
use super::outputs::{BufferOutput, ErrorOutput, Pointer};
use super::update::Update;

/// The number of callbacks in all runs.
static CALLBACKS: AtomicUsize = AtomicUsize::new(0);

/// What a call started, by the function that takes its result.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bytes,
    PublicKey,
    Key,
    KeyList,
    Done,
    Decrypted,
    DataKey,
    ImportParameters,
    Rotations,
    Algorithms,
}

const KINDS: [Kind; 10] = [
    Kind::Bytes,
    Kind::PublicKey,
    Kind::Key,
    Kind::KeyList,
    Kind::Done,
    Kind::Decrypted,
    Kind::DataKey,
    Kind::ImportParameters,
    Kind::Rotations,
    Kind::Algorithms,
];

/// The kind of operation that each call of [`Operations::start`] starts.
const STARTED: [Kind; 29] = [
    Kind::Bytes,
    Kind::Bytes,
    Kind::Bytes,
    Kind::PublicKey,
    Kind::Key,
    Kind::Key,
    Kind::KeyList,
    Kind::Done,
    Kind::Bytes,
    Kind::Bytes,
    Kind::Bytes,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Key,
    Kind::Done,
    Kind::Done,
    Kind::Done,
    Kind::Decrypted,
    Kind::DataKey,
    Kind::ImportParameters,
    Kind::Rotations,
    Kind::Algorithms,
    Kind::Bytes,
    Kind::Done,
];

/// Takes the result of an operation with the function for a kind.
fn wait(operation: scwkms_operation, kind: Kind, passed: bool, error: &mut ErrorOutput) -> i32 {
    let error = error.pointer();
    // SAFETY: outputs are writable or NULL.
    unsafe {
        match kind {
            Kind::Bytes => {
                let mut result = BufferOutput::new(passed);
                let code = scwkms_wait(operation, result.pointer(), error);
                result.take(code);
                code
            }
            Kind::PublicKey => {
                let mut spki_der = BufferOutput::new(passed);
                let (der, algorithm) = (spki_der.pointer(), ptr::null_mut());
                let code = scwkms_wait_public_key(operation, der, algorithm, error);
                spki_der.take(code);
                code
            }
            Kind::Key => {
                let mut key = Pointer::new(passed);
                let code = scwkms_wait_key(operation, key.pointer(), error);
                key.take(code).into_iter().for_each(take_key);
                code
            }
            Kind::KeyList => {
                let mut list = Pointer::new(passed);
                let code = scwkms_wait_key_list(operation, list.pointer(), error);
                list.take(code).into_iter().for_each(take_list);
                code
            }
            Kind::Done => scwkms_wait_done(operation, error),
            Kind::Decrypted => wait_for_pair(scwkms_wait_decrypted, operation, passed, error),
            Kind::DataKey => wait_for_pair(scwkms_wait_data_key, operation, passed, error),
            Kind::ImportParameters => {
                wait_for_pair(scwkms_wait_import_parameters, operation, passed, error)
            }
            Kind::Rotations => {
                let mut list = Pointer::new(passed);
                let code = scwkms_wait_rotation_list(operation, list.pointer(), error);
                list.take(code).into_iter().for_each(take_rotations);
                code
            }
            Kind::Algorithms => {
                let mut list = Pointer::new(passed);
                let code = scwkms_wait_algorithm_list(operation, list.pointer(), error);
                list.take(code).into_iter().for_each(take_algorithms);
                code
            }
        }
    }
}

/// The type of the functions that take two buffers.
type WaitForPair = unsafe extern "C" fn(
    scwkms_operation,
    *mut ScwkmsBuffer,
    *mut ScwkmsBuffer,
    *mut *mut ScwkmsError,
) -> i32;

/// # Safety
///
/// The error is writable or NULL.
unsafe fn wait_for_pair(
    function: WaitForPair,
    operation: scwkms_operation,
    passed: bool,
    error: *mut *mut ScwkmsError,
) -> i32 {
    let (mut first, mut second) = (BufferOutput::new(passed), BufferOutput::new(passed));
    // SAFETY: outputs are writable or NULL.
    let code = unsafe { function(operation, first.pointer(), second.pointer(), error) };
    first.take(code);
    second.take(code);
    code
}

/// Counts callbacks. If the context is not NULL, it also takes the result, which is allowed here.
unsafe extern "C" fn count(context: *mut c_void, operation: scwkms_operation) {
    CALLBACKS.fetch_add(1, Ordering::SeqCst);
    if let Some(index) = context.addr().checked_sub(1) {
        let mut error = ErrorOutput::new(true);
        let code = wait(operation, KINDS[index], true, &mut error);
        error.check(code);
    }
}

pub struct Operations {
    started: Vec<(scwkms_operation, Kind)>,
    expected_callbacks: usize,
    callbacks_before: usize,
}

impl Operations {
    pub fn new() -> Self {
        Self {
            started: Vec::new(),
            expected_callbacks: 0,
            callbacks_before: CALLBACKS.load(Ordering::SeqCst),
        }
    }

    /// Starts an operation of any kind.
    pub fn start(&mut self, client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
        let call = usize::from(u8::arbitrary(input)?) % STARTED.len();
        let kind = STARTED[call];
        let index = KINDS.iter().position(|k| *k == kind).expect("a kind");
        let context = match bool::arbitrary(input)? {
            true => index + 1,
            false => 0,
        };
        let options = Options::read(input, Some(count), context)?;
        let mut error = ErrorOutput::read(input)?;
        let mut operation = 0;
        let output: *mut scwkms_operation = match u8::arbitrary(input)? {
            255 => ptr::null_mut(),
            _ => &mut operation,
        };
        let code = start(call, client, input, &options, output, &mut error)?;
        error.check(code);
        if code == SCWKMS_OK {
            check_handle(operation);
            assert!(!options.are_invalid, "invalid options were accepted");
            self.started.push((operation, kind));
            self.expected_callbacks += usize::from(options.has_callback);
        }
        assert!(code == SCWKMS_OK || operation == 0, "written on failure");
        Ok(())
    }

    /// In most cases an operation of this run, whether its result was taken or not.
    fn choose(&self, input: &mut Unstructured<'_>) -> Result<(scwkms_operation, Option<Kind>)> {
        match u8::arbitrary(input)? {
            n if n < 255 && !self.started.is_empty() => {
                let (operation, kind) = self.started[usize::from(n) % self.started.len()];
                Ok((operation, Some(kind)))
            }
            _ => Ok((u64::arbitrary(input)?, None)),
        }
    }

    /// Takes a result, in most cases with the function that fits the operation.
    pub fn wait(&self, input: &mut Unstructured<'_>) -> Result<()> {
        let (operation, kind) = self.choose(input)?;
        let choice = u8::arbitrary(input)?;
        let other = KINDS[usize::from(choice) % KINDS.len()];
        let function = kind.filter(|_| choice < 192).unwrap_or(other);
        let mut error = ErrorOutput::read(input)?;
        let code = wait(operation, function, choice % 8 != 7, &mut error);
        error.check(code);
        assert!(code != SCWKMS_OK || kind.is_none_or(|kind| kind == function));
        Ok(())
    }

    /// Waits a short time for a result. An operation whose result can be taken remains.
    pub fn wait_ready(&self, input: &mut Unstructured<'_>) -> Result<()> {
        let (operation, kind) = self.choose(input)?;
        let mut error = ErrorOutput::read(input)?;
        let was_ready = scwkms_is_ready(operation);
        let timeout = u32::from(u8::arbitrary(input)? % 4);
        // SAFETY: the error is writable or NULL.
        let code = unsafe { scwkms_wait_ready(operation, timeout, error.pointer()) };
        assert!(!was_ready || (code == SCWKMS_OK && kind.is_some()));
        error.check(code);
        Ok(())
    }

    pub fn cancel(&self, input: &mut Unstructured<'_>) -> Result<()> {
        scwkms_cancel(self.choose(input)?.0);
        Ok(())
    }

    /// A client's handle is no operation's.
    pub fn wait_for_client(client: scwkms_client) {
        let mut error = ErrorOutput::new(true);
        let code = wait(client, Kind::Bytes, true, &mut error);
        assert_eq!(code, SCWKMS_ERROR_INVALID_HANDLE);
        error.check(code);
    }

    /// After all clients were freed, each callback was called once, and no result can be taken.
    pub fn check_end(self) {
        let callbacks = CALLBACKS.load(Ordering::SeqCst) - self.callbacks_before;
        assert_eq!(callbacks, self.expected_callbacks, "callbacks");
        for (operation, kind) in self.started {
            let mut error = ErrorOutput::new(true);
            let code = wait(operation, kind, true, &mut error);
            assert_eq!(code, SCWKMS_ERROR_INVALID_HANDLE, "the client was freed");
            error.check(code);
        }
    }
}

/// Calls one of the functions that start an operation. `call` is its place in [`STARTED`].
fn start(
    call: usize,
    client: scwkms_client,
    input: &mut Unstructured<'_>,
    options: &Options,
    output: *mut scwkms_operation,
    error: &mut ErrorOutput,
) -> Result<i32> {
    let (key, bytes, number) = (key(input)?, Bytes::read(input)?, number(input)?);
    let (key, data, len) = (key.pointer(), bytes.pointer(), bytes.len);
    let update = Update::read(input)?;
    let index = i64::from(number) - 2;
    let (options, error) = (options.pointer(), error.pointer());
    // The same bytes are the associated data, the signature or the salt.
    let (more, n) = (data, len);
    // SAFETY: as for blocking calls. The options and the update have the size that they state.
    Ok(unsafe {
        match call {
            0 => scwkms_sign_async(client, key, number, data, len, options, output, error),
            1 => scwkms_decrypt_async(client, key, data, len, options, output, error),
            2 => scwkms_encrypt_async(client, key, data, len, options, output, error),
            3 => scwkms_public_key_async(client, key, options, output, error),
            4 => scwkms_get_key_async(client, key, options, output, error),
            5 => scwkms_create_key_async(client, key, number, 0, options, output, error),
            6 => scwkms_find_keys_async(client, key, options, output, error),
            7 => scwkms_delete_key_async(client, key, options, output, error),
            8 => scwkms_encrypt_with_associated_data_async(
                client, key, data, len, more, n, options, output, error,
            ),
            9 => scwkms_wrap_async(client, key, data, len, more, n, options, output, error),
            10 => scwkms_unwrap_async(client, key, data, len, more, n, options, output, error),
            11 => scwkms_rotate_key_async(client, key, options, output, error),
            12 => scwkms_enable_key_async(client, key, options, output, error),
            13 => scwkms_disable_key_async(client, key, options, output, error),
            14 => scwkms_protect_key_async(client, key, options, output, error),
            15 => scwkms_unprotect_key_async(client, key, options, output, error),
            16 => scwkms_restore_key_async(client, key, options, output, error),
            17 => scwkms_update_key_async(client, key, update.pointer(), options, output, error),
            18 => scwkms_import_key_material_async(
                client, key, data, len, more, n, options, output, error,
            ),
            19 => scwkms_verify_async(
                client, key, number, data, len, more, n, options, output, error,
            ),
            20 => scwkms_verify_by_service_async(
                client, key, number, data, len, more, n, options, output, error,
            ),
            21 => scwkms_delete_key_material_async(client, key, index, options, output, error),
            22 => scwkms_decrypt_with_associated_data_async(
                client, key, data, len, more, n, options, output, error,
            ),
            23 => {
                scwkms_generate_data_key_async(client, key, number % 2 == 0, options, output, error)
            }
            24 => scwkms_get_import_parameters_async(client, key, number, options, output, error),
            25 => scwkms_list_rotations_async(client, key, options, output, error),
            26 => scwkms_list_algorithms_async(client, key, options, output, error),
            27 => scwkms_sign_message_async(client, key, number, data, len, options, output, error),
            _ => scwkms_verify_message_async(
                client, key, number, data, len, more, n, options, output, error,
            ),
        }
    })
}
