//! Import and deletion of key material: blocking and asynchronous.

use std::ffi::c_char;

use super::async_options::{ScwkmsAsyncOptions, scwkms_operation};
use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::client::scwkms_client;
use super::error::ScwkmsError;
use super::key::ScwkmsKey;
use super::results::write_import_parameters;
use super::start::start;
use super::{client_registry, input};

/// RSA-OAEP, 2048 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_OAEP_2048_SHA256: u32 = 1;
/// RSA-OAEP, 3072 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_OAEP_3072_SHA256: u32 = 2;
/// RSA-OAEP, 4096 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_OAEP_4096_SHA256: u32 = 3;
/// AES Key Wrap with a key that RSA-OAEP encrypts, 2048 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_2048_SHA256: u32 = 4;
/// AES Key Wrap with a key that RSA-OAEP encrypts, 3072 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_3072_SHA256: u32 = 5;
/// AES Key Wrap with a key that RSA-OAEP encrypts, 4096 bits, SHA-256.
pub const SCWKMS_WRAPPING_RSA_AES_KEY_WRAP_4096_SHA256: u32 = 6;

/// Imports key material into a key of origin external, which scwkms_create_key() creates with `origin=external` in
/// the URI. The service derives the key from the material and the salt. Each import is a rotation. It is repeated
/// only if the first request was certainly not processed. If this is unknown, the error says so.
///
/// @param client        the client
/// @param key           a key reference
/// @param material      the key material
/// @param material_len  its length in bytes, at least 1
/// @param salt          the salt; NULL for none
/// @param salt_len      its length in bytes
/// @param info          receives the key's new metadata, to be freed with scwkms_key_free()
/// @param error         receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key of another origin
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `material` NULL or valid for reading `material_len`
/// bytes, `salt` NULL or valid for reading `salt_len` bytes; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_import_key_material(
    client: scwkms_client,
    key: *const c_char,
    material: *const u8,
    material_len: usize,
    salt: *const u8,
    salt_len: usize,
    info: *mut *mut ScwkmsKey,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, material, salt) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(material, material_len, "material")?,
                input::bytes(salt, salt_len, "salt")?,
            )
        };
        let info = OutPointer::required(info, "info")?;
        let changed = client.import_key_material(key, material, salt)?;
        // SAFETY: the caller promises that the pointer is valid for writing.
        unsafe { info.write_boxed(ScwkmsKey::new(&changed)) };
        Ok(())
    })
}

/// Starts scwkms_import_key_material() and returns at once; see scwkms_sign_async(). scwkms_wait_key() takes the
/// metadata.
///
/// @param client        the client
/// @param key           a key reference
/// @param material      the key material, which is copied
/// @param material_len  its length in bytes, at least 1
/// @param salt          the salt, which is copied; NULL for none
/// @param salt_len      its length in bytes
/// @param options       options, or NULL
/// @param operation     receives the operation
/// @param error         receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_import_key_material()
///
/// Pointers: as for scwkms_import_key_material() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_import_key_material_async(
    client: scwkms_client,
    key: *const c_char,
    material: *const u8,
    material_len: usize,
    salt: *const u8,
    salt_len: usize,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string and valid bytes, which are used during this call only.
        let (key, material, salt) = unsafe {
            (
                input::text(key, "key")?,
                input::bytes(material, material_len, "material")?,
                input::bytes(salt, salt_len, "salt")?,
            )
        };
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_import_key_material(key, material, salt, options)
            })
        }
    })
}

/// Deletes imported key material at once: ciphertexts of it can no longer be decrypted. It is repeated only if the
/// first request was certainly not processed. If this is unknown, the error says so.
///
/// @param client          the client
/// @param key             a key reference
/// @param rotation_index  the index of the rotation, or -1 for the newest one
/// @param error           receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key whose origin is not external
///
/// Pointers: `key` must be NULL or a NUL-terminated string, `error` NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_delete_key_material(
    client: scwkms_client,
    key: *const c_char,
    rotation_index: i64,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let rotation_index = input::rotation_index(rotation_index)?;
        client.delete_key_material(key, rotation_index)
    })
}

/// Starts scwkms_delete_key_material() and returns at once; see scwkms_sign_async(). scwkms_wait_done() takes the
/// result.
///
/// @param client          the client
/// @param key             a key reference
/// @param rotation_index  the index of the rotation, or -1 for the newest one
/// @param options         options, or NULL
/// @param operation       receives the operation
/// @param error           receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_delete_key_material()
///
/// Pointers: as for scwkms_delete_key_material() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_delete_key_material_async(
    client: scwkms_client,
    key: *const c_char,
    rotation_index: i64,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let rotation_index = input::rotation_index(rotation_index)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_delete_key_material(key, rotation_index, options)
            })
        }
    })
}

/// Gets the public key and the token for an import of wrapped key material into a key of origin external. In its
/// version v1alpha1 the service has no request that takes the token: scwkms_import_key_material() imports material
/// that is not wrapped.
///
/// @param client              the client
/// @param key                 a key reference
/// @param wrapping_algorithm  one of SCWKMS_WRAPPING_*
/// @param public_key          receives the public key, as the service encodes it, to be freed with
///                            scwkms_buffer_free()
/// @param import_token        receives the token, to be freed with scwkms_buffer_free()
/// @param error               receives an error, or NULL
/// @return SCWKMS_OK or an error code; SCWKMS_ERROR_INVALID_ARGUMENT for a key whose origin is not external
///
/// Pointers: `key` must be NULL or a NUL-terminated string; the other pointers NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_get_import_parameters(
    client: scwkms_client,
    key: *const c_char,
    wrapping_algorithm: u32,
    public_key: *mut ScwkmsBuffer,
    import_token: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let client = client_registry::get(client)?;
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let wrapping_algorithm = input::wrapping_algorithm(wrapping_algorithm)?;
        let public_key = OutPointer::required(public_key, "public_key")?;
        let import_token = OutPointer::required(import_token, "import_token")?;
        let parameters = client.import_parameters(key, wrapping_algorithm)?;
        // SAFETY: the caller promises that both pointers are valid for writing.
        unsafe { write_import_parameters(parameters, public_key, import_token) };
        Ok(())
    })
}

/// Starts scwkms_get_import_parameters() and returns at once; see scwkms_sign_async().
/// scwkms_wait_import_parameters() takes the parameters.
///
/// @param client              the client
/// @param key                 a key reference
/// @param wrapping_algorithm  one of SCWKMS_WRAPPING_*
/// @param options             options, or NULL
/// @param operation           receives the operation
/// @param error               receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_get_import_parameters()
///
/// Pointers: as for scwkms_get_import_parameters() and scwkms_sign_async().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_get_import_parameters_async(
    client: scwkms_client,
    key: *const c_char,
    wrapping_algorithm: u32,
    options: *const ScwkmsAsyncOptions,
    operation: *mut scwkms_operation,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        // SAFETY: the caller promises a valid string, which is used during this call only.
        let key = unsafe { input::text(key, "key") }?;
        let wrapping_algorithm = input::wrapping_algorithm(wrapping_algorithm)?;
        // SAFETY: the caller promises valid options, and that `operation` is valid for writing.
        unsafe {
            start(client, options, operation, |client, options| {
                client.start_import_parameters(key, wrapping_algorithm, options)
            })
        }
    })
}
