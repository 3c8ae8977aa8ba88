//! Looks for a key in other regions and projects.

use super::Diagnosis;
use crate::api::{Api, Key, KeyFilter, KeyLocation, Scope};
use crate::client::KeyInfo;
use crate::config::Settings;
use crate::error::Result;
use crate::transport::{Deadline, Transport, Trust, runtime};
use crate::uri::{KeyReference, KeySelector};

/// The regions of Key Manager.
pub(super) const REGIONS: [&str; 3] = ["fr-par", "nl-ams", "pl-waw"];

impl Diagnosis {
    /// Looks for a key in all regions. A key that is named by its name is looked for in the client's project and in its
    /// organization, if the settings contain them. Where the credentials are not sufficient, no key is found.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a malformed key reference, and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for incomplete settings.
    pub fn locate(&self, key: &str) -> Result<Vec<KeyInfo>> {
        let reference = KeyReference::parse(key)?;
        let settings = self.resolve()?;
        let api = Api::new(Transport::new(&settings, &Trust::load(&settings)?)?);
        let scopes = scopes(&settings);
        let deadline = Deadline::after(settings.timeout);
        runtime::block_on(deadline, async move {
            let mut found: Vec<KeyInfo> = Vec::new();
            for region in REGIONS {
                let keys = in_region(&api, &reference.selector, region, &scopes, deadline).await;
                found.extend(keys);
            }
            Ok(found)
        })
    }
}

fn scopes(settings: &Settings) -> Vec<Scope> {
    let project = settings.project_id.clone().map(Scope::Project);
    let organization = settings.organization_id.clone().map(Scope::Organization);
    project.into_iter().chain(organization).collect()
}

async fn in_region(
    api: &Api,
    selector: &KeySelector,
    region: &str,
    scopes: &[Scope],
    deadline: Deadline,
) -> Vec<KeyInfo> {
    let keys = match selector {
        KeySelector::Id(id) => {
            let (region, id) = (region.to_owned(), id.clone());
            let key = api.get_key(&KeyLocation { region, id }, deadline).await;
            key.into_iter().collect()
        }
        KeySelector::Name { name, .. } => named(api, name, region, scopes, deadline).await,
    };
    keys.iter()
        .filter_map(|key| KeyInfo::new(key, region).ok())
        .collect()
}

async fn named(
    api: &Api,
    name: &str,
    region: &str,
    scopes: &[Scope],
    deadline: Deadline,
) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for scope in scopes {
        let filter = KeyFilter {
            name: Some(name.to_owned()),
            scope: scope.clone(),
            usage: None,
            tags: Vec::new(),
        };
        let keys = api.list_keys(region, &filter, deadline).await;
        for key in keys.into_iter().flatten().filter(|key| key.name == name) {
            if !found.iter().any(|other| other.id == key.id) {
                found.push(key);
            }
        }
    }
    found
}
