//! The key of one message, derived from a data key. The derivation includes the header and the associated data.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::{constant_time, digest, hkdf};
use zeroize::Zeroizing;

use super::format::{COMMITMENT_LEN, SALT_LEN};
use crate::error::{Error, ErrorKind, Result};

const KEY_LEN: usize = 32;
/// The length of a data key.
const DATA_KEY_LEN: usize = 32;
const LABEL: &[u8] = b"scwkms envelope 1";

/// The key of a message, and a commitment to it. Equal commitments mean equal data keys, headers and associated data.
pub(super) struct MessageKey {
    pub(super) key: LessSafeKey,
    commitment: [u8; COMMITMENT_LEN],
}

impl MessageKey {
    /// Derives the key. `header` is the encoded header without its commitment; it ends with the salt.
    pub(super) fn derive(data_key: &[u8], header: &[u8], associated_data: &[u8]) -> Result<Self> {
        let output = expand(data_key, header, associated_data).ok_or_else(cannot_derive)?;
        let (key, commitment) = output.split_at(KEY_LEN);
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| cannot_derive())?),
            commitment: commitment.try_into().map_err(|_| cannot_derive())?,
        })
    }

    pub(super) fn commitment(&self) -> &[u8; COMMITMENT_LEN] {
        &self.commitment
    }

    /// Checks the commitment of a header.
    pub(super) fn check(&self, commitment: &[u8; COMMITMENT_LEN]) -> Result<()> {
        constant_time::verify_slices_are_equal(&self.commitment, commitment).map_err(|_| {
            Error::new(
                ErrorKind::Integrity,
                "the associated data is not that of the encryption, or the header of the message was modified",
            )
        })
    }
}

/// The output of HKDF-SHA-256: the key and the commitment.
fn expand(data_key: &[u8], header: &[u8], associated_data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let salt = header.last_chunk::<SALT_LEN>()?;
    if data_key.len() != DATA_KEY_LEN {
        return None;
    }
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(header);
    context.update(associated_data);
    let hash = context.finish();
    let info = [LABEL, hash.as_ref()];
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(data_key);
    let mut output = Zeroizing::new(vec![0; KEY_LEN + COMMITMENT_LEN]);
    let okm = prk.expand(&info, OutputLen(output.len())).ok()?;
    okm.fill(&mut output).ok()?;
    Some(output)
}

struct OutputLen(usize);

impl hkdf::KeyType for OutputLen {
    fn len(&self) -> usize {
        self.0
    }
}

fn cannot_derive() -> Error {
    Error::new(
        ErrorKind::Integrity,
        format!("the data key of the message does not have {DATA_KEY_LEN} bytes"),
    )
}
