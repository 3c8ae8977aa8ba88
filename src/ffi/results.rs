//! Writes results that consist of two buffers.

use super::boundary::OutPointer;
use super::buffer::ScwkmsBuffer;
use crate::client::{DataKey, Decrypted, ImportParameters};

/// Writes a plaintext, and the new ciphertext or an empty buffer.
///
/// # Safety
/// The pointers must be valid for writing.
pub(super) unsafe fn write_decrypted(
    mut decrypted: Decrypted,
    plaintext: OutPointer<ScwkmsBuffer>,
    reencrypted: Option<OutPointer<ScwkmsBuffer>>,
) {
    let bytes = std::mem::take(&mut *decrypted.plaintext);
    // SAFETY: the caller of this function promises this.
    unsafe {
        plaintext.write(ScwkmsBuffer::new(bytes));
        if let Some(reencrypted) = reencrypted {
            reencrypted.write(ScwkmsBuffer::new(decrypted.reencrypted.unwrap_or_default()));
        }
    }
}

/// Writes a data key, or an empty buffer if the service did not send it, and its ciphertext.
///
/// # Safety
/// The pointers must be valid for writing.
pub(super) unsafe fn write_data_key(
    data_key: DataKey,
    plaintext: Option<OutPointer<ScwkmsBuffer>>,
    ciphertext: OutPointer<ScwkmsBuffer>,
) {
    let mut bytes = data_key.plaintext.unwrap_or_default();
    // SAFETY: the caller of this function promises this.
    unsafe {
        if let Some(plaintext) = plaintext {
            plaintext.write(ScwkmsBuffer::new(std::mem::take(&mut *bytes)));
        }
        ciphertext.write(ScwkmsBuffer::new(data_key.ciphertext));
    }
}

/// Writes the parameters of an import.
///
/// # Safety
/// The pointers must be valid for writing.
pub(super) unsafe fn write_import_parameters(
    parameters: ImportParameters,
    public_key: OutPointer<ScwkmsBuffer>,
    import_token: OutPointer<ScwkmsBuffer>,
) {
    // SAFETY: the caller of this function promises this.
    unsafe {
        public_key.write(ScwkmsBuffer::new(parameters.public_key));
        import_token.write(ScwkmsBuffer::new(parameters.import_token));
    }
}
