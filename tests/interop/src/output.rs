//! Results as JSON, with the names of the service.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scwkms::{AlgorithmInfo, DataKey, Decrypted, ImportParameters, KeyInfo, KeyRotation};
use serde_json::{Value, json};

pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Value {
    STANDARD.encode(bytes).into()
}

pub(crate) fn decrypted(decrypted: &Decrypted) -> Value {
    json!({
        "plaintext": bytes(&*decrypted.plaintext),
        "ciphertext": decrypted.reencrypted.as_ref().map(bytes),
    })
}

pub(crate) fn data_key(key: &DataKey) -> Value {
    json!({
        "ciphertext": bytes(&key.ciphertext),
        "plaintext": key.plaintext.as_ref().map(|plaintext| bytes(&**plaintext)),
    })
}

pub(crate) fn import_parameters(parameters: &ImportParameters) -> Value {
    json!({
        "public_key": bytes(&parameters.public_key),
        "import_token": bytes(&parameters.import_token),
    })
}

/// A time. The library shows a missing one as an empty text, the service as null.
fn time(text: &str) -> Value {
    match text {
        "" => Value::Null,
        _ => text.into(),
    }
}

pub(crate) fn key(info: &KeyInfo) -> Value {
    let policy = info.rotation_period.map(|seconds| {
        json!({"rotation_period": format!("{seconds}s"), "next_rotation_at": time(&info.next_rotation_at)})
    });
    json!({
        "id": info.id,
        "region": info.region,
        "project_id": info.project_id,
        "name": info.name,
        "description": info.description,
        "usage": {info.usage.as_str(): info.algorithm_name},
        "state": info.state,
        "origin": info.origin,
        "protection_level": info.protection_level,
        "created_at": time(&info.created_at),
        "updated_at": time(&info.updated_at),
        "rotated_at": time(&info.rotated_at),
        "deletion_requested_at": time(&info.deletion_requested_at),
        "rotation_count": info.rotation_count,
        "rotation_policy": policy,
        "protected": info.protected,
        "locked": info.locked,
        "tags": info.tags,
    })
}

pub(crate) fn rotation(rotation: &KeyRotation) -> Value {
    json!({
        "index": rotation.index,
        "status": rotation.status,
        "manually_rotated": rotation.manually_rotated,
        "created_at": time(&rotation.created_at),
        "updated_at": time(&rotation.updated_at),
        "deleted_at": time(&rotation.deleted_at),
    })
}

pub(crate) fn algorithm(algorithm: &AlgorithmInfo) -> Value {
    json!({
        "usage": algorithm.usage,
        "name": algorithm.name,
        "recommended": algorithm.recommended,
    })
}
