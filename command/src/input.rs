//! The input of a subcommand: a file or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Input {
    /// The file to read, or - for standard input
    #[arg(long = "in", short = 'i', value_name = "FILE", default_value = "-")]
    in_path: PathBuf,
}

impl Input {
    /// Opens the input.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, Failure> {
        if self.in_path == Path::new("-") {
            return Ok(Box::new(io::stdin().lock()));
        }
        match File::open(&self.in_path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// The whole input. It may be a secret, so it is wiped.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        read_all(self.open()?, &self.in_path)
    }

    /// The next part of an opened input; `None` at its end.
    pub(crate) fn read_part<'a>(
        &self,
        input: &mut impl Read,
        part: &'a mut [u8],
    ) -> Result<Option<&'a [u8]>, Failure> {
        read_part(input, part).map_err(|error| self.failure(&error))
    }

    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        Failure::file("read", &self.in_path, error)
    }
}

/// A buffer for [`read_part`]. It is wiped.
pub(crate) fn part_buffer() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0; 64 << 10])
}

/// The next bytes of an input, as many as it has; `None` at its end.
pub(crate) fn read_part<'a>(
    input: &mut impl Read,
    part: &'a mut [u8],
) -> io::Result<Option<&'a [u8]>> {
    loop {
        match input.read(part) {
            Ok(0) => return Ok(None),
            Ok(len) => return Ok(Some(&part[..len])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The content of a file of limited size.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
    read_all(file, path)
}

/// The service accepts less. Reading ends here, since the input may be a device or a wrong file.
const MAX_SIZE: u64 = 1 << 20;

fn read_all(input: impl Read, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut content = Zeroizing::new(Vec::new());
    let mut limited = input.take(MAX_SIZE + 1);
    let size = limited
        .read_to_end(&mut content)
        .map_err(|error| Failure::file("read", path, &error))?;
    match size as u64 > MAX_SIZE {
        true => Err(Failure::invalid(format!(
            "{} is over 1 MiB; Key Manager processes at most 65,535 bytes",
            path.display()
        ))),
        false => Ok(content),
    }
}
