//! `scwkms sign`

use clap::Args;
use scwkms::Client;

use crate::digest::KeyDigest;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Output;

/// The message is hashed locally with the key's hash, and the digest is sent. The signature is verified before it is
/// written. ECDSA signatures are in ASN.1 DER.
#[derive(Args)]
pub(crate) struct Sign {
    /// The key
    key: String,
    /// The input is the digest, not the message
    #[arg(long)]
    digest: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
}

impl Sign {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let input = KeyDigest::read(client, &self.key, &self.input, self.digest)?;
        let signature = client.sign(&self.key, Some(input.algorithm), &input.digest)?;
        self.output.write(&signature)
    }
}
