//! C_Digest: digests are computed locally.

use cryptoki_sys::*;

use super::active::Active;
use super::input::{Input, Mode};
use super::output::{Reply, Room};
use crate::failure::{Failure, Result};
use crate::mechanisms::{HashFunction, Mechanism, check_without_parameter};

/// An active operation that computes a digest.
pub(crate) struct DigestOperation {
    input: Input,
    len: usize,
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
        })
    }
}

impl Active<DigestOperation> {
    /// Adds a part of the data. An error ends the operation.
    pub(crate) fn update(&self, part: &[u8]) -> Result<()> {
        let mut operation = self.take()?;
        operation.input.set_mode(Mode::Parts)?;
        operation.input.update(part)?;
        self.put(operation);
        Ok(())
    }

    /// The digest of all data.
    pub(crate) fn digest(&self, data: &[u8], room: Room) -> Result<Reply> {
        self.finish(Mode::Single, data, room)
    }

    /// The digest of the data of all parts.
    pub(crate) fn digest_parts(&self, room: Room) -> Result<Reply> {
        self.finish(Mode::Parts, &[], room)
    }

    fn finish(&self, mode: Mode, data: &[u8], room: Room) -> Result<Reply> {
        let mut operation = self.take()?;
        operation.input.set_mode(mode)?;
        if let Some(reply) = room.reply_without_data(operation.len) {
            self.put(operation);
            return Ok(reply);
        }
        operation.input.update(data)?;
        Ok(Reply::Data(operation.input.finish()))
    }
}
