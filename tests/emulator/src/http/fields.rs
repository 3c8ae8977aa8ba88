//! Strict parsing of JSON bodies: every unknown field is an error.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::{ApiError, Detail, Reason};

/// The fields of a JSON object. Getters remove them one by one and collect errors, so that one
/// response reports all of them. A getter that found an error returns an empty value; `finish` then
/// fails.
pub struct Fields {
    map: Map<String, Value>,
    prefix: String,
    details: Vec<Detail>,
}

impl Fields {
    /// An empty body counts as an empty object.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = if body.is_empty() {
            Map::new()
        } else {
            match serde_json::from_slice(body) {
                Ok(Value::Object(map)) => map,
                Ok(_) => return Err(malformed("an object is expected")),
                Err(error) => return Err(malformed(&error.to_string())),
            }
        };
        Ok(Fields {
            map,
            prefix: String::new(),
            details: Vec::new(),
        })
    }

    pub fn report(&mut self, name: &str, reason: Reason, help: impl Into<String>) {
        self.details.push(Detail {
            argument_name: format!("{}{name}", self.prefix),
            help_message: help.into(),
            reason,
        });
    }

    /// The number of errors so far.
    pub fn errors(&self) -> usize {
        self.details.len()
    }

    /// null counts as absent, since SDKs send it for nil slices and pointers.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    fn wrong_type(&mut self, name: &str, expected: &str) {
        self.report(name, Reason::Format, format!("{expected} is expected"));
    }

    pub fn require<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        let reported = self
            .details
            .iter()
            .any(|detail| detail.argument_name == format!("{}{name}", self.prefix));
        if value.is_none() && !reported {
            self.report(name, Reason::Required, "");
        }
        value.unwrap_or_default()
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong_type(name, "a string");
                None
            }
        }
    }

    pub fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        let bytes = match self.take(name)? {
            Value::String(text) => STANDARD.decode(text).ok(),
            _ => None,
        };
        if bytes.is_none() {
            self.wrong_type(name, "a base64 string");
        }
        bytes
    }

    /// Required bytes, of a limited size.
    pub fn sized_bytes(&mut self, name: &str, min: usize, max: usize) -> Vec<u8> {
        let bytes = self.bytes(name);
        if let Some(bytes) = &bytes
            && !(min..=max).contains(&bytes.len())
        {
            let help = format!("size must be between {min} and {max} bytes");
            self.report(name, Reason::Constraint, help);
        }
        self.require(name, bytes)
    }

    pub fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.wrong_type(name, "a boolean");
                false
            }
        }
    }

    pub fn integer(&mut self, name: &str) -> Option<u32> {
        let value = self.take(name)?;
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
        if number.is_none() {
            self.wrong_type(name, "a non-negative integer");
        }
        number
    }

    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let texts = match self.take(name)? {
            Value::Array(values) => values
                .into_iter()
                .map(|value| match value {
                    Value::String(text) => Some(text),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        if texts.is_none() {
            self.wrong_type(name, "a list of strings");
        }
        texts
    }

    /// One of `values`. The enumeration's default, which SDKs send for "not set", counts as absent.
    pub fn choice(&mut self, name: &str, values: &[&str], unset: &str) -> Option<String> {
        let text = self.text(name).filter(|text| text != unset)?;
        if values.contains(&text.as_str()) {
            return Some(text);
        }
        let help = format!("must be one of {}", values.join(", "));
        self.report(name, Reason::Constraint, help);
        None
    }

    /// A nested object, which `read` parses. Its errors become errors of this object.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields) -> T) -> Option<T> {
        let Value::Object(map) = self.take(name)? else {
            self.wrong_type(name, "an object");
            return None;
        };
        let mut inner = Fields {
            map,
            prefix: format!("{}{name}.", self.prefix),
            details: Vec::new(),
        };
        let value = read(&mut inner);
        inner.report_unknown_fields();
        self.details.append(&mut inner.details);
        Some(value)
    }

    fn report_unknown_fields(&mut self) {
        for name in std::mem::take(&mut self.map).keys() {
            self.report(name, Reason::Unknown, "no such field");
        }
    }

    /// Fails if there was an error, or if an unknown field is left.
    pub fn finish(mut self) -> Result<(), ApiError> {
        self.report_unknown_fields();
        if self.details.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid_arguments(self.details))
        }
    }
}

fn malformed(help: &str) -> ApiError {
    ApiError::invalid("body", Reason::Format, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(fields: Fields) -> Vec<(String, String)> {
        let error = fields.finish().unwrap_err();
        let body: Value = serde_json::from_str(&error.body).unwrap();
        let pick = |detail: &Value, name: &str| detail[name].as_str().unwrap().to_owned();
        body["details"]
            .as_array()
            .unwrap()
            .iter()
            .map(|detail| (pick(detail, "argument_name"), pick(detail, "reason")))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(a, b): &(&str, &str)| (a.to_string(), b.to_string());
        pairs.iter().map(own).collect()
    }

    #[test]
    fn reads_every_type() {
        let body = br#"{"a":"x","b":"AQI=","c":true,"d":7,"e":["y"],"f":null,"g":{"h":"z"}}"#;
        let mut fields = Fields::parse(body).unwrap();
        assert_eq!(fields.text("a").unwrap(), "x");
        assert_eq!(fields.sized_bytes("b", 1, 2), [1, 2]);
        assert!(fields.flag("c"));
        assert_eq!(fields.integer("d"), Some(7));
        assert_eq!(fields.texts("e").unwrap(), ["y"]);
        assert_eq!(fields.text("f"), None);
        assert_eq!(fields.object("g", |g| g.text("h")), Some(Some("z".into())));
        fields.finish().unwrap();
    }

    #[test]
    fn reports_every_error() {
        let body = br#"{"a":1,"b":"?","c":"AQID","d":-1,"e":[2],"n":"x","g":{"h":1,"i":2},"z":0}"#;
        let mut fields = Fields::parse(body).unwrap();
        let a = fields.text("a");
        fields.require("a", a);
        fields.sized_bytes("b", 1, 2);
        fields.sized_bytes("c", 1, 2);
        fields.sized_bytes("absent", 1, 2);
        fields.integer("d");
        fields.texts("e");
        fields.choice("n", &["y"], "unknown_n");
        fields.object("g", |g| g.text("h"));
        assert_eq!(
            details(fields),
            pairs(&[
                ("a", "format"),
                ("b", "format"),
                ("c", "constraint"),
                ("absent", "required"),
                ("d", "format"),
                ("e", "format"),
                ("n", "constraint"),
                ("g.h", "format"),
                ("g.i", "unknown"),
                ("z", "unknown"),
            ])
        );
    }

    #[test]
    fn bodies_must_be_objects() {
        for body in [&b"[]"[..], b"1", b"{", b"{} x"] {
            assert!(Fields::parse(body).is_err());
        }
        Fields::parse(b"").unwrap().finish().unwrap();
    }
}
