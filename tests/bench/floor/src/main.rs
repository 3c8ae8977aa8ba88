//! The least that a Rust program can do to have signatures made: hyper on one connection, a body
//! that was built before, and an answer that is taken as it comes. It checks nothing but the
//! status, so it is no client to use; it shows what the exchange itself costs.
//!
//! It reads the variables that `scwkms-emulator --env` prints. Its options are those of the other
//! load programs, and `--http1`.

mod connection;
mod load;
mod options;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("scwkms-bench-floor: {error}");
            ExitCode::FAILURE
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn run() -> Result<String> {
    let options = options::parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Spawned tasks are not Send here, nor need they be.
    tokio::task::LocalSet::new().block_on(&runtime, load::run(options))
}
