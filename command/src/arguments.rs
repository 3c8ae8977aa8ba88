//! The command line.

use clap::{Parser, Subcommand};

use crate::certificate::{Csr, SelfSigned};
use crate::cipher::Cipher;
use crate::create::Create;
use crate::doctor::Doctor;
use crate::documentation::{Completions, Man};
use crate::file_cipher::{DecryptFile, EncryptFile};
use crate::keys::Keys;
use crate::manage::{Delete, Manage};
use crate::public_key::PublicKey;
use crate::sign::Sign;
use crate::update::Update;
use crate::verify::Verify;

/// Uses and manages keys in Scaleway Key Manager.
///
/// KEY is a key's id, REGION/ID, or a URI such as scwkms:name=my-key. The settings come from the environment
/// (SCW_ACCESS_KEY, SCW_SECRET_KEY, SCW_DEFAULT_REGION, SCW_DEFAULT_PROJECT_ID) and from Scaleway's config file.
#[derive(Parser)]
#[command(name = "scwkms", version, propagate_version = true, after_help = EXIT_STATUSES)]
pub(crate) struct Arguments {
    /// Settings, as a client URI: scwkms:region=nl-ams;profile=work
    #[arg(
        long,
        global = true,
        value_name = "URI",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) client: String,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUSES: &str = "\
Exit statuses:
  0  success
  1  another error, or a failed step of doctor
  2  invalid arguments
  3  settings, credentials or permissions
  4  the key does not exist
  5  the key's state or type does not permit the operation
  6  the service or the network is unavailable, or the rate limit is exhausted
  7  an invalid signature or response";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Lists keys
    Keys(Keys),
    /// Creates a key
    Create(Create),
    /// Writes the public key of a key
    PublicKey(PublicKey),
    /// Signs a message
    Sign(Sign),
    /// Verifies a signature
    Verify(Verify),
    /// Encrypts up to 65,535 bytes
    Encrypt(Cipher),
    /// Decrypts a result of encrypt
    Decrypt(Cipher),
    /// Encrypts data of any size (envelope encryption)
    EncryptFile(EncryptFile),
    /// Decrypts a result of encrypt-file, or of the library's envelope encryption
    DecryptFile(DecryptFile),
    /// Makes a certificate signing request (PKCS #10)
    Csr(Csr),
    /// Makes a self-signed certificate
    SelfSigned(SelfSigned),
    /// Enables a disabled key
    Enable(Manage),
    /// Disables a key until it is enabled again
    Disable(Manage),
    /// Protects a key against deletion
    Protect(Manage),
    /// Removes the protection against deletion
    Unprotect(Manage),
    /// Generates new key material for a symmetric key
    Rotate(Manage),
    /// Restores a key that is scheduled for deletion
    Restore(Manage),
    /// Schedules a key for deletion. For 7 days it can be restored
    Delete(Delete),
    /// Changes a key's name, description, tags or rotation period
    Update(Update),
    /// Finds out why operations fail
    Doctor(Doctor),
    /// Writes shell completions
    #[command(hide = true)]
    Completions(Completions),
    /// Writes manual pages
    #[command(hide = true)]
    Man(Man),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
