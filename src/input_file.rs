//! Files that the library reads. Opening or reading a pipe or a device can block for ever; here both end after a time limit.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

/// The time limit for the data of a pipe or a device. A shell's process substitution, `<(command)`, is a pipe.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// An open file.
pub(crate) struct InputFile {
    file: File,
    metadata: Metadata,
    /// Whether nothing was read yet.
    unread: bool,
    /// The end of the time limit.
    until: Instant,
}

impl InputFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::open_with_limit(path, MAX_WAIT)
    }

    /// Opens a file that can be read more than once. This is not possible with the data of a pipe.
    pub(crate) fn open_regular(path: &Path) -> io::Result<Self> {
        let opened = Self::open(path)?;
        match opened.metadata.is_file() {
            true => Ok(opened),
            false => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is not a regular file",
            )),
        }
    }

    fn open_with_limit(path: &Path, limit: Duration) -> io::Result<Self> {
        let file = options().open(path)?;
        Ok(Self {
            metadata: file.metadata()?,
            file,
            unread: true,
            until: Instant::now() + limit,
        })
    }

    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Waits until there is data, or until a pipe has no writer any more.
    #[cfg(unix)]
    fn wait(&self) -> io::Result<()> {
        use nix::errno::Errno;
        use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
        use std::os::fd::AsFd;

        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "it is not a regular file, and it provides no data",
                ));
            }
            let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
            let file = PollFd::new(self.file.as_fd(), PollFlags::POLLIN);
            match poll(&mut [file], timeout) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return Ok(()),
                Err(e) => return Err(e.into()),
            }
        }
    }

    #[cfg(not(unix))]
    fn wait(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.metadata.is_file() {
            return self.file.read(buffer);
        }
        // A pipe without a writer has no data. Before the first data, a writer may still open it.
        let mut may_open = self.unread;
        loop {
            match self.file.read(buffer) {
                Ok(0) if may_open => may_open = false,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.unread = false;
                    return result;
                }
            }
            self.wait()?;
        }
    }
}

/// Opening a pipe without a writer does not block, and a terminal does not become the process's controlling terminal.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    options
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{PipeReader, PipeWriter, Write, pipe};
    use std::os::fd::AsRawFd;

    use super::*;

    /// Opens a pipe as a shell's process substitution does.
    fn open(reader: &PipeReader, limit: Duration) -> InputFile {
        let path = format!("/dev/fd/{}", reader.as_raw_fd());
        InputFile::open_with_limit(Path::new(&path), limit).expect("a file")
    }

    fn new_pipe() -> (PipeReader, PipeWriter) {
        pipe().expect("a pipe")
    }

    fn read(mut file: InputFile) -> io::Result<String> {
        let mut text = String::new();
        file.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn data_of_a_pipe_is_read_until_its_writer_has_ended() {
        let (reader, mut writer) = new_pipe();
        let file = open(&reader, Duration::from_secs(60));
        let thread = std::thread::spawn(move || read(file));
        for part in ["one ", "two"] {
            writer.write_all(part.as_bytes()).expect("written");
            std::thread::yield_now();
        }
        drop(writer);
        assert_eq!(thread.join().expect("no panic").expect("text"), "one two");
    }

    #[test]
    fn data_of_a_writer_that_has_ended_is_read() {
        for data in ["data", ""] {
            let (reader, mut writer) = new_pipe();
            writer.write_all(data.as_bytes()).expect("written");
            drop(writer);
            let text = read(open(&reader, Duration::from_secs(60)));
            assert_eq!(text.expect("text"), data);
        }
    }

    #[test]
    fn the_wait_for_data_has_a_time_limit() {
        let (reader, mut writer) = new_pipe();
        for has_data in [false, true] {
            if has_data {
                writer.write_all(b"data").expect("written");
            }
            let error = read(open(&reader, Duration::ZERO)).expect_err("no end");
            assert_eq!(error.kind(), io::ErrorKind::TimedOut, "{error}");
        }
    }

    #[test]
    fn a_device_can_be_read_once_and_is_not_a_regular_file() {
        let null = Path::new("/dev/null");
        let text = read(InputFile::open(null).expect("a file"));
        assert_eq!(text.expect("text"), "");
        let error = InputFile::open_regular(null).err().expect("an error");
        assert_eq!(error.to_string(), "it is not a regular file");
    }
}
