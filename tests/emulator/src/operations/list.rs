//! ListKeys, ListKeyRotations and ListAlgorithms.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Call, Reply};
use crate::algorithm::{self, Usage};
use crate::http::error::{ApiError, Reason};
use crate::http::query::Query;
use crate::state::key::{Key, ProtectionLevel, RotationView};

/// The SDK's page number is a signed 32-bit number.
const MAX_PAGE: usize = 0x7fff_ffff;
const DEFAULT_PAGE_SIZE: usize = 20;
const MAX_PAGE_SIZE: usize = 100;

struct Page {
    number: usize,
    size: usize,
}

impl Page {
    fn read(query: &mut Query) -> Self {
        Page {
            number: query.number("page", 1, MAX_PAGE, 1),
            size: query.number("page_size", 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE),
        }
    }

    fn of<T>(&self, all: Vec<T>) -> Vec<T> {
        let skipped = (self.number - 1).saturating_mul(self.size);
        all.into_iter().skip(skipped).take(self.size).collect()
    }
}

#[derive(Serialize)]
struct Keys {
    keys: Vec<Box<RawValue>>,
    total_count: usize,
}

/// A key's JSON and the attributes that the order depends on.
struct Listed {
    name: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    json: Box<RawValue>,
}

impl Listed {
    fn new(key: &Key) -> Result<Self, serde_json::Error> {
        Ok(Listed {
            name: key.name.clone(),
            created_at: key.created_at,
            updated_at: key.updated_at,
            json: key.json()?,
        })
    }
}

const KEY_ORDERS: [&str; 6] = [
    "name_asc",
    "name_desc",
    "created_at_asc",
    "created_at_desc",
    "updated_at_asc",
    "updated_at_desc",
];

/// How the name filter of ListKeys selects keys. The service does not document it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFilter {
    Exact,
    Prefix,
    IgnoreCase,
}

impl NameFilter {
    fn selects(self, filter: &str, name: &str) -> bool {
        match self {
            NameFilter::Exact => name == filter,
            NameFilter::Prefix => name.starts_with(filter),
            NameFilter::IgnoreCase => name.to_lowercase() == filter.to_lowercase(),
        }
    }
}

/// The filters of ListKeys. None and empty lists select all keys.
struct Filter {
    organization: Option<Uuid>,
    project: Option<Uuid>,
    name: Option<String>,
    tags: Vec<String>,
    usage: Option<String>,
    scheduled_for_deletion: bool,
    level: Option<ProtectionLevel>,
}

impl Filter {
    fn read(query: &mut Query) -> Self {
        Filter {
            organization: query.uuid("organization_id"),
            project: query.uuid("project_id"),
            name: query.text("name"),
            tags: query.all("tags"),
            usage: query.choice("usage", &Usage::ALL.map(Usage::name), "unknown_usage"),
            scheduled_for_deletion: query.flag("scheduled_for_deletion"),
            level: protection_level(query),
        }
    }

    /// All projects belong to the emulator's organization.
    fn selects(&self, key: &Key, call: &Call) -> bool {
        let organization = call.identity.organization_id;
        self.organization.is_none_or(|id| id == organization)
            && self.project.is_none_or(|id| id == key.project_id)
            && self
                .name
                .as_ref()
                .is_none_or(|name| call.name_filter.selects(name, &key.name))
            && self.tags.iter().all(|tag| key.tags.contains(tag))
            && self
                .usage
                .as_ref()
                .is_none_or(|usage| usage == key.algorithm.usage.name())
            && self.scheduled_for_deletion == key.deletion_requested_at.is_some()
            && self.level.is_none_or(|level| level == key.protection_level)
    }
}

fn protection_level(query: &mut Query) -> Option<ProtectionLevel> {
    let level = query.choice(
        "protection_level",
        &["software", "hsm"],
        "unknown_protection_level",
    )?;
    Some(match level.as_str() {
        "hsm" => ProtectionLevel::Hsm,
        _ => ProtectionLevel::Software,
    })
}

pub fn keys(call: &Call) -> Result<Reply, ApiError> {
    let mut query = Query::parse(&call.query);
    let page = Page::read(&mut query);
    let order = query
        .choice("order_by", &KEY_ORDERS, "")
        .unwrap_or_default();
    let filter = Filter::read(&mut query);
    query.finish()?;
    if filter.organization.is_none() && filter.project.is_none() {
        return Err(ApiError::invalid(
            "project_id",
            Reason::Required,
            "either project_id or organization_id is required",
        ));
    }
    let mut found = call
        .store
        .list(call.region, |key| {
            filter.selects(key, call).then(|| Listed::new(key))
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| ApiError::internal(&error.to_string()))?;
    found.sort_by(|a, b| compare(&order, a, b));
    let total_count = found.len();
    Reply::json(&Keys {
        keys: page.of(found).into_iter().map(|key| key.json).collect(),
        total_count,
    })
}

fn compare(order: &str, a: &Listed, b: &Listed) -> Ordering {
    let by_age = || a.created_at.cmp(&b.created_at);
    let ascending = match order.split_once("_at_").map_or(order, |(field, _)| field) {
        "created" => by_age(),
        "updated" => a.updated_at.cmp(&b.updated_at).then_with(by_age),
        _ => a.name.cmp(&b.name).then_with(by_age),
    };
    if order.ends_with("_desc") {
        ascending.reverse()
    } else {
        ascending
    }
}

#[derive(Serialize)]
struct Rotations {
    rotations: Vec<RotationView>,
    total_count: usize,
}

pub fn rotations(call: &Call) -> Result<Reply, ApiError> {
    let mut query = Query::parse(&call.query);
    let page = Page::read(&mut query);
    let order = query.choice("order_by", &["created_at_asc", "created_at_desc"], "");
    let status = query.choices("status", &["enabled", "deleted"], "unknown_status");
    query.finish()?;
    let mut found = call.store.read(call.region, call.key, |key| {
        Ok(key
            .rotations
            .iter()
            .filter(|rotation| {
                status.is_empty() || status.iter().any(|status| status == rotation.status())
            })
            .map(|rotation| rotation.view(key.id))
            .collect::<Vec<_>>())
    })?;
    if order.is_some_and(|order| order == "created_at_desc") {
        found.reverse();
    }
    let total_count = found.len();
    Reply::json(&Rotations {
        rotations: page.of(found),
        total_count,
    })
}

#[derive(Serialize)]
struct Algorithms {
    algorithms: Vec<AlgorithmView>,
}

#[derive(Serialize)]
struct AlgorithmView {
    usage: &'static str,
    name: &'static str,
    recommended: bool,
}

pub fn algorithms(call: &Call) -> Result<Reply, ApiError> {
    let mut query = Query::parse(&call.query);
    let usages = query.choices("usages", &Usage::ALL.map(Usage::name), "unknown_usage");
    query.finish()?;
    let wanted = |usage: Usage| usages.is_empty() || usages.iter().any(|name| name == usage.name());
    Reply::json(&Algorithms {
        algorithms: algorithm::ALL
            .iter()
            .filter(|row| wanted(row.usage))
            .map(|row| AlgorithmView {
                usage: row.usage.name(),
                name: row.name,
                recommended: row.recommended,
            })
            .collect(),
    })
}
