//! The blocking forms of the operations.

use std::ffi::c_char;

use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::{client_registry, input};

/// Gets a key's public key and its algorithm.
///
/// The first use of a key by a client sends two requests in parallel. Later uses send none.
///
/// A key reference is a text, here and in all functions: the key's UUID, `REGION/UUID`, `scwkms:UUID`,
/// `scwkms:key-id=UUID;region=REGION`, or `scwkms:name=NAME` if exactly one key has that name.
/// A region in the text takes precedence over the client's.
///
/// @param client     the client
/// @param key        a key reference
/// @param spki_der   receives a SubjectPublicKeyInfo in DER (RFC 5280), to be freed with
///                   scwkms_buffer_free()
/// @param algorithm  receives one of SCWKMS_ALGORITHM_*, or NULL
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a symmetric key
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_public_key(
    client: scwkms_client,
    key: *const c_char,
    spki_der: *mut ScwkmsBuffer,
    algorithm: *mut u32,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let spki_der = OutPointer::required(spki_der, "spki_der")?;
        let public_key = client.public_key(key)?;
        // SAFETY: the caller promises that both pointers are valid for writing.
        unsafe {
            spki_der.write(ScwkmsBuffer::new(public_key.spki));
            if let Some(algorithm) = OutPointer::optional(algorithm) {
                algorithm.write(public_key.algorithm.code());
            }
        }
        Ok(())
    })
}

/// Signs a digest. scwkms_sign_message() signs a message, and is the only function that signs with ML-DSA keys.
///
/// Key usage, algorithm and digest length are checked before a request is sent. The signature is verified with the public
/// key, unless the client's URI contains verify=false. A signature that does not verify is never returned. ECDSA signatures
/// are in ASN.1 DER (RFC 3279), RSA signatures have the length of the modulus.
///
/// @param client      the client
/// @param key         a key reference
/// @param algorithm   the algorithm that the caller expects the key to have, or 0; a mismatch is
///                    SCWKMS_ERROR_UNSUPPORTED, and its message names both
/// @param digest      the digest
/// @param digest_len  its length in bytes: 32 for SHA-256, 48 for SHA-384, as the key's algorithm requires
/// @param signature   receives the signature, to be freed with scwkms_buffer_free()
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INTEGRITY if the service returned something other than a signature
///         of the digest by the key
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `digest` NULL or valid for reading `digest_len`
/// bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_sign(
    client: scwkms_client,
    key: *const c_char,
    algorithm: u32,
    digest: *const u8,
    digest_len: usize,
    signature: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, digest) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(digest, digest_len, "digest")?,
            )
        };
        let signature = OutPointer::required(signature, "signature")?;
        let made = client.sign(key, input::algorithm(algorithm)?, digest)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { signature.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}

/// Decrypts with an RSA-OAEP key (SHA-256, MGF1 with SHA-256, no label) or an AES-256-GCM key (no
/// associated data).
///
/// @param client          the client
/// @param key             a key reference
/// @param ciphertext      the ciphertext
/// @param ciphertext_len  its length in bytes: that of the modulus for RSA, else 1 to 131071
/// @param plaintext       receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
/// @param error           receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not decrypt,
///         SCWKMS_ERROR_INVALID_ARGUMENT for a ciphertext that was not made with the key
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `ciphertext` NULL or valid for reading
/// `ciphertext_len` bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_decrypt(
    client: scwkms_client,
    key: *const c_char,
    ciphertext: *const u8,
    ciphertext_len: usize,
    plaintext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, ciphertext) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(ciphertext, ciphertext_len, "ciphertext")?,
            )
        };
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let mut found = client.decrypt(key, ciphertext)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { plaintext.write(ScwkmsBuffer::new(std::mem::take(&mut found))) };
        Ok(())
    })
}

/// Encrypts, by the service, with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no
/// associated data).
///
/// @param client         the client
/// @param key            a key reference
/// @param plaintext      the plaintext
/// @param plaintext_len  its length in bytes: at least 1, at most 190, 318 or 446 for RSA of 2048,
///                       3072 or 4096 bits, at most 65535 for AES
/// @param ciphertext     receives the ciphertext, to be freed with scwkms_buffer_free()
/// @param error          receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_UNSUPPORTED for a key that does not encrypt
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `plaintext` NULL or valid for reading
/// `plaintext_len` bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_encrypt(
    client: scwkms_client,
    key: *const c_char,
    plaintext: *const u8,
    plaintext_len: usize,
    ciphertext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, plaintext) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(plaintext, plaintext_len, "plaintext")?,
            )
        };
        let ciphertext = OutPointer::required(ciphertext, "ciphertext")?;
        let made = client.encrypt(key, plaintext)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { ciphertext.write(ScwkmsBuffer::new(made)) };
        Ok(())
    })
}
