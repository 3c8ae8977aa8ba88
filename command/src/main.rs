//! The command `scwkms`: manages and uses keys in Scaleway Key Manager, and finds out why this does not work.
//!
//! `arguments` lists the subcommands. Each is a module with its arguments and a function `run`.

mod arguments;
mod certificate;
mod cipher;
mod create;
mod digest;
mod doctor;
mod documentation;
mod failure;
mod file_cipher;
mod input;
mod key_json;
mod keys;
mod manage;
mod output;
mod output_stream;
mod period;
mod progress;
mod public_key;
mod sign;
mod stdout;
mod table;
mod update;
mod verify;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use scwkms::Client;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::report_usage(&error),
    };
    match run(&arguments) {
        Ok(status) => status,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let open = || Client::open(&arguments.client).map_err(Failure::from);
    match &arguments.command {
        Command::Keys(command) => command.run(&open()?)?,
        Command::Create(command) => command.run(&open()?)?,
        Command::PublicKey(command) => command.run(&open()?)?,
        Command::Sign(command) => command.run(&open()?)?,
        Command::Verify(command) => command.run(&open()?)?,
        Command::Encrypt(command) => command.encrypt(&open()?)?,
        Command::Decrypt(command) => command.decrypt(&open()?)?,
        Command::EncryptFile(command) => command.run(&open()?)?,
        Command::DecryptFile(command) => command.run(&open()?)?,
        Command::Csr(command) => command.run(&open()?)?,
        Command::SelfSigned(command) => command.run(&open()?)?,
        Command::Enable(command) => command.run(&open()?, Client::enable_key)?,
        Command::Disable(command) => command.run(&open()?, Client::disable_key)?,
        Command::Protect(command) => command.run(&open()?, Client::protect_key)?,
        Command::Unprotect(command) => command.run(&open()?, Client::unprotect_key)?,
        Command::Rotate(command) => command.run(&open()?, Client::rotate_key)?,
        Command::Restore(command) => command.run(&open()?, Client::restore_key)?,
        Command::Delete(command) => command.run(&open()?)?,
        Command::Update(command) => command.run(&open()?)?,
        Command::Doctor(command) => return command.run(&arguments.client),
        Command::Completions(command) => command.run(Arguments::command())?,
        Command::Man(command) => command.run(Arguments::command())?,
    }
    Ok(ExitCode::SUCCESS)
}
