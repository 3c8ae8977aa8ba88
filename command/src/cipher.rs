//! `scwkms encrypt` and `scwkms decrypt`

use clap::Args;
use scwkms::Client;

use crate::failure::Failure;
use crate::input::Input;
use crate::output::Output;

/// The service encrypts and decrypts. A file that a decryption creates can be read by its owner only.
#[derive(Args)]
pub(crate) struct Cipher {
    /// The key: aes_256_gcm or rsa_oaep
    key: String,
    /// Data that is authenticated with the ciphertext, but not part of it (aes_256_gcm only)
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    associated_data: String,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
}

impl Cipher {
    pub(crate) fn encrypt(&self, client: &Client) -> Result<(), Failure> {
        let plaintext = self.input.read()?;
        let ciphertext =
            client.encrypt_with_associated_data(&self.key, &plaintext, self.associated_data())?;
        self.output.write(&ciphertext)
    }

    pub(crate) fn decrypt(&self, client: &Client) -> Result<(), Failure> {
        let ciphertext = self.input.read()?;
        let decrypted =
            client.decrypt_with_associated_data(&self.key, &ciphertext, self.associated_data())?;
        self.output.write_secret(&decrypted.plaintext)
    }

    fn associated_data(&self) -> &[u8] {
        self.associated_data.as_bytes()
    }
}
