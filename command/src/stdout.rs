//! Standard output.

use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// Writes to standard output.
pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::closed_pipe(),
        _ => Failure::file("write", Path::new("standard output"), &error),
    })
}
