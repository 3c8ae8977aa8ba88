//! A key: its attributes, its rotations and its state.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::timestamp::{format_duration, micros, shortest};
use crate::algorithm::{self, Algorithm, Usage};
use crate::crypto::Material;
use crate::http::error::ApiError;
use crate::http::route::Region;

/// The domain of the API in resource names.
pub const DOMAIN: &str = "scw.eu";

/// The time in which a deleted key can be restored.
pub const RETENTION: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub id: Uuid,
    pub region: Region,
    pub project_id: Uuid,
    pub name: String,
    #[serde(with = "algorithm::by_name")]
    pub algorithm: Algorithm,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    pub protected: bool,
    pub locked: bool,
    pub disabled: bool,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub rotation_policy: Option<RotationPolicy>,
    pub origin: Origin,
    pub deletion_requested_at: Option<Timestamp>,
    pub protection_level: ProtectionLevel,
    /// In the order of their index. Deleted rotations have no material.
    pub rotations: Vec<Rotation>,
    /// Fields of responses that tests have replaced. They change nothing else.
    #[serde(skip)]
    pub replaced_fields: Map<String, Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub index: u32,
    pub manually_rotated: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
    #[serde(with = "shared")]
    pub material: Option<Arc<Material>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotationPolicy {
    pub period: SignedDuration,
    pub next: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    ScalewayKms,
    External,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtectionLevel {
    Software,
    Hsm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Enabled,
    Disabled,
    PendingKeyMaterial,
    ScheduledForDeletion,
}

/// The key in responses, in the service's order of fields.
#[derive(Serialize)]
struct KeyView<'a> {
    srn: String,
    id: Uuid,
    project_id: Uuid,
    name: &'a str,
    usage: Value,
    state: State,
    rotation_count: usize,
    created_at: String,
    updated_at: String,
    protected: bool,
    locked: bool,
    description: Option<&'a str>,
    tags: &'a [String],
    rotated_at: Option<String>,
    rotation_policy: Option<PolicyView>,
    origin: Origin,
    deletion_requested_at: Option<String>,
    protection_level: ProtectionLevel,
    region: Region,
}

#[derive(Serialize)]
struct PolicyView {
    rotation_period: String,
    next_rotation_at: String,
}

#[derive(Serialize)]
pub struct RotationView {
    key_id: Uuid,
    index: u32,
    status: &'static str,
    manually_rotated: bool,
    created_at: String,
    updated_at: String,
    deleted_at: Option<String>,
}

impl Key {
    /// The JSON of the key in responses.
    pub fn json(&self) -> serde_json::Result<Box<RawValue>> {
        let view = self.view();
        if self.replaced_fields.is_empty() {
            return to_raw_value(&view);
        }
        let mut json = serde_json::to_value(view)?;
        for (name, value) in &self.replaced_fields {
            json[name] = value.clone();
        }
        to_raw_value(&json)
    }

    fn view(&self) -> KeyView<'_> {
        KeyView {
            srn: self.srn(),
            id: self.id,
            project_id: self.project_id,
            name: &self.name,
            usage: serde_json::json!({ self.algorithm.usage.name(): self.algorithm.name }),
            state: self.state(),
            // Rotations without material are not counted.
            rotation_count: self.with_material().count(),
            created_at: micros(self.created_at),
            updated_at: micros(self.updated_at),
            protected: self.protected,
            locked: self.locked,
            description: self.description.as_deref(),
            tags: &self.tags,
            rotated_at: self.rotated_at.map(micros),
            rotation_policy: self.rotation_policy.map(|policy| PolicyView {
                rotation_period: format_duration(policy.period),
                next_rotation_at: shortest(policy.next),
            }),
            origin: self.origin,
            deletion_requested_at: self.deletion_requested_at.map(micros),
            protection_level: self.protection_level,
            region: self.region,
        }
    }

    /// The Scaleway resource name.
    fn srn(&self) -> String {
        let Key { region, id, .. } = self;
        let region = region.name();
        format!("srn://key-manager.{DOMAIN}/regions/{region}/keys/{id}")
    }

    pub fn state(&self) -> State {
        if self.deletion_requested_at.is_some() {
            State::ScheduledForDeletion
        } else if self.current().is_none() {
            State::PendingKeyMaterial
        } else if self.disabled {
            State::Disabled
        } else {
            State::Enabled
        }
    }

    fn with_material(&self) -> impl DoubleEndedIterator<Item = &Rotation> {
        self.rotations
            .iter()
            .filter(|rotation| rotation.material.is_some())
    }

    /// The newest rotation with material.
    pub fn current(&self) -> Option<&Rotation> {
        self.with_material().next_back()
    }

    pub fn material(&self, index: u32) -> Option<&Arc<Material>> {
        self.with_material()
            .find(|rotation| rotation.index == index)
            .and_then(|rotation| rotation.material.as_ref())
    }

    pub fn add_rotation(&mut self, material: Material, manually_rotated: bool, now: Timestamp) {
        self.rotations.push(Rotation {
            index: self.rotations.last().map_or(1, |last| last.index + 1),
            manually_rotated,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            material: Some(Arc::new(material)),
        });
        self.rotated_at = Some(now);
    }

    /// Fails if the key is locked or deleted.
    pub fn check_changeable(&self) -> Result<(), ApiError> {
        if self.locked {
            return Err(ApiError::locked(self.id));
        }
        if self.deletion_requested_at.is_some() {
            return Err(ApiError::must_be_set(
                "the key is scheduled for deletion: restore it first",
            ));
        }
        Ok(())
    }

    pub fn check_usage(&self, allowed: &[Usage]) -> Result<(), ApiError> {
        if allowed.contains(&self.algorithm.usage) {
            return Ok(());
        }
        let names: Vec<_> = allowed.iter().map(|usage| usage.name()).collect();
        Err(ApiError::constraint(
            "key_id",
            format!(
                "the key's usage must be {}, it is {}",
                names.join(" or "),
                self.algorithm.usage.name()
            ),
        ))
    }

    /// The current rotation. Fails if the key's usage or state does not allow its use.
    pub fn usable(&self, allowed: &[Usage]) -> Result<&Rotation, ApiError> {
        self.check_usage(allowed)?;
        self.check_changeable()?;
        let current = self
            .current()
            .ok_or_else(|| ApiError::must_be_set("the key has no key material: import it first"))?;
        if self.disabled {
            return Err(ApiError::must_be_set(
                "the key is disabled: enable it first",
            ));
        }
        Ok(current)
    }

    pub fn rotation_is_due(&self, now: Timestamp) -> bool {
        self.rotation_policy
            .is_some_and(|policy| policy.next <= now)
            && self.state() == State::Enabled
            && self.origin == Origin::ScalewayKms
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.deletion_requested_at
            .is_some_and(|at| now.duration_since(at) >= RETENTION)
    }
}

impl Rotation {
    pub fn view(&self, key_id: Uuid) -> RotationView {
        RotationView {
            key_id,
            index: self.index,
            status: self.status(),
            manually_rotated: self.manually_rotated,
            created_at: micros(self.created_at),
            updated_at: micros(self.updated_at),
            deleted_at: self.deleted_at.map(micros),
        }
    }

    pub fn status(&self) -> &'static str {
        if self.material.is_some() {
            "enabled"
        } else {
            "deleted"
        }
    }
}

/// Serializes shared material.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::crypto::Material;

    pub fn serialize<S: Serializer>(
        material: &Option<Arc<Material>>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        material.as_deref().serialize(out)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<Arc<Material>>, D::Error> {
        Ok(Option::<Material>::deserialize(input)?.map(Arc::new))
    }
}
