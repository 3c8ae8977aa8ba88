//! The baseline: the smallest Rust program that gets signatures made. It uses hyper on one
//! connection, sends a body that was built beforehand, and checks only the response's status. So it
//! is no usable client; it shows the cost of the HTTP exchange.
//!
//! It reads the variables that `scwkms-emulator --env` prints. It has the options of the other load
//! programs, and `--http1`.

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
            eprintln!("scwkms-bench-baseline: {error}");
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
    // With a LocalSet the tasks need not be Send.
    tokio::task::LocalSet::new().block_on(&runtime, load::run(options))
}
