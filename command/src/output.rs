//! The output of a subcommand: a file or standard output.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;
use crate::output_stream::{Access, OutputFile, OutputStream};
use crate::stdout::write_stdout;

#[derive(Args)]
pub(crate) struct Output {
    /// The file to write, or - for standard output
    #[arg(long = "out", short = 'o', value_name = "FILE", default_value = "-")]
    out_path: PathBuf,
    /// Write binary data to a terminal too
    #[arg(long)]
    force: bool,
}

impl Output {
    /// Writes a result. Binary data is not written to a terminal.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_with(bytes, |path| File::create(path))
    }

    /// Writes a secret. A new file can be read by its owner only.
    pub(crate) fn write_secret(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_with(bytes, create_private)
    }

    fn write_with(
        &self,
        bytes: &[u8],
        create: fn(&Path) -> io::Result<File>,
    ) -> Result<(), Failure> {
        if self.is_stdout() {
            self.check_text(bytes)?;
            return write_stdout(bytes);
        }
        create(&self.out_path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|error| Failure::file("write", &self.out_path, &error))
    }

    /// Fails if binary data would be written to a terminal.
    pub(crate) fn check_binary(&self) -> Result<(), Failure> {
        self.check_text(b"\0")
    }

    /// Begins a result that is written piece by piece.
    pub(crate) fn create(&self) -> Result<OutputStream<'_>, Failure> {
        self.create_with(Access::All)
    }

    /// Begins a secret that is written piece by piece.
    pub(crate) fn create_secret(&self) -> Result<OutputStream<'_>, Failure> {
        self.create_with(Access::Owner)
    }

    fn create_with(&self, access: Access) -> Result<OutputStream<'_>, Failure> {
        if self.is_stdout() {
            return Ok(OutputStream::Stdout);
        }
        match OutputFile::create(&self.out_path, access) {
            Ok(file) => Ok(OutputStream::File(file, &self.out_path)),
            Err(error) => Err(Failure::file("write", &self.out_path, &error)),
        }
    }

    fn is_stdout(&self) -> bool {
        self.out_path == Path::new("-")
    }

    /// Whether only text may be written: to a terminal.
    pub(crate) fn needs_text(&self) -> bool {
        self.is_stdout() && !self.force && io::stdout().is_terminal()
    }

    fn check_text(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self.needs_text() && !is_text(bytes) {
            true => Err(Failure::invalid(
                "the result is binary and standard output is a terminal; write it to a file with --out FILE, to a \
                 pipe, or use --force",
            )),
            false => Ok(()),
        }
    }
}

/// Whether a terminal shows the bytes without executing any of them.
fn is_text(bytes: &[u8]) -> bool {
    let printable = |c: char| !c.is_control() || c == '\n' || c == '\t';
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(printable))
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
