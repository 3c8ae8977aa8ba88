//! C_Digest: digests are computed locally.

use cryptoki_sys::*;

use super::input::Input;
use super::output::{Reply, Room};
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::{HashFunction, Mechanism, check_without_parameter};
use crate::session::Active;

/// An active operation that computes a digest.
pub(crate) struct DigestOperation {
    input: Input,
    len: usize,
    /// Whether a part of the data was passed.
    has_parts: bool,
}

impl DigestOperation {
    pub(crate) fn new(mechanism: &Mechanism) -> Result<Self> {
        let hash = HashFunction::of_mechanism(mechanism.kind).ok_or_else(|| {
            Failure::new(
                CKR_MECHANISM_INVALID,
                format!(
                    "the mechanism {:#x} does not compute digests",
                    mechanism.kind
                ),
            )
        })?;
        check_without_parameter(mechanism)?;
        Ok(Self {
            input: Input::new(Some(hash)),
            len: hash.algorithm().output_len(),
            has_parts: false,
        })
    }
}

impl Active<DigestOperation> {
    pub(crate) fn update(&self, part: &[u8]) -> Result<()> {
        let mut operation = self.take()?;
        operation.input.update(part)?;
        operation.has_parts = true;
        self.put(operation);
        Ok(())
    }

    /// The digest of all data.
    pub(crate) fn digest(&self, data: &[u8], room: Room) -> Result<Reply> {
        let mut operation = self.take()?;
        if operation.has_parts {
            return fail(
                CKR_OPERATION_NOT_INITIALIZED,
                "after a part of the data only further parts and the end can follow",
            );
        }
        if let Some(reply) = room.reply_without_data(operation.len) {
            self.put(operation);
            return Ok(reply);
        }
        operation.input.update(data)?;
        Ok(Reply::Data(operation.input.finish()))
    }

    /// The digest of the data of all parts.
    pub(crate) fn digest_parts(&self, room: Room) -> Result<Reply> {
        let operation = self.take()?;
        if let Some(reply) = room.reply_without_data(operation.len) {
            self.put(operation);
            return Ok(reply);
        }
        Ok(Reply::Data(operation.input.finish()))
    }
}
