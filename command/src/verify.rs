//! `scwkms verify`

use std::path::PathBuf;

use clap::Args;
use scwkms::Client;

use crate::digest::KeyDigest;
use crate::failure::Failure;
use crate::input::{Input, read_file};

/// Prints nothing. The exit status is 0 for a valid signature and 7 for an invalid one.
#[derive(Args)]
pub(crate) struct Verify {
    /// The key
    key: String,
    /// The file with the signature
    #[arg(long, short = 's', value_name = "FILE")]
    signature: PathBuf,
    /// The input is the digest, not the message
    #[arg(long)]
    digest: bool,
    /// Let the service verify, not the local machine
    #[arg(long)]
    by_service: bool,
    #[command(flatten)]
    input: Input,
}

impl Verify {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let signature = read_file(&self.signature)?;
        let input = KeyDigest::read(client, &self.key, &self.input, self.digest)?;
        let verify = match self.by_service {
            true => Client::verify_by_service,
            false => Client::verify,
        };
        let algorithm = Some(input.algorithm);
        verify(client, &self.key, algorithm, &input.digest, &signature)?;
        Ok(())
    }
}
