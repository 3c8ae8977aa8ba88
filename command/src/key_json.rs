//! Keys as JSON and as tables.

use scwkms::KeyInfo;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stdout::write_stdout;
use crate::table;

/// Prints a changed or new key.
pub(crate) fn print_key(key: &KeyInfo, as_json: bool) -> Result<(), Failure> {
    match as_json {
        true => print_json(&to_json(key)),
        false => print_table(std::slice::from_ref(key)),
    }
}

/// Prints a list of keys.
pub(crate) fn print_keys(keys: &[KeyInfo], as_json: bool) -> Result<(), Failure> {
    match as_json {
        true => print_json(&Value::Array(keys.iter().map(to_json).collect())),
        false => print_table(keys),
    }
}

/// Prints a JSON value in several lines.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    write_stdout(format!("{value:#}\n").as_bytes())
}

fn print_table(keys: &[KeyInfo]) -> Result<(), Failure> {
    let header = ["NAME", "ALGORITHM", "STATE", "PROTECTED", "REGION", "ID"];
    let rows: Vec<[String; 6]> = keys.iter().map(row).collect();
    write_stdout(table::format(&header, &rows).as_bytes())
}

fn row(key: &KeyInfo) -> [String; 6] {
    [
        key.name.clone(),
        key.algorithm_name.clone(),
        state(key),
        if key.protected { "yes" } else { "no" }.to_owned(),
        key.region.clone(),
        key.id.clone(),
    ]
}

fn state(key: &KeyInfo) -> String {
    match key.locked {
        true => format!("{}, locked", key.state),
        false => key.state.clone(),
    }
}

fn to_json(key: &KeyInfo) -> Value {
    json!({
        "uri": key.uri,
        "id": key.id,
        "region": key.region,
        "project_id": key.project_id,
        "name": key.name,
        "description": key.description,
        "usage": key.usage,
        "algorithm": key.algorithm_name,
        "state": key.state,
        "origin": key.origin,
        "protection_level": key.protection_level,
        "created_at": key.created_at,
        "updated_at": key.updated_at,
        "rotated_at": key.rotated_at,
        "deletion_requested_at": key.deletion_requested_at,
        "rotation_count": key.rotation_count,
        "rotation_period_seconds": key.rotation_period,
        "next_rotation_at": key.next_rotation_at,
        "protected": key.protected,
        "locked": key.locked,
        "tags": key.tags,
    })
}
