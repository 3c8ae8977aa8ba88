//! One call after another.

use std::ffi::c_void;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, Text, arbitrary_bytes, key, number};
use super::metadata::metadata;
use super::results::{BufferPlace, ErrorPlace};
use super::service::{SERVICE, Tear};

pub const SECRET: &str = "5ec2e7ca-5ec2-4e7c-85ec-2e7ca5ec2e7c";

/// How often a callback came.
static NOTICES: AtomicUsize = AtomicUsize::new(0);

/// It keeps what clients share alive between runs.
static KEPT: LazyLock<scwkms_client> = LazyLock::new(|| open("", std::ptr::null_mut()));

fn open(more: &str, error: *mut ScwkmsError) -> scwkms_client {
    let uri = format!(
        "scwkms:api-url={};access-key=SCWEXAMPLE0000000000;secret-key={SECRET};region=fr-par;\
         project-id=105bdce1-64c0-48ab-899d-868455867ecf;config=/dev/null;timeout=30ms;{more}",
        SERVICE.url()
    );
    let uri = Text::of(Some(uri.into_bytes()));
    // SAFETY: a string, and a place or NULL.
    unsafe { scwkms_open(uri.pointer(), error) }
}

unsafe extern "C" fn noticed(context: *mut c_void, request: scwkms_request) {
    NOTICES.fetch_add(1, Ordering::SeqCst);
    // The context says whether to take the result here, which is allowed.
    if !context.is_null() {
        let mut result = BufferPlace::new(true);
        // SAFETY: a place for the result.
        let code = unsafe { scwkms_wait(request, result.pointer(), std::ptr::null_mut()) };
        result.take(code);
    }
}

/// What the calls of one input share.
pub struct Run {
    clients: Vec<scwkms_client>,
    requests: Vec<scwkms_request>,
    /// Callbacks that must come.
    expected: usize,
    before: usize,
}

impl Run {
    pub fn new() -> Self {
        assert_ne!(*KEPT, 0);
        Self {
            clients: vec![open("", std::ptr::null_mut())],
            requests: Vec::new(),
            expected: 0,
            before: NOTICES.load(Ordering::SeqCst),
        }
    }

    /// Frees all that is left; then every callback has come, once.
    pub fn end(self) {
        SERVICE.mend();
        for client in &self.clients {
            scwkms_free(*client);
        }
        let came = NOTICES.load(Ordering::SeqCst) - self.before;
        assert_eq!(came, self.expected, "callbacks");
        for request in self.requests {
            let mut result = BufferPlace::new(true);
            // SAFETY: a place for the result.
            let code = unsafe { scwkms_wait(request, result.pointer(), std::ptr::null_mut()) };
            assert_eq!(code, SCWKMS_ERROR_INVALID_HANDLE, "the client was freed");
            result.take(code);
        }
    }

    fn client(&self, input: &mut Unstructured<'_>) -> Result<scwkms_client> {
        match u8::arbitrary(input)? {
            255 => u64::arbitrary(input).map(|number| match number == *KEPT {
                true => 0,
                false => number,
            }),
            n => Ok(self.clients[usize::from(n) % self.clients.len()]),
        }
    }

    fn request(&self, input: &mut Unstructured<'_>) -> Result<scwkms_request> {
        match u8::arbitrary(input)? {
            n if n < 255 && !self.requests.is_empty() => {
                Ok(self.requests[usize::from(n) % self.requests.len()])
            }
            _ => u64::arbitrary(input),
        }
    }

    pub fn call(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let what = u8::arbitrary(input)? % 20;
        // Most calls give every place.
        let places = u8::arbitrary(input)?;
        let (wants_error, wants_output) = (places & 3 != 3, places & 12 != 12);
        let mut error = ErrorPlace::new(wants_error);
        let mut buffer = BufferPlace::new(wants_output);
        let client = self.client(input)?;
        // SAFETY, for each call below: strings are NUL-terminated or NULL, bytes are as long as is
        // said, or refused before anybody looks, and places are writable or NULL.
        let code = match what {
            0 => {
                self.open(input)?;
                SCWKMS_OK
            }
            1 => {
                // The first one stays for the others.
                if self.clients.first() != Some(&client) {
                    scwkms_free(client);
                }
                SCWKMS_OK
            }
            2 => {
                let name = Text::of(Some(arbitrary_bytes(input)?));
                unsafe { scwkms_validate_name(name.pointer(), error.pointer()) }
            }
            3 => {
                let (key, mut algorithm) = (key(input)?, u32::MAX);
                let place = if wants_error {
                    &mut algorithm
                } else {
                    std::ptr::null_mut()
                };
                let code = unsafe {
                    scwkms_public_key(
                        client,
                        key.pointer(),
                        buffer.pointer(),
                        place,
                        error.pointer(),
                    )
                };
                assert!(code == SCWKMS_OK || algorithm == u32::MAX);
                code
            }
            4..=6 => {
                let (key, number, digest) = (key(input)?, number(input)?, Bytes::of(input)?);
                let code = unsafe {
                    scwkms_sign(
                        client,
                        key.pointer(),
                        number,
                        digest.pointer(),
                        digest.len,
                        buffer.pointer(),
                        error.pointer(),
                    )
                };
                error.check(code);
                if let Some(signature) = buffer.take(code) {
                    assert!(SERVICE.verifies(digest.as_slice(), &signature));
                }
                return Ok(());
            }
            7 => {
                let (key, input) = (key(input)?, Bytes::of(input)?);
                unsafe {
                    scwkms_decrypt(
                        client,
                        key.pointer(),
                        input.pointer(),
                        input.len,
                        buffer.pointer(),
                        error.pointer(),
                    )
                }
            }
            8 => {
                let (key, input) = (key(input)?, Bytes::of(input)?);
                unsafe {
                    scwkms_encrypt(
                        client,
                        key.pointer(),
                        input.pointer(),
                        input.len,
                        buffer.pointer(),
                        error.pointer(),
                    )
                }
            }
            9..=12 => {
                let code = metadata(what, client, wants_output, input, &mut error)?;
                error.check(code);
                return Ok(());
            }
            13..=15 => {
                let code = self.start(what, client, wants_output, input, &mut error)?;
                error.check(code);
                return Ok(());
            }
            16 => unsafe { scwkms_wait(self.request(input)?, buffer.pointer(), error.pointer()) },
            17 => {
                scwkms_cancel(self.request(input)?);
                SCWKMS_OK
            }
            18 => {
                let number = number(input)?;
                assert_eq!(
                    scwkms_algorithm_name(number).is_null(),
                    !(1..=18).contains(&number)
                );
                SCWKMS_OK
            }
            _ => {
                SERVICE.tear(match u8::arbitrary(input)? % 4 {
                    0 => Tear::Cut {
                        at: u16::arbitrary(input)?,
                    },
                    1 => Tear::Status(u8::arbitrary(input)?),
                    _ => Tear::Change {
                        at: u16::arbitrary(input)?,
                        to: u8::arbitrary(input)?,
                    },
                });
                SCWKMS_OK
            }
        };
        error.check(code);
        if matches!(what, 3 | 7 | 8 | 16) {
            buffer.take(code);
        }
        Ok(())
    }

    /// Opens a client with more parameters; those that would lead elsewhere are given already.
    fn open(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let more = String::from_utf8(arbitrary_bytes(input)?).unwrap_or_default();
        // Files are another target's matter, and so are signatures that nobody verifies.
        if self.clients.len() >= 8
            || more.contains('%')
            || more.contains("ca-file")
            || more.contains("verify")
        {
            return Ok(());
        }
        let mut own = ErrorPlace::new(true);
        match open(&more, own.pointer()) {
            0 => own.check_any(),
            client => {
                own.check(SCWKMS_OK);
                self.clients.push(client);
            }
        }
        Ok(())
    }

    fn start(
        &mut self,
        what: u8,
        client: scwkms_client,
        given: bool,
        input: &mut Unstructured<'_>,
        error: &mut ErrorPlace,
    ) -> Result<i32> {
        let (key, bytes, mut request) = (key(input)?, Bytes::of(input)?, 0);
        let number = number(input)?;
        let (callback, context): (scwkms_callback, usize) = match u8::arbitrary(input)? % 3 {
            0 => (None, 0),
            1 => (Some(noticed), 0),
            _ => (Some(noticed), 1),
        };
        let context = std::ptr::without_provenance_mut::<c_void>(context);
        let to = if given {
            &mut request
        } else {
            std::ptr::null_mut()
        };
        let (key, data) = (key.pointer(), bytes.pointer());
        // SAFETY: as for all calls; the callback touches nothing but a counter.
        let code = unsafe {
            match what {
                13 => scwkms_sign_async(
                    client,
                    key,
                    number,
                    data,
                    bytes.len,
                    callback,
                    context,
                    to,
                    error.pointer(),
                ),
                14 => scwkms_decrypt_async(
                    client,
                    key,
                    data,
                    bytes.len,
                    callback,
                    context,
                    to,
                    error.pointer(),
                ),
                _ => scwkms_public_key_async(client, key, callback, context, to, error.pointer()),
            }
        };
        if code == SCWKMS_OK {
            assert_ne!(request, 0);
            self.requests.push(request);
            self.expected += usize::from(callback.is_some());
        }
        assert!(code == SCWKMS_OK || request == 0);
        Ok(code)
    }
}
