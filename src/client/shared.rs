//! The part of a client that its operations share. It exists as long as an operation needs it.

use std::sync::Arc;
use std::time::Duration;

use super::named_key::NamedKey;
use super::open_key::OpenKey;
use super::single_flight::SingleFlight;
use super::subject::{LoadedSubject, Subject};
use crate::api::{Api, KeyPath, Scope};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Deadline, Transport};
use crate::uri::{KeyReference, KeySelector};

pub(super) struct Shared {
    pub(super) api: Arc<Api>,
    pub(super) verify: bool,
    timeout: Duration,
    project_id: Option<String>,
    organization_id: Option<String>,
    keys: Arc<SingleFlight<KeyPath, Arc<OpenKey>>>,
    /// The ids of the keys that references by name have found.
    names: Arc<SingleFlight<KeyReference, KeyPath>>,
}

impl Shared {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            api: Arc::new(Api::new(Transport::new(settings)?)),
            verify: settings.verify,
            timeout: settings.timeout,
            project_id: settings.project_id.clone(),
            organization_id: settings.organization_id.clone(),
            keys: Arc::default(),
            names: Arc::default(),
        })
    }

    /// The deadline of an operation that begins now. `timeout` can only shorten the client's.
    pub(super) fn deadline(&self, timeout: Option<Duration>) -> Deadline {
        Deadline::after(timeout.map_or(self.timeout, |t| t.min(self.timeout)))
    }

    /// A subject that needs no request.
    pub(super) fn cached(&self, subject: &Subject) -> Option<LoadedSubject> {
        match subject {
            Subject::Nothing => Some(LoadedSubject::Nothing),
            Subject::Path(reference) => self.cached_path(reference).map(LoadedSubject::Path),
            Subject::Key(reference) => {
                let path = self.cached_path(reference)?;
                self.keys.get(&path).map(LoadedSubject::Key)
            }
            Subject::Keys { .. } => None,
        }
    }

    /// Loads a subject.
    pub(super) async fn load(
        &self,
        subject: &Subject,
        deadline: Deadline,
    ) -> Result<LoadedSubject> {
        Ok(match subject {
            Subject::Nothing => LoadedSubject::Nothing,
            Subject::Path(reference) => LoadedSubject::Path(self.path(reference, deadline).await?),
            Subject::Key(reference) => LoadedSubject::Key(self.key(reference, deadline).await?),
            Subject::Keys { region, filter } => {
                LoadedSubject::Keys(self.api.list_keys(region, filter, deadline).await?)
            }
        })
    }

    /// Removes a key from the cache.
    pub(super) fn forget(&self, path: &KeyPath) {
        self.keys.remove(|cached, _| cached == path);
        self.names.remove(|_, cached| cached == path);
    }

    async fn key(&self, reference: &KeyReference, deadline: Deadline) -> Result<Arc<OpenKey>> {
        let path = self.path(reference, deadline).await?;
        let shared_deadline = self.deadline(None);
        let load = OpenKey::load(Arc::clone(&self.api), path.clone(), shared_deadline);
        deadline.limit(self.keys.get_or_load(&path, load)).await
    }

    /// The id of a referenced key. A name is looked up.
    async fn path(&self, reference: &KeyReference, deadline: Deadline) -> Result<KeyPath> {
        if let Some(path) = self.cached_path(reference) {
            return Ok(path);
        }
        let name = self.named_key(reference)?;
        let look_up = name.look_up(Arc::clone(&self.api), self.deadline(None));
        deadline
            .limit(self.names.get_or_load(reference, look_up))
            .await
    }

    fn cached_path(&self, reference: &KeyReference) -> Option<KeyPath> {
        match (&reference.selector, &reference.region) {
            (KeySelector::Id(id), Some(region)) => Some(KeyPath {
                region: region.clone(),
                id: id.clone(),
            }),
            _ => self.names.get(reference),
        }
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
