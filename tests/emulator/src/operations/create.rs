//! CreateKey, and the checks of attributes that UpdateKey shares.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Call, Reply};
use crate::algorithm::{self, Algorithm, Usage};
use crate::crypto::Material;
use crate::http::error::{ApiError, Reason};
use crate::http::fields::Fields;
use crate::http::query::Query;
use crate::state::key::{Key, Origin, ProtectionLevel, RotationPolicy};
use crate::state::timestamp::{now, parse_duration};

// The service documents no limits of these.
const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 1000;
const MAX_TAG: usize = 255;

const MIN_PERIOD: SignedDuration = SignedDuration::from_hours(24);
const MAX_PERIOD: SignedDuration = SignedDuration::from_hours(876_000);

pub fn create(call: &Call) -> Result<Reply, ApiError> {
    Query::parse(&call.query).finish()?;
    let created_at = now();
    let mut fields = Fields::parse(&call.body)?;
    let project_id = project(&mut fields);
    let name = name(&mut fields);
    let description = description(&mut fields);
    let tags = tags(&mut fields).unwrap_or_default();
    let algorithm = usage(&mut fields);
    let rotation_policy = rotation_policy(&mut fields, created_at);
    let unprotected = fields.flag("unprotected");
    let origin = origin(&mut fields);
    let protection_level = protection_level(&mut fields);
    if let Some(algorithm) = algorithm {
        check_origin_fits(&mut fields, algorithm, origin);
        if rotation_policy.is_some() {
            check_policy_fits(&mut fields, algorithm, origin);
        }
    }
    fields.finish()?;
    let algorithm = algorithm.ok_or_else(|| ApiError::internal("no algorithm"))?;
    let id = Uuid::new_v4();
    let mut key = Key {
        id,
        region: call.region,
        project_id,
        name: name.unwrap_or_else(|| format!("key-{}", &id.to_string()[..8])),
        algorithm,
        created_at,
        updated_at: created_at,
        rotated_at: None,
        protected: !unprotected,
        locked: false,
        disabled: false,
        description,
        tags,
        rotation_policy,
        origin,
        deletion_requested_at: None,
        protection_level,
        rotations: Vec::new(),
        replaced_fields: serde_json::Map::new(),
    };
    if origin == Origin::ScalewayKms {
        let material = Material::generate(algorithm)?;
        key.updated_at = now();
        key.add_rotation(material, false, key.updated_at);
    }
    let reply = Reply::key(&key)?;
    call.store.insert(key)?;
    Ok(reply)
}

fn project(fields: &mut Fields) -> Uuid {
    let text = fields.text("project_id").filter(|text| !text.is_empty());
    let text = fields.require("project_id", text);
    match Uuid::try_parse(&text) {
        Ok(id) => id,
        Err(_) => {
            if !text.is_empty() {
                fields.report("project_id", Reason::Format, "a UUID is expected");
            }
            Uuid::nil()
        }
    }
}

fn origin(fields: &mut Fields) -> Origin {
    match fields.choice("origin", &["scaleway_kms", "external"], "unknown_origin") {
        Some(origin) if origin == "external" => Origin::External,
        _ => Origin::ScalewayKms,
    }
}

/// Only symmetric keys can be derived from imported bytes.
fn check_origin_fits(fields: &mut Fields, algorithm: Algorithm, origin: Origin) {
    if origin == Origin::External && algorithm.usage != Usage::SymmetricEncryption {
        let help = "only symmetric keys can be of external origin";
        fields.report("origin", Reason::Constraint, help);
    }
}

fn protection_level(fields: &mut Fields) -> ProtectionLevel {
    let level = fields.choice(
        "protection_level",
        &["software", "hsm"],
        "unknown_protection_level",
    );
    match level {
        Some(level) if level == "hsm" => ProtectionLevel::Hsm,
        _ => ProtectionLevel::Software,
    }
}

pub fn name(fields: &mut Fields) -> Option<String> {
    let name = fields.text("name")?;
    let length = name.chars().count();
    if !(1..=MAX_NAME).contains(&length) || name.chars().any(char::is_control) {
        let help = format!("must be 1 to {MAX_NAME} characters, none of them a control character");
        fields.report("name", Reason::Constraint, help);
    }
    Some(name)
}

pub fn description(fields: &mut Fields) -> Option<String> {
    let description = fields.text("description")?;
    if description.chars().count() > MAX_DESCRIPTION {
        let help = format!("must be at most {MAX_DESCRIPTION} characters");
        fields.report("description", Reason::Constraint, help);
    }
    Some(description)
}

pub fn tags(fields: &mut Fields) -> Option<Vec<String>> {
    let tags = fields.texts("tags")?;
    if tags
        .iter()
        .any(|tag| !(1..=MAX_TAG).contains(&tag.chars().count()))
    {
        let help = format!("each must be 1 to {MAX_TAG} characters");
        fields.report("tags", Reason::Constraint, help);
    }
    Some(tags)
}

/// Exactly one usage, with an algorithm of that usage.
fn usage(fields: &mut Fields) -> Option<Algorithm> {
    let given = fields.object("usage", |usages| {
        let mut found = Vec::new();
        for usage in Usage::ALL {
            let names: Vec<&str> = algorithm::ALL
                .iter()
                .filter(|row| row.usage == usage)
                .map(|row| row.name)
                .collect();
            // A usage with an unknown algorithm counts as a usage.
            let errors = usages.errors();
            match usages.choice(usage.name(), &names, usage.unset_algorithm()) {
                Some(name) => found.push(algorithm::find(&name)),
                None if usages.errors() > errors => found.push(None),
                None => {}
            }
        }
        found
    });
    match given.as_deref() {
        None | Some([]) => fields.require("usage", None::<()>),
        Some([_]) => {}
        Some(_) => fields.report("usage", Reason::Constraint, "exactly one usage must be set"),
    }
    given?.into_iter().next()?
}

/// Without a date, the next rotation is after one period.
pub fn rotation_policy(fields: &mut Fields, now: Timestamp) -> Option<RotationPolicy> {
    let policy = fields.object("rotation_policy", |policy| {
        let period = policy.text("rotation_period");
        let next = policy.text("next_rotation_at");
        let period = policy.require("rotation_period", period);
        let period = parse_duration(&period).or_else(|| {
            if !period.is_empty() {
                let help = "seconds are expected, as in \"86400s\"";
                policy.report("rotation_period", Reason::Format, help);
            }
            None
        })?;
        if !(MIN_PERIOD..=MAX_PERIOD).contains(&period) {
            let help = "must be between 24 and 876000 hours";
            policy.report("rotation_period", Reason::Constraint, help);
            return None;
        }
        let next = match next {
            None => now.checked_add(period).unwrap_or(Timestamp::MAX),
            Some(text) => match text.parse::<Timestamp>() {
                Ok(next) if next > now => next,
                Ok(_) => {
                    let help = "must be in the future";
                    policy.report("next_rotation_at", Reason::Constraint, help);
                    return None;
                }
                Err(_) => {
                    let help = "an RFC 3339 time is expected";
                    policy.report("next_rotation_at", Reason::Format, help);
                    return None;
                }
            },
        };
        Some(RotationPolicy { period, next })
    });
    policy.flatten()
}

/// Only symmetric keys whose material the service generates rotate by a policy.
pub fn check_policy_fits(fields: &mut Fields, algorithm: Algorithm, origin: Origin) {
    let help = if algorithm.usage != Usage::SymmetricEncryption {
        "only symmetric keys rotate"
    } else if origin == Origin::External {
        "a key of external origin does not rotate by itself"
    } else {
        return;
    };
    fields.report("rotation_policy", Reason::Constraint, help);
}
