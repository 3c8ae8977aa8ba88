//! The part of a client that its operations share. It exists as long as an operation needs it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::key_info::checked_id;
use super::key_source::{KeySource, read_key};
use super::ml_dsa_input::KnownMlDsaInput;
use super::named_key::NamedKey;
use super::open_key::OpenKey;
use super::recent_metadata::RecentMetadata;
use super::single_flight::SingleFlight;
use super::target::{LoadedTarget, Target};
use crate::api::{Api, Key, KeyLocation, Scope};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::observer;
use crate::transport::{Deadline, Transport, Trust};
use crate::uri::{KeyReference, KeySelector};

pub(super) struct Shared {
    pub(super) api: Arc<Api>,
    pub(super) verify: bool,
    pub(super) ml_dsa_input: Arc<KnownMlDsaInput>,
    timeout: Duration,
    project_id: Option<String>,
    organization_id: Option<String>,
    /// A file is read once. If it changes, a new client reads it again.
    keys: Arc<SingleFlight<KeySource, Arc<OpenKey>>>,
    recent_metadata: RecentMetadata,
    /// From key references by name to the keys' locations.
    names: Arc<SingleFlight<KeyReference, KeyLocation>>,
}

impl Shared {
    pub(super) fn new(settings: &Settings, trust: &Trust) -> Result<Self> {
        Ok(Self {
            api: Arc::new(Api::new(Transport::new(settings, trust)?)),
            verify: settings.verify,
            ml_dsa_input: Arc::default(),
            timeout: settings.timeout,
            project_id: settings.project_id.clone(),
            organization_id: settings.organization_id.clone(),
            keys: Arc::default(),
            recent_metadata: RecentMetadata::default(),
            names: Arc::default(),
        })
    }

    /// The deadline of an operation that begins now. `timeout` can only shorten the client's.
    pub(super) fn deadline(&self, timeout: Option<Duration>) -> Deadline {
        Deadline::after(timeout.map_or(self.timeout, |t| t.min(self.timeout)))
    }

    /// The target, if no request and no file is necessary to load it.
    pub(super) fn cached(&self, target: &Target<'_>) -> Option<LoadedTarget> {
        match target {
            Target::Region(_) => Some(LoadedTarget::Nothing),
            Target::CurrentLocation(reference) => {
                given_location(reference).map(LoadedTarget::Location)
            }
            Target::Key(reference) => self.cached_key(reference).map(LoadedTarget::Key),
            Target::Keys { .. } | Target::Rotations(_) => None,
        }
    }

    fn cached_key(&self, reference: &KeyReference) -> Option<Arc<OpenKey>> {
        self.keys.get(&KeySource {
            location: self.cached_location(reference)?,
            public_key: reference.public_key.clone(),
        })
    }

    /// Loads a target.
    pub(super) async fn load(
        &self,
        target: &Target<'_>,
        deadline: Deadline,
    ) -> Result<LoadedTarget> {
        Ok(match target {
            Target::Region(_) => LoadedTarget::Nothing,
            Target::CurrentLocation(reference) => {
                LoadedTarget::Location(self.current_location(reference, deadline).await?)
            }
            Target::Key(reference) => LoadedTarget::Key(self.key(reference, deadline).await?),
            Target::Keys { region, filter } => {
                LoadedTarget::Keys(self.api.list_keys(region, filter, deadline).await?)
            }
            Target::Rotations(reference) => {
                let location = self.current_location(reference, deadline).await?;
                LoadedTarget::Rotations(self.api.list_rotations(&location, deadline).await?)
            }
        })
    }

    /// Loads the key that a name refers to now. `None` if it is the same key as before.
    pub(super) async fn reload(
        &self,
        name: &KeyReference,
        before: &KeyLocation,
        deadline: Deadline,
    ) -> Result<Option<LoadedTarget>> {
        // If another operation has replaced it meanwhile, its result is used.
        self.names
            .remove(|cached, location| cached == name && location == Some(before));
        if self.location(name, deadline).await? == *before {
            return Ok(None);
        }
        let key = self.key(name, deadline).await?;
        Ok(Some(LoadedTarget::Key(key)))
    }

    /// Notes metadata that the service has just sent.
    pub(super) fn note_metadata(&self, region: &str, key: &Key) -> Result<()> {
        let location = KeyLocation {
            region: region.to_owned(),
            id: checked_id(&key.id)?,
        };
        // A key in the cache needs no metadata.
        let source = KeySource::service(location);
        if self.keys.get(&source).is_none() {
            self.recent_metadata.add(source.location, key);
        }
        Ok(())
    }

    /// Removes the key that an operation changed from the cache.
    pub(super) fn forget_target(&self, target: &LoadedTarget) {
        if let Some(location) = target.key_location() {
            self.forget(location);
        }
    }

    fn forget(&self, location: &KeyLocation) {
        self.recent_metadata.take(location);
        self.keys
            .remove(|cached, _| cached.location == *location && cached.public_key.is_none());
        self.names.remove(|_, cached| cached == Some(location));
    }

    async fn key(&self, reference: &KeyReference, deadline: Deadline) -> Result<Arc<OpenKey>> {
        let source = KeySource {
            location: self.location(reference, deadline).await?,
            public_key: reference.public_key.clone(),
        };
        let load = || self.load_key(source.clone());
        let loaded = deadline.limit(self.keys.get_or_load(&source, load)).await;
        loaded.map_err(|e| source.explain(e))
    }

    fn load_key(&self, source: KeySource) -> BoxFuture<'static, Result<Arc<OpenKey>>> {
        let location = source.location;
        if let Some(file) = source.public_key {
            return Box::pin(read_key(location, file));
        }
        let known = self.recent_metadata.take(&location);
        let load = OpenKey::load(Arc::clone(&self.api), location, known, self.deadline(None));
        Box::pin(observer::in_scope(observer::current(), load))
    }

    /// The id of a referenced key. A name is looked up.
    async fn location(&self, reference: &KeyReference, deadline: Deadline) -> Result<KeyLocation> {
        if let Some(location) = self.cached_location(reference) {
            return Ok(location);
        }
        let name = self.named_key(reference)?;
        let (api, shared_deadline) = (Arc::clone(&self.api), self.deadline(None));
        let look_up = || {
            let look_up = name.look_up(api, shared_deadline);
            Box::pin(observer::in_scope(observer::current(), look_up)) as _
        };
        deadline
            .limit(self.names.get_or_load(reference, look_up))
            .await
    }

    /// The id of a referenced key. A name is looked up by a request that begins now.
    async fn current_location(
        &self,
        reference: &KeyReference,
        deadline: Deadline,
    ) -> Result<KeyLocation> {
        if let Some(location) = given_location(reference) {
            return Ok(location);
        }
        self.names.remove(|name, _| name == reference);
        self.location(reference, deadline).await
    }

    fn cached_location(&self, reference: &KeyReference) -> Option<KeyLocation> {
        given_location(reference).or_else(|| self.names.get(reference))
    }

    fn named_key(&self, reference: &KeyReference) -> Result<NamedKey> {
        match (&reference.selector, &reference.region) {
            (KeySelector::Name { name, project_id }, Some(region)) => Ok(NamedKey {
                name: name.clone(),
                region: region.clone(),
                scope: self.scope(project_id.as_deref())?,
            }),
            _ => Err(Error::new(
                ErrorKind::Internal,
                "a key reference has neither an id nor a name with a region; please report this",
            )),
        }
    }

    /// The scope of a search: the given or configured project, else all projects of the organization.
    pub(super) fn scope(&self, project_id: Option<&str>) -> Result<Scope> {
        let project = project_id.or(self.project_id.as_deref());
        let organization = self.organization_id.as_deref();
        let scope = project.map(|id| Scope::Project(id.to_owned()));
        scope
            .or_else(|| organization.map(|id| Scope::Organization(id.to_owned())))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    "no project to look for keys in: give project-id= or organization-id= in the URI, \
                     SCW_DEFAULT_PROJECT_ID or SCW_DEFAULT_ORGANIZATION_ID, or default_project_id or \
                     default_organization_id in the config file",
                )
            })
    }
}

/// The location of a key that is referenced by its id.
fn given_location(reference: &KeyReference) -> Option<KeyLocation> {
    match (&reference.selector, &reference.region) {
        (KeySelector::Id(id), Some(region)) => Some(KeyLocation {
            region: region.clone(),
            id: id.clone(),
        }),
        _ => None,
    }
}
