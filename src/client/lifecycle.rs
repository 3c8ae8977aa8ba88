//! Creating, finding, describing and deleting keys.

use super::{Client, Inner, KeyInfo};
use crate::algorithm::Algorithm;
use crate::api::{CreateKey, KeyFilter};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::quote;
use crate::transport::{Deadline, runtime};
use crate::uri::{KeyCreation, KeyQuery};

/// Where a key's operations are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionLevel {
    /// In software.
    Software,
    /// In a hardware security module.
    Hsm,
}

impl ProtectionLevel {
    /// The name in requests and answers.
    pub const fn wire_name(self) -> &'static str {
        match self {
            ProtectionLevel::Software => "software",
            ProtectionLevel::Hsm => "hsm",
        }
    }
}

impl Client {
    /// Creates a key.
    ///
    /// `name` is the key's name, or a URI that says more: `scwkms:name=NAME`, with `algorithm=`,
    /// `unprotected=true`, `region=`, `project-id=`, `description=`, `tags=A,B` and
    /// `protection-level=`. The algorithm is that of the URI or of the argument, which must agree
    /// where both are given; ec_p256_sha256 where neither is. Likewise the protection level.
    /// The key is protected against deletion unless the URI says otherwise.
    ///
    /// A creation is sent again only where the first request surely was not processed. Where that
    /// cannot be known, the error says so and how to look.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] and [`ErrorKind::Configuration`] (no region or project)
    /// before anything is sent, and those of reaching the service.
    pub fn create_key(
        &self,
        name: &str,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
    ) -> Result<KeyInfo> {
        let wanted = KeyCreation::parse(name).map_err(|e| e.context("create a key"))?;
        let shown = quote(&wanted.name);
        self.prepare(wanted, algorithm, protection_level)
            .and_then(|prepared| {
                let inner = self.inner()?;
                let deadline = inner.api.deadline();
                runtime::wait(
                    deadline,
                    async move { inner.create(prepared, deadline).await },
                )
            })
            .map_err(|e| e.context(format_args!("create key {shown}")))
    }

    /// Schedules a key for deletion; for 7 days it can be restored in Scaleway's console.
    ///
    /// A deletion is sent again only where the first request surely was not processed. Where that
    /// cannot be known, the error says so; [`Client::key_info`] then has the key's state.
    ///
    /// # Errors
    /// [`ErrorKind::KeyState`] for a protected key, and those of reaching the service.
    pub fn delete_key(&self, key: &str) -> Result<()> {
        self.delete(key)
            .map_err(|e| e.context(format_args!("delete {}", self.shown(key))))
    }

    fn delete(&self, key: &str) -> Result<()> {
        let reference = self.reference(key)?;
        let inner = self.inner()?;
        let deadline = inner.api.deadline();
        runtime::wait(deadline, async move {
            let path = inner.resolve(&reference, deadline).await?;
            let deleted = inner.api.delete_key(&path, deadline).await;
            if deleted.as_ref().err().is_none_or(Error::is_uncertain) {
                // What is known of the key may not be so any more.
                inner.keys.forget(&path);
            }
            deleted.map_err(|e| match e.kind() {
                ErrorKind::KeyState => e.note(
                    "a protected key must be unprotected first, in Scaleway's console or with \
                     `scw keymanager key unprotect`",
                ),
                _ if e.is_uncertain() => e.note(
                    "the key may have been scheduled for deletion all the same: look at its state \
                     before you try again",
                ),
                _ => e,
            })
        })
    }

    /// The keys that a query matches, in the order of their names, without those scheduled for
    /// deletion.
    ///
    /// The query is empty for all keys of the region, or `scwkms:` with any of `name=` (exact),
    /// `usage=`, `algorithm=`, `tags=A,B` (all of them), `region=` and `project-id=`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a malformed query, [`ErrorKind::Protocol`] for a list of over
    /// 32 MiB, some 50,000 keys, and those of reaching the service.
    pub fn find_keys(&self, query: &str) -> Result<Vec<KeyInfo>> {
        self.find(query).map_err(|e| e.context("find keys"))
    }

    fn find(&self, query: &str) -> Result<Vec<KeyInfo>> {
        let query = KeyQuery::parse(query)?;
        let region = self.region_or(query.region.clone())?;
        let inner = self.inner()?;
        let deadline = inner.api.deadline();
        runtime::wait(deadline, async move {
            inner.find(&query, &region, deadline).await
        })
    }

    /// A key's metadata, as it was when the client first used the key.
    ///
    /// # Errors
    /// Those of reaching the service.
    pub fn key_info(&self, key: &str) -> Result<KeyInfo> {
        self.on_key("describe", key, |operation| {
            KeyInfo::new(operation.key.metadata(), &operation.key.path().region)
        })
    }

    /// Fills in what the caller left to the settings.
    fn prepare(
        &self,
        wanted: KeyCreation,
        algorithm: Option<Algorithm>,
        protection_level: Option<ProtectionLevel>,
    ) -> Result<Prepared> {
        Ok(Prepared {
            region: self.region_or(wanted.region.clone())?,
            project_id: wanted
                .project_id
                .clone()
                .or_else(|| self.settings.project_id.clone())
                // An organization's default project has its id.
                .or_else(|| self.settings.organization_id.clone())
                .ok_or_else(|| {
                    Error::new(
                        ErrorKind::Configuration,
                        "no project: give project-id= in the URI, SCW_DEFAULT_PROJECT_ID or \
                         default_project_id in the config file",
                    )
                })?,
            algorithm: agreed(
                "algorithm",
                wanted.algorithm,
                algorithm,
                Algorithm::wire_name,
            )?
            .unwrap_or(Algorithm::EcP256Sha256),
            protection_level: agreed(
                "protection level",
                wanted.protection_level,
                protection_level.map(ProtectionLevel::wire_name),
                |name| name,
            )?,
            wanted,
        })
    }
}

/// A creation that is complete and checked.
struct Prepared {
    wanted: KeyCreation,
    region: String,
    project_id: String,
    algorithm: Algorithm,
    protection_level: Option<&'static str>,
}

impl Inner {
    async fn create(&self, prepared: Prepared, deadline: Deadline) -> Result<KeyInfo> {
        let Prepared {
            wanted,
            region,
            project_id,
            algorithm,
            protection_level,
        } = prepared;
        let request = CreateKey {
            project_id: &project_id,
            name: &wanted.name,
            usage: algorithm.into(),
            description: wanted.description.as_deref(),
            tags: &wanted.tags,
            unprotected: wanted.unprotected,
            origin: "scaleway_kms",
            protection_level,
        };
        let key = self
            .api
            .create_key(&region, &request, deadline)
            .await
            .map_err(|e| {
                if e.is_uncertain() {
                    e.note(format_args!(
                        "the key may have been created all the same: look for {} in {region} \
                         before you try again",
                        quote(&wanted.name)
                    ))
                } else {
                    e
                }
            })?;
        if key.usage != algorithm.into() {
            return Err(Error::new(
                ErrorKind::Integrity,
                format!(
                    "the service created key {} as {}, not as {algorithm}",
                    key.id, key.usage.algorithm
                ),
            ));
        }
        KeyInfo::new(&key, &region)
    }

    async fn find(
        &self,
        query: &KeyQuery,
        region: &str,
        deadline: Deadline,
    ) -> Result<Vec<KeyInfo>> {
        let usage = query.usage.or(query.algorithm.map(Algorithm::usage));
        let filter = KeyFilter {
            scope: self.scope(query.project_id.as_deref())?,
            name: query.name.as_deref(),
            usage: usage.map(|u| u.wire_name()),
            tags: &query.tags,
        };
        let keys = self.api.list_keys(region, &filter, deadline).await?;
        keys.iter()
            .map(|key| KeyInfo::new(key, region))
            .filter(|key| key.as_ref().map_or(true, |key| matches(query, key)))
            .collect()
    }
}

/// The query's terms again, since the service's filters need not be exact.
fn matches(query: &KeyQuery, key: &KeyInfo) -> bool {
    query.name.as_ref().is_none_or(|name| key.name == *name)
        && query
            .usage
            .is_none_or(|usage| key.usage == usage.wire_name())
        && query.algorithm.is_none_or(|a| key.algorithm == Some(a))
        && query.tags.iter().all(|tag| key.tags.contains(tag))
}

/// What the URI or the argument says; where both do, they must say the same.
fn agreed<T: Copy + PartialEq>(
    what: &str,
    in_uri: Option<T>,
    argument: Option<T>,
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>> {
    match (in_uri, argument) {
        (Some(a), Some(b)) if a != b => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "two {what}s are given for the new key, {} in its URI and {} beside it",
                name(a),
                name(b)
            ),
        )),
        (a, b) => Ok(a.or(b)),
    }
}
