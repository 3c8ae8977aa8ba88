//! A mapping of the config file as settings, with the place of each for error messages.

use super::layer::{Layer, Value, configuration_error};
use super::node::{Mapping, Node};
use super::scalar::Scalar;
use crate::error::{Error, Result};
use crate::redact::quote;

/// The file's root, its profiles, or one profile. A key without a value, or with null, is absent.
pub(super) struct Section<'a> {
    mapping: &'a Mapping,
    /// The keys that lead to the mapping, each with a full stop after it.
    prefix: String,
    file: &'a str,
}

impl<'a> Section<'a> {
    /// The root of a file, whose path is `file`.
    pub(super) fn root(mapping: &'a Mapping, file: &'a str) -> Self {
        Self {
            mapping,
            prefix: String::new(),
            file,
        }
    }

    /// The settings in this mapping.
    pub(super) fn layer(&self) -> Result<Layer> {
        Ok(Layer {
            access_key: self.text("access_key")?,
            secret_key: self.text("secret_key")?,
            api_url: self.text("api_url")?,
            insecure: self.boolean("insecure")?,
            organization_id: self.text("default_organization_id")?,
            project_id: self.text("default_project_id")?,
            region: self.text("default_region")?,
            user_agent: self.text("user_agent")?,
        })
    }

    /// A text. Numbers and booleans are text too, as in Scaleway's tools.
    pub(super) fn text(&self, key: &str) -> Result<Option<Value>> {
        let Some(scalar) = self.scalar(key, "text")? else {
            return Ok(None);
        };
        match scalar.text() {
            Some(text) => Ok(Some(Value::new(text, self.place(key)))),
            None => Err(self.malformed(key, "text without a tag")),
        }
    }

    fn boolean(&self, key: &str) -> Result<Option<(bool, String)>> {
        const EXPECTED: &str = "true or false, without quotation marks";
        let Some(scalar) = self.scalar(key, EXPECTED)? else {
            return Ok(None);
        };
        match scalar.boolean() {
            Some(value) => Ok(Some((value, self.place(key)))),
            None => Err(self.malformed(key, EXPECTED)),
        }
    }

    fn scalar(&self, key: &str, expected: &str) -> Result<Option<&'a Scalar>> {
        match self.mapping.get(key) {
            None => Ok(None),
            Some(Node::Scalar(scalar)) if scalar.is_null() => Ok(None),
            Some(Node::Scalar(scalar)) => Ok(Some(scalar)),
            Some(_) => Err(self.malformed(key, expected)),
        }
    }

    /// The mapping under a key.
    pub(super) fn section(&self, key: &str) -> Result<Option<Section<'a>>> {
        match self.mapping.get(key) {
            None => Ok(None),
            Some(Node::Scalar(scalar)) if scalar.is_null() => Ok(None),
            Some(Node::Mapping(mapping)) => Ok(Some(Self {
                mapping,
                prefix: format!("{}{}.", self.prefix, display_name(key)),
                file: self.file,
            })),
            Some(_) => Err(self.malformed(key, "keys and values")),
        }
    }

    /// The keys, also those whose value is null.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.mapping.keys()
    }

    /// The path of the file.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    fn place(&self, key: &str) -> String {
        format!("{}{} in {}", self.prefix, display_name(key), self.file)
    }

    fn malformed(&self, key: &str, expected: &str) -> Error {
        let place = self.place(key);
        configuration_error(format!("{place} is malformed: it should be {expected}"))
    }
}

/// Formats a key for an error. A name with special characters is quoted.
pub(super) fn display_name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    match (1..=80).contains(&name.len()) && name.chars().all(plain) {
        true => name.to_owned(),
        false => quote(name),
    }
}
