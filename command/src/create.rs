//! `scwkms create`

use clap::Args;
use scwkms::Client;

use crate::failure::Failure;
use crate::key_json::print_key;
use crate::keys::uri;
use crate::progress::with_progress;

/// The key is protected against deletion, unless --unprotected is given. The service needs some seconds for an RSA key.
#[derive(Args)]
pub(crate) struct Create {
    /// The name of the key
    name: String,
    /// The algorithm, for example rsa_pkcs1_3072_sha256 or aes_256_gcm
    #[arg(long, default_value = "ec_p256_sha256")]
    algorithm: String,
    /// Do not protect the key against deletion
    #[arg(long)]
    unprotected: bool,
    /// A description
    #[arg(long)]
    description: Option<String>,
    /// The tags
    #[arg(long, value_name = "TAG,TAG")]
    tags: Option<String>,
    /// software or hsm
    #[arg(long, value_name = "LEVEL")]
    protection_level: Option<String>,
    /// The time between two rotations by the service, for example 30d (symmetric keys)
    #[arg(long, value_name = "PERIOD")]
    rotation_period: Option<String>,
    /// The key has no key material until some is imported
    #[arg(long)]
    external: bool,
    /// The region, if it is not that of the settings
    #[arg(long)]
    region: Option<String>,
    /// The project, if it is not that of the settings
    #[arg(long, value_name = "ID")]
    project_id: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let text = format!("creating the {} key", self.algorithm);
        let created = with_progress(&text, || client.create_key(&self.uri(), None, None));
        print_key(&created?, self.json)
    }

    fn uri(&self) -> String {
        uri(&[
            ("name", &Some(self.name.clone())),
            ("algorithm", &Some(self.algorithm.clone())),
            ("unprotected", &flag(self.unprotected, "true")),
            ("description", &self.description),
            ("tags", &self.tags),
            ("protection-level", &self.protection_level),
            ("rotation-period", &self.rotation_period),
            ("origin", &flag(self.external, "external")),
            ("region", &self.region),
            ("project-id", &self.project_id),
        ])
    }
}

fn flag(set: bool, value: &str) -> Option<String> {
    set.then(|| value.to_owned())
}
