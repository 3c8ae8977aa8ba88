//! The configuration: which tokens the module has. docs/pkcs11.md is the reference.

mod file;
#[cfg(test)]
mod file_tests;
mod locate;
mod selection;
mod uuid;

use std::path::PathBuf;

pub(crate) use locate::{ProcessEnvironment, load, log_target};
pub(crate) use selection::{KeySelector, Selection};
pub(crate) use uuid::is_uuid;

use serde::Deserialize;

use crate::log::{Level, Target};

/// The whole configuration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) log: Option<Target>,
    pub(crate) level: Level,
    pub(crate) tokens: Vec<TokenConfig>,
    /// For messages.
    pub(crate) origin: String,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenConfig {
    pub(crate) label: String,
    /// The client's URI. Empty for the settings of the environment and of Scaleway's config file.
    pub(crate) client: String,
    /// Whether the client reads the environment. Otherwise its URI has all settings.
    pub(crate) uses_environment: bool,
    pub(crate) keys: Selection,
    /// Files and folders, each with its position in the configuration file.
    pub(crate) certificates: Vec<(PathBuf, String)>,
    /// Whether keys can neither be created nor deleted.
    pub(crate) read_only: bool,
    pub(crate) pin: PinPolicy,
    pub(crate) rsa_keys: RsaKeys,
    /// Whether the service protects created keys against deletion.
    pub(crate) protect: bool,
}

/// The meaning of the PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PinPolicy {
    /// No login is necessary. Any PIN is accepted.
    #[default]
    Any,
    /// The PIN is the secret key.
    SecretKey,
}

/// The RSA keys that are created for templates which do not determine their usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RsaKeys {
    #[default]
    Pkcs1,
    Pss,
    Oaep,
}

impl TokenConfig {
    /// A token without special settings.
    pub(crate) fn with_label(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            client: String::new(),
            uses_environment: true,
            keys: Selection::All,
            certificates: Vec::new(),
            read_only: true,
            pin: PinPolicy::Any,
            rsa_keys: RsaKeys::Pkcs1,
            protect: true,
        }
    }
}

impl Config {
    /// The configuration without a file: one token with the settings of the environment.
    pub(crate) fn without_file() -> Self {
        Self {
            log: None,
            level: Level::default(),
            tokens: vec![TokenConfig::with_label("scwkms")],
            origin: "no configuration file".to_owned(),
        }
    }
}
