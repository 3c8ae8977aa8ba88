//! Takes the results of operations that return several values.

use super::algorithm_list::ScwkmsAlgorithmList;
use super::async_options::scwkms_operation;
use super::boundary::{OutPointer, guard};
use super::buffer::ScwkmsBuffer;
use super::error::ScwkmsError;
use super::operation_registry;
use super::results::{write_data_key, write_decrypted, write_import_parameters};
use super::rotation_list::ScwkmsRotationList;
use super::wait::unexpected;
use crate::client::{self, OutputKind};

/// Takes the result of an operation that was started by scwkms_decrypt_with_associated_data_async(); see
/// scwkms_wait().
///
/// @param operation    the operation
/// @param plaintext    receives the plaintext, to be freed with scwkms_buffer_free(), which wipes it
/// @param reencrypted  receives the new ciphertext, or an empty buffer if the key was not rotated; NULL if it is
///                     not needed
/// @param error        receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_decrypted(
    operation: scwkms_operation,
    plaintext: *mut ScwkmsBuffer,
    reencrypted: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let plaintext = OutPointer::required(plaintext, "plaintext")?;
        let reencrypted = OutPointer::optional(reencrypted);
        match operation_registry::wait(operation, OutputKind::Decrypted)? {
            client::Output::Decrypted(result) => {
                // SAFETY: the caller promises that the pointers are valid for writing.
                unsafe { write_decrypted(result, plaintext, reencrypted) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_generate_data_key_async(); see scwkms_wait().
///
/// @param operation   the operation
/// @param plaintext   receives the data key, or an empty buffer if it was not requested, to be freed with
///                    scwkms_buffer_free(), which wipes it; NULL if it is not needed
/// @param ciphertext  receives the encrypted data key, to be freed with scwkms_buffer_free()
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_data_key(
    operation: scwkms_operation,
    plaintext: *mut ScwkmsBuffer,
    ciphertext: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let plaintext = OutPointer::optional(plaintext);
        let ciphertext = OutPointer::required(ciphertext, "ciphertext")?;
        match operation_registry::wait(operation, OutputKind::DataKey)? {
            client::Output::DataKey(result) => {
                // SAFETY: the caller promises that the pointers are valid for writing.
                unsafe { write_data_key(result, plaintext, ciphertext) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_get_import_parameters_async(); see scwkms_wait().
///
/// @param operation     the operation
/// @param public_key    receives the public key, to be freed with scwkms_buffer_free()
/// @param import_token  receives the token, to be freed with scwkms_buffer_free()
/// @param error         receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_import_parameters(
    operation: scwkms_operation,
    public_key: *mut ScwkmsBuffer,
    import_token: *mut ScwkmsBuffer,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let public_key = OutPointer::required(public_key, "public_key")?;
        let import_token = OutPointer::required(import_token, "import_token")?;
        match operation_registry::wait(operation, OutputKind::ImportParameters)? {
            client::Output::ImportParameters(result) => {
                // SAFETY: the caller promises that the pointers are valid for writing.
                unsafe { write_import_parameters(result, public_key, import_token) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_list_rotations_async(); see scwkms_wait().
///
/// @param operation  the operation
/// @param rotations  receives the list, to be freed with scwkms_rotation_list_free()
/// @param error      receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_rotation_list(
    operation: scwkms_operation,
    rotations: *mut *mut ScwkmsRotationList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let rotations = OutPointer::required(rotations, "rotations")?;
        match operation_registry::wait(operation, OutputKind::Rotations)? {
            client::Output::Rotations(result) => {
                // SAFETY: the caller promises that the pointers are valid for writing.
                unsafe { rotations.write_boxed(ScwkmsRotationList::new(&result)) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}

/// Takes the result of an operation that was started by scwkms_list_algorithms_async(); see scwkms_wait().
///
/// @param operation   the operation
/// @param algorithms  receives the list, to be freed with scwkms_algorithm_list_free()
/// @param error       receives an error, or NULL
/// @return SCWKMS_OK, or an error code as from scwkms_wait()
///
/// Pointers: NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scwkms_wait_algorithm_list(
    operation: scwkms_operation,
    algorithms: *mut *mut ScwkmsAlgorithmList,
    error: *mut *mut ScwkmsError,
) -> i32 {
    guard(error, || {
        let algorithms = OutPointer::required(algorithms, "algorithms")?;
        match operation_registry::wait(operation, OutputKind::Algorithms)? {
            client::Output::Algorithms(result) => {
                // SAFETY: the caller promises that the pointers are valid for writing.
                unsafe { algorithms.write_boxed(ScwkmsAlgorithmList::new(&result)) };
                Ok(())
            }
            _ => unexpected(),
        }
    })
}
