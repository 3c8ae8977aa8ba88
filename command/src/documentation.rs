//! Shell completions and manual pages: hidden subcommands for packages.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::stdout::write_stdout;

/// Writes completions for a shell to standard output.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, mut command: Command) -> Result<(), Failure> {
        let mut completions = Vec::new();
        clap_complete::generate(self.shell, &mut command, "scwkms", &mut completions);
        write_stdout(&completions)
    }
}

/// Writes scwkms.1 and a page for each subcommand.
#[derive(Args)]
pub(crate) struct Man {
    /// The directory for the pages
    directory: PathBuf,
}

impl Man {
    pub(crate) fn run(&self, command: Command) -> Result<(), Failure> {
        let failure = |error| Failure::file("write", &self.directory, &error);
        fs::create_dir_all(&self.directory).map_err(failure)?;
        clap_mangen::generate_to(command.disable_help_subcommand(true), &self.directory)
            .map_err(failure)
    }
}
