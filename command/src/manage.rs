//! The subcommands that change a key's state.

use clap::Args;
use scwkms::{Client, Error, KeyInfo};

use crate::failure::Failure;
use crate::key_json::print_key;

/// Prints the key as it is after the change.
#[derive(Args)]
pub(crate) struct Manage {
    /// The key
    key: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Manage {
    pub(crate) fn run(
        &self,
        client: &Client,
        action: fn(&Client, &str) -> Result<KeyInfo, Error>,
    ) -> Result<(), Failure> {
        print_key(&action(client, &self.key)?, self.json)
    }
}

/// A protected key cannot be deleted: `scwkms unprotect` removes the protection.
#[derive(Args)]
pub(crate) struct Delete {
    /// The key
    key: String,
}

impl Delete {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        Ok(client.delete_key(&self.key)?)
    }
}
