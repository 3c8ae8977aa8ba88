//! `scwkms update`

use clap::Args;
use scwkms::{Client, KeyUpdate};

use crate::failure::Failure;
use crate::key_json::print_key;
use crate::period;

/// Attributes that are not given remain as they are.
#[derive(Args)]
pub(crate) struct Update {
    /// The key
    key: String,
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The new description. An empty one removes it
    #[arg(long)]
    description: Option<String>,
    /// The new tags, which replace all others. An empty text removes them
    #[arg(long, value_name = "TAG,TAG")]
    tags: Option<String>,
    /// The new time between two rotations by the service, for example 30d (symmetric keys)
    #[arg(long, value_name = "PERIOD", value_parser = period::parse)]
    rotation_period: Option<u64>,
    /// The time of the next rotation (RFC 3339)
    #[arg(long, value_name = "TIME")]
    next_rotation_at: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Update {
    pub(crate) fn run(&self, client: &Client) -> Result<(), Failure> {
        let update = KeyUpdate {
            name: self.name.clone(),
            description: self.description.clone(),
            tags: self.tags.as_deref().map(split_tags),
            rotation_period: self.rotation_period,
            next_rotation_at: self.next_rotation_at.clone(),
        };
        print_key(&client.update_key(&self.key, &update)?, self.json)
    }
}

fn split_tags(tags: &str) -> Vec<String> {
    let tags = tags.split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}
