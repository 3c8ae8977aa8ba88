//! The JSON of keys, and of values that several requests and responses contain. Unknown fields are ignored. Values of
//! enumerations remain text until they must be understood.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;

/// Bytes that are sent as padded base64. They may be secret, so they are wiped and have no `Debug`.
pub(crate) struct Base64(pub(crate) Zeroizing<Vec<u8>>);

impl Base64 {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        STANDARD
            .decode(text.as_bytes())
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .map_err(|_| serde::de::Error::custom("malformed base64"))
    }
}

/// A key's metadata. A field that is null counts as absent.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Key {
    #[serde(deserialize_with = "identifier")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) project_id: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) description: String,
    pub(crate) usage: KeyUsage,
    #[serde(default, deserialize_with = "optional_identifier")]
    pub(crate) state: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) protected: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) locked: bool,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) protection_level: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) origin: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) rotation_count: u64,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) created_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) updated_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) rotated_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) deletion_requested_at: String,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) tags: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) rotation_policy: RotationPolicy,
}

/// When the service rotates a key.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct RotationPolicy {
    /// `None` if there is no policy, or if the period has a form that the library does not know.
    #[serde(default, deserialize_with = "whole_seconds")]
    pub(crate) rotation_period: Option<u64>,
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) next_rotation_at: String,
}

/// A duration in the form of Protocol Buffers' JSON, for example `86400s` or `1.5s`. Fractions of a second are dropped.
fn whole_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    let seconds = text.strip_suffix('s').unwrap_or_default();
    Ok(seconds.split('.').next().and_then(|s| s.parse().ok()))
}

/// Usage and algorithm: an object with one field that is not null, named after the usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub(crate) usage: String,
    pub(crate) algorithm: String,
}

impl<'de> Deserialize<'de> for KeyUsage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An ordered map, so that the error for several usages does not depend on a hash order.
        let fields =
            std::collections::BTreeMap::<String, Option<String>>::deserialize(deserializer)?;
        let mut given = fields.into_iter().filter_map(|(k, v)| v.map(|v| (k, v)));
        match (given.next(), given.next()) {
            (Some((usage, algorithm)), None)
                if is_identifier(&usage) && is_identifier(&algorithm) =>
            {
                Ok(Self { usage, algorithm })
            }
            _ => Err(serde::de::Error::custom("not exactly one usage")),
        }
    }
}

impl Serialize for KeyUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(&self.usage, &self.algorithm)])
    }
}

impl From<Algorithm> for KeyUsage {
    fn from(algorithm: Algorithm) -> Self {
        Self {
            usage: algorithm.usage().wire_name().to_owned(),
            algorithm: algorithm.wire_name().to_owned(),
        }
    }
}

/// Whether a text has the form of an id or of an enumeration's value. Errors show such texts unchanged.
fn is_identifier(text: &str) -> bool {
    const MAX_LEN: usize = 64;
    text.len() <= MAX_LEN
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

pub(super) fn identifier<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match is_identifier(&text) {
        true => Ok(text),
        false => Err(serde::de::Error::custom("not an identifier")),
    }
}

pub(super) fn optional_identifier<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(String::new()),
        Some(text) if is_identifier(&text) => Ok(text),
        Some(_) => Err(serde::de::Error::custom("not an identifier")),
    }
}

pub(super) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(json: &str) -> Option<KeyUsage> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn usages() {
        let expected = KeyUsage::from(Algorithm::EcP256Sha256);
        let json = r#"{"asymmetric_signing": "ec_p256_sha256"}"#;
        assert_eq!(usage(json), Some(expected.clone()));
        assert_eq!(
            usage(r#"{"symmetric_encryption": null, "asymmetric_signing": "ec_p256_sha256"}"#),
            Some(expected.clone())
        );
        assert_eq!(
            serde_json::to_value(&expected).ok(),
            serde_json::from_str(json).ok()
        );
        assert_eq!(usage("{}"), None);
        assert_eq!(usage(r#"{"a": "x", "b": "y"}"#), None);
        assert_eq!(
            usage(r#"{"future_usage": "new"}"#).map(|u| u.algorithm),
            Some("new".into())
        );
    }

    #[test]
    fn ids_and_enumerations_are_identifiers() {
        let key = |id: &str, algorithm: &str, state: &str| {
            let usage = serde_json::json!({"asymmetric_signing": algorithm});
            let key = serde_json::json!({"id": id, "usage": usage, "state": state});
            serde_json::from_value::<Key>(key).is_ok()
        };
        assert!(key("1-a", "ec_p256.v2", "enabled"));
        let long = "x".repeat(65);
        for bad in ["a\nb", "\u{1b}[2J", "a b", "é", &long] {
            assert!(!key(bad, "x", "x"), "{bad:?}");
            assert!(!key("x", bad, "x"), "{bad:?}");
            assert!(!key("x", "x", bad), "{bad:?}");
        }
    }

    #[test]
    fn base64_is_padded_and_strict() {
        let bytes = |json: &str| {
            serde_json::from_str::<Base64>(json)
                .ok()
                .map(|b| b.0.to_vec())
        };
        assert_eq!(bytes(r#""AQI=""#), Some(vec![1, 2]));
        assert_eq!(bytes(r#""""#), Some(vec![]));
        assert_eq!(bytes(r#""AQI""#), None);
        assert_eq!(bytes(r#""A_I=""#), None);
        assert_eq!(
            serde_json::to_string(&Base64::new(&[1, 2])).ok().as_deref(),
            Some(r#""AQI=""#)
        );
    }

    #[test]
    fn unknown_fields_and_nulls_of_keys_are_accepted() {
        let key: Key = serde_json::from_str(
            r#"{"id": "x", "usage": {"asymmetric_signing": "ec_p256_sha256"}, "new": [1],
                "tags": null, "protection_level": null, "name": null, "project_id": null,
                "rotated_at": null, "state": "a_new_state", "rotation_policy": null}"#,
        )
        .expect("a key");
        assert_eq!(key.rotation_policy.rotation_period, None);
        assert_eq!(key.state, "a_new_state");
        assert!(key.name.is_empty() && key.rotated_at.is_empty());
        assert!(key.tags.is_empty() && !key.protected);
    }

    #[test]
    fn rotation_periods() {
        for (json, seconds) in [
            (r#""86400s""#, Some(86_400)),
            (r#""86400.5s""#, Some(86_400)),
            ("null", None),
            (r#""one day""#, None),
        ] {
            let json = format!(r#"{{"rotation_period": {json}, "next_rotation_at": null}}"#);
            let policy: RotationPolicy = serde_json::from_str(&json).expect("a policy");
            assert_eq!(policy.rotation_period, seconds, "{json}");
        }
    }
}
