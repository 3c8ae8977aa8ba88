//! `scwkms sign`

use clap::Args;
use scwkms::Client;

use crate::digest::{SignedContent, SignedInput};
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Output;

/// The message is hashed locally with the key's hash, and the digest is sent. ML-DSA keys sign the message itself, of at
/// most 1 MiB. The signature is verified before it is written. ECDSA signatures are in ASN.1 DER.
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
        let input = SignedInput::read(client, &self.key, &self.input, self.digest)?;
        let algorithm = Some(input.algorithm);
        let signature = match &input.content {
            SignedContent::Digest(digest) => client.sign(&self.key, algorithm, digest)?,
            SignedContent::Message(message) => {
                client.sign_message(&self.key, algorithm, message)?
            }
        };
        self.output.write(&signature)
    }
}
