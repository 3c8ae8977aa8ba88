//! Shell completions and manual pages: hidden subcommands for packages.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::write_stdout;

/// Writes completions for a shell to standard output.
#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut completions = Vec::new();
        let mut command = Arguments::command();
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
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let failure = |error| Failure::file("write", &self.directory, &error);
        fs::create_dir_all(&self.directory).map_err(failure)?;
        let command = Arguments::command().disable_help_subcommand(true);
        clap_mangen::generate_to(command, &self.directory).map_err(failure)
    }
}
