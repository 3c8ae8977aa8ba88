//! `scwkms keys`

use clap::Args;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scwkms::Client;

use crate::failure::Failure;
use crate::key_json::print_keys;

/// Lists the keys of the project, or else of the organization. Keys that are scheduled for deletion are left out.
#[derive(Args)]
pub(crate) struct Keys {
    /// Only keys with exactly this name
    #[arg(long)]
    name: Option<String>,
    /// Only keys of this algorithm, for example ec_p256_sha256
    #[arg(long)]
    algorithm: Option<String>,
    /// Only keys of this usage: asymmetric_signing, asymmetric_encryption, symmetric_encryption, key_encapsulation
    #[arg(long)]
    usage: Option<String>,
    /// Only keys with all these tags
    #[arg(long, value_name = "TAG,TAG")]
    tags: Option<String>,
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

impl Keys {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let query = uri(&[
            ("name", &self.name),
            ("algorithm", &self.algorithm),
            ("usage", &self.usage),
            ("tags", &self.tags),
            ("region", &self.region),
            ("project-id", &self.project_id),
        ]);
        print_keys(&client.find_keys(&query)?, self.json)
    }
}

/// A URI with the parameters that have a value.
pub(crate) fn uri(parameters: &[(&str, &Option<String>)]) -> String {
    let mut uri = "scwkms:".to_owned();
    for (name, value) in parameters {
        if let Some(value) = value {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            uri.push_str(&format!("{name}={value};"));
        }
    }
    uri
}
