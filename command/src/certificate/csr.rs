//! `scwkms csr`

use clap::Args;
use scwkms::Client;

use super::names::Names;
use super::remote_key::RemoteKey;
use crate::failure::Failure;
use crate::output::Output;
use crate::public_key::Encoding;

/// The request is signed with the key, which must be an ECDSA or RSA PKCS #1 key.
#[derive(Args)]
pub(crate) struct Csr {
    /// The key
    key: String,
    #[command(flatten)]
    names: Names,
    /// The encoding
    #[arg(long, value_enum, default_value_t = Encoding::Pem)]
    format: Encoding,
    #[command(flatten)]
    output: Output,
}

impl Csr {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let parameters = self.names.parameters()?;
        let key = RemoteKey::open(client, &self.key)?;
        let request = parameters
            .serialize_request(&key)
            .map_err(|error| key.failure(&error))?;
        let der = request.der().to_vec();
        self.output
            .write(&self.format.encode("CERTIFICATE REQUEST", der))
    }
}
