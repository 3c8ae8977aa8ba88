//! C_Digest: digests are computed locally.

use cryptoki_sys::*;

use super::input::Input;
use super::operation::{Operation, OutputOperation};
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

impl Operation for DigestOperation {
    fn input(&mut self) -> &mut Input {
        &mut self.input
    }
}

impl OutputOperation for DigestOperation {
    fn early_reply(&self, room: Room) -> Option<Reply> {
        room.reply_without_data(self.len)
    }

    fn finish(mut self, _room: Room) -> Result<(Reply, Option<Self>)> {
        Ok((Reply::Data(self.input.finish()), None))
    }
}
