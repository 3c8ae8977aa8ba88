//! `scwkms public-key`

use clap::{Args, ValueEnum};
use pem::{EncodeConfig, LineEnding, Pem};
use scwkms::Client;

use crate::failure::Failure;
use crate::output::Output;

/// The public key is a SubjectPublicKeyInfo (RFC 5280).
#[derive(Args)]
pub(crate) struct PublicKey {
    /// The key
    key: String,
    /// The encoding
    #[arg(long, value_enum, default_value_t = Encoding::Pem)]
    format: Encoding,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Encoding {
    Pem,
    Der,
}

impl Encoding {
    pub(crate) fn encode(self, label: &str, der: Vec<u8>) -> Vec<u8> {
        match self {
            Encoding::Der => der,
            Encoding::Pem => {
                let line_ending = EncodeConfig::new().set_line_ending(LineEnding::LF);
                pem::encode_config(&Pem::new(label, der), line_ending).into_bytes()
            }
        }
    }
}

impl PublicKey {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let der = client.public_key(&self.key)?.spki;
        self.output.write(&self.format.encode("PUBLIC KEY", der))
    }
}
