//! What operations on data have in common: the data comes at once or in parts, and most have an output.

use super::active::Active;
use super::input::{Input, Mode};
use super::output::{Reply, Room};
use crate::failure::Result;

/// An operation on data.
pub(crate) trait Operation {
    fn input(&mut self) -> &mut Input;
}

/// An operation with an output: a digest, a signature, a ciphertext or a plaintext.
pub(crate) trait OutputOperation: Operation + Sized {
    /// The reply that needs no data, if there is one.
    fn early_reply(&self, room: Room) -> Option<Reply>;

    /// The reply, and the operation if it remains active.
    fn finish(self, room: Room) -> Result<(Reply, Option<Self>)>;
}

/// In each function an error ends the operation.
impl<T: Operation> Active<T> {
    /// Adds a part of the data.
    pub(crate) fn update(&self, part: &[u8]) -> Result<()> {
        let mut operation = self.take_in(Mode::Parts)?;
        operation.input().update(part)?;
        self.put(operation);
        Ok(())
    }

    /// Adds a part of the data to an operation whose output comes at its end. Without a buffer the program only asks for
    /// the length of the output, and passes the part again.
    pub(crate) fn update_without_output(&self, part: &[u8], room: Room) -> Result<Reply> {
        match room {
            Room::Query => self.update(&[])?,
            Room::Bytes(_) => self.update(part)?,
        }
        Ok(Reply::Length(0))
    }

    /// Takes the operation for data in this mode.
    pub(super) fn take_in(&self, mode: Mode) -> Result<T> {
        let mut operation = self.take()?;
        operation.input().set_mode(mode)?;
        Ok(operation)
    }
}

impl<T: OutputOperation> Active<T> {
    /// Processes all data at once. After a reply without the output the program passes the data again.
    pub(crate) fn process(&self, data: &[u8], room: Room) -> Result<Reply> {
        self.finish(Mode::Single, data, room)
    }

    /// Processes the data of all parts.
    pub(crate) fn process_parts(&self, room: Room) -> Result<Reply> {
        self.finish(Mode::Parts, &[], room)
    }

    fn finish(&self, mode: Mode, data: &[u8], room: Room) -> Result<Reply> {
        let mut operation = self.take_in(mode)?;
        if let Some(reply) = operation.early_reply(room) {
            self.put(operation);
            return Ok(reply);
        }
        operation.input().update(data)?;
        let (reply, remaining) = operation.finish(room)?;
        if let Some(operation) = remaining {
            self.put(operation);
        }
        Ok(reply)
    }
}
