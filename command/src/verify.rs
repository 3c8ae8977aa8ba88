//! `scwkms verify`

use std::path::PathBuf;

use clap::Args;
use scwkms::Client;

use crate::digest::{SignedContent, SignedInput};
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
        let input = SignedInput::read(client, &self.key, &self.input, self.digest)?;
        let (key, algorithm) = (&self.key, Some(input.algorithm));
        match &input.content {
            SignedContent::Digest(digest) if self.by_service => {
                client.verify_by_service(key, algorithm, digest, &signature)?;
            }
            SignedContent::Digest(digest) => client.verify(key, algorithm, digest, &signature)?,
            SignedContent::Message(_) if self.by_service => {
                return Err(Failure::unsupported(format!(
                    "signatures of {} are verified on the local machine only; leave out --by-service",
                    input.algorithm
                )));
            }
            SignedContent::Message(message) => {
                client.verify_message(key, algorithm, message, &signature)?;
            }
        }
        Ok(())
    }
}
