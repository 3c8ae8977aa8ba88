//! Envelope encryption: caches, encryptors and decryptors, which live until the run ends or frees them.
//!
//! SAFETY, for each call: as for the calls of the module `blocking`. A cache, an encryptor or a decryptor was not freed, or is
//! NULL.

use std::ptr;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use scwkms::ffi::*;

use super::arguments::{Bytes, key};
use super::limits::Limits;
use super::outputs::{BufferOutput, ErrorOutput, Pointer};

const MAX_OPEN: usize = 4;

/// A message, or the part of one that exists.
#[derive(Clone, Default, PartialEq)]
struct Message {
    bytes: Vec<u8>,
    plaintext: Vec<u8>,
    associated_data: Vec<u8>,
}

/// An encryptor or a decryptor, and what it has processed.
struct Stream<T> {
    object: *mut T,
    message: Message,
}

type Encryption = Stream<ScwkmsEncryptor>;
type Decryption = Stream<ScwkmsDecryptor>;

#[derive(Default)]
pub struct Envelopes {
    caches: Vec<*mut ScwkmsDataKeyCache>,
    encryptions: Vec<Encryption>,
    decryptions: Vec<Decryption>,
    /// The complete messages of this run.
    messages: Vec<Message>,
}

impl Envelopes {
    pub fn call(&mut self, client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
        match u8::arbitrary(input)? % 12 {
            0 => self.new_cache(client, input),
            1 => self.free_one(input),
            2 | 3 => self.new_encryptor(client, input),
            4 | 5 => self.encrypt(input),
            6 => self.finish_encryption(input),
            7 | 8 => self.new_decryptor(client, input),
            9 => self.decrypt(input),
            _ => self.finish_decryption(input),
        }
    }

    fn new_cache(&mut self, client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
        let limits = Limits::read(input)?;
        let (mut cache, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
        let (output, error_output) = (cache.pointer(), error.pointer());
        let code =
            unsafe { scwkms_data_key_cache_new(client, limits.pointer(), output, error_output) };
        error.check(code);
        self.caches.extend(cache.take(code));
        Ok(())
    }

    /// Frees one cache, encryptor or decryptor, at any time.
    fn free_one(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        match u8::arbitrary(input)? % 3 {
            0 => self.caches.pop().into_iter().for_each(free_cache),
            1 => self.encryptions.pop().into_iter().for_each(free_encryption),
            _ => self.decryptions.pop().into_iter().for_each(free_decryption),
        }
        Ok(())
    }

    /// A cache, possibly of another client, or NULL.
    fn cache(&self, input: &mut Unstructured<'_>) -> Result<*const ScwkmsDataKeyCache> {
        let index = usize::from(u8::arbitrary(input)? % 4);
        let cache = self.caches.get(index).copied();
        Ok(cache.unwrap_or(ptr::null_mut()))
    }

    fn new_encryptor(&mut self, client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
        let (key, associated, cache) = (key(input)?, Bytes::read(input)?, self.cache(input)?);
        let (mut encryptor, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
        let code = unsafe {
            scwkms_encryptor_new(
                client,
                key.pointer(),
                associated.pointer(),
                associated.len,
                cache,
                encryptor.pointer(),
                error.pointer(),
            )
        };
        error.check(code);
        let message = Message::with(&associated);
        let opened = encryptor.take(code);
        opened.map(|object| push(&mut self.encryptions, object, message, free_encryption));
        Ok(())
    }

    /// Encrypts a part with the newest encryptor, or with NULL.
    fn encrypt(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let part = Bytes::read(input)?;
        let (mut output, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
        let object = newest(&self.encryptions);
        let code = unsafe {
            scwkms_encryptor_update(
                object,
                part.pointer(),
                part.len,
                output.pointer(),
                error.pointer(),
            )
        };
        error.check(code);
        if let (Some(bytes), Some(stream)) = (output.take(code), self.encryptions.last_mut()) {
            stream.message.bytes.extend(bytes);
            stream.message.plaintext.extend(part.as_slice());
        }
        Ok(())
    }

    /// Finishes the newest encryption, or NULL. The encryptor remains, and accepts nothing more.
    fn finish_encryption(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (mut output, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
        let object = newest(&self.encryptions);
        let code = unsafe { scwkms_encryptor_finish(object, output.pointer(), error.pointer()) };
        error.check(code);
        if let (Some(bytes), Some(stream)) = (output.take(code), self.encryptions.last_mut()) {
            stream.message.bytes.extend(bytes);
            self.messages.push(stream.message.clone());
            check_finished(|output, error| unsafe {
                scwkms_encryptor_finish(object, output, error)
            });
        }
        Ok(())
    }

    fn new_decryptor(&mut self, client: scwkms_client, input: &mut Unstructured<'_>) -> Result<()> {
        let (key, cache) = (key(input)?, self.cache(input)?);
        let source = self.source(input)?;
        let split = split_at(input, &source.bytes)?;
        let start = &source.bytes[..split];
        let associated = &source.associated_data;
        let (mut decryptor, mut error) = (Pointer::read(input)?, ErrorOutput::read(input)?);
        let code = unsafe {
            scwkms_decryptor_new(
                client,
                key.pointer(),
                associated.as_ptr(),
                associated.len(),
                cache,
                start.as_ptr(),
                start.len(),
                decryptor.pointer(),
                error.pointer(),
            )
        };
        error.check(code);
        let message = Message {
            bytes: start.to_vec(),
            plaintext: Vec::new(),
            associated_data: associated.clone(),
        };
        let opened = decryptor.take(code);
        opened.map(|object| push(&mut self.decryptions, object, message, free_decryption));
        Ok(())
    }

    /// Decrypts a part with the newest decryptor, or with NULL: in most cases the rest of a message of this run.
    fn decrypt(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (source, from) = (self.source(input)?, self.decryptions.last());
        let from = from.map_or(0, |stream| stream.message.bytes.len());
        let rest = source.bytes.get(from..).unwrap_or_default();
        let part = &rest[..split_at(input, rest)?];
        let (mut output, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
        let object = newest(&self.decryptions);
        let code = unsafe {
            scwkms_decryptor_update(
                object,
                part.as_ptr(),
                part.len(),
                output.pointer(),
                error.pointer(),
            )
        };
        error.check(code);
        if let (Some(bytes), Some(stream)) = (output.take(code), self.decryptions.last_mut()) {
            stream.message.bytes.extend(part);
            stream.message.plaintext.extend(bytes);
        }
        Ok(())
    }

    /// Finishes the newest decryption, or NULL. Only messages of this run can be decrypted.
    fn finish_decryption(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (mut output, mut error) = (BufferOutput::read(input)?, ErrorOutput::read(input)?);
        let object = newest(&self.decryptions);
        let code = unsafe { scwkms_decryptor_finish(object, output.pointer(), error.pointer()) };
        error.check(code);
        if let (Some(bytes), Some(stream)) = (output.take(code), self.decryptions.last_mut()) {
            stream.message.plaintext.extend(bytes);
            assert!(self.messages.contains(&stream.message), "another plaintext");
            check_finished(|output, error| unsafe {
                scwkms_decryptor_finish(object, output, error)
            });
        }
        Ok(())
    }

    /// What to decrypt: in most cases a message of this run, possibly with a changed byte or other associated data.
    fn source(&self, input: &mut Unstructured<'_>) -> Result<Message> {
        let choice = u8::arbitrary(input)?;
        let found = self.messages.get(usize::from(choice % 4));
        let (Some(message), false) = (found, choice == 255) else {
            let bytes = Bytes::read(input)?.as_slice().to_vec();
            let associated_data = Bytes::read(input)?.as_slice().to_vec();
            return Ok(Message {
                bytes,
                plaintext: Vec::new(),
                associated_data,
            });
        };
        let mut message = message.clone();
        match choice / 4 % 8 {
            0 => flip(&mut message.bytes, u16::arbitrary(input)?),
            1 => flip(&mut message.associated_data, u16::arbitrary(input)?),
            _ => {}
        }
        Ok(message)
    }

    /// Frees everything, after the clients were freed.
    pub fn free_all(self) {
        self.encryptions.into_iter().for_each(free_encryption);
        self.decryptions.into_iter().for_each(free_decryption);
        self.caches.into_iter().for_each(free_cache);
    }
}

impl Message {
    fn with(associated: &Bytes) -> Self {
        Self {
            associated_data: associated.as_slice().to_vec(),
            ..Self::default()
        }
    }
}

/// Frees the oldest stream if too many are open.
fn push<T>(
    streams: &mut Vec<Stream<T>>,
    object: *mut T,
    message: Message,
    free: impl Fn(Stream<T>),
) {
    if streams.len() == MAX_OPEN {
        free(streams.remove(0));
    }
    streams.push(Stream { object, message });
}

fn newest<T>(streams: &[Stream<T>]) -> *mut T {
    streams.last().map_or(ptr::null_mut(), |s| s.object)
}

/// In most cases the whole length.
fn split_at(input: &mut Unstructured<'_>, bytes: &[u8]) -> Result<usize> {
    Ok(match u8::arbitrary(input)? % 4 {
        0 => usize::from(u16::arbitrary(input)?).min(bytes.len()),
        _ => bytes.len(),
    })
}

fn flip(bytes: &mut [u8], at: u16) {
    if !bytes.is_empty() {
        bytes[usize::from(at) % bytes.len()] ^= 1;
    }
}

/// The second call of a function that finishes is an error.
fn check_finished(finish: impl Fn(*mut ScwkmsBuffer, *mut *mut ScwkmsError) -> i32) {
    let (mut output, mut error) = (BufferOutput::new(true), ErrorOutput::new(true));
    let code = finish(output.pointer(), error.pointer());
    assert_eq!(code, SCWKMS_ERROR_INVALID_ARGUMENT);
    error.check(code);
    output.take(code);
}

fn free_cache(cache: *mut ScwkmsDataKeyCache) {
    unsafe { scwkms_data_key_cache_free(cache) }
}

fn free_encryption(stream: Encryption) {
    unsafe { scwkms_encryptor_free(stream.object) }
}

fn free_decryption(stream: Decryption) {
    unsafe { scwkms_decryptor_free(stream.object) }
}

/// NULL can be freed.
pub fn check_null_envelopes() {
    free_cache(ptr::null_mut());
    unsafe {
        scwkms_encryptor_free(ptr::null_mut());
        scwkms_decryptor_free(ptr::null_mut());
    }
}
