//! Parses the configuration file. Errors contain the line and its text.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::selection::{KeySelector, Selection};
use super::uuid::{is_uuid, without_uuids};
use super::{Config, PinPolicy, RsaKeys, TokenConfig};
use crate::log::{Level, Target};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    log: Option<String>,
    #[serde(default)]
    log_level: Level,
    #[serde(default)]
    token: Vec<Token>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Token {
    label: Spanned<String>,
    client: Option<Spanned<String>>,
    keys: Option<Vec<Spanned<Key>>>,
    #[serde(default)]
    certificates: Vec<Spanned<String>>,
    #[serde(default = "yes")]
    read_only: bool,
    #[serde(default)]
    pin: PinPolicy,
    #[serde(default)]
    rsa_keys: RsaKeys,
    #[serde(default = "yes")]
    protect: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    name: Option<String>,
    tag: Option<String>,
    id: Option<String>,
}

fn yes() -> bool {
    true
}

/// The text of a file, for messages about its parts.
struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.text[..span.start.min(self.text.len())]
            .matches('\n')
            .count()
    }

    /// The file and the line of a part.
    fn position(&self, span: &Range<usize>) -> String {
        format!("{} line {}", self.path.display(), self.line(span))
    }

    fn error(&self, span: &Range<usize>, message: &str) -> String {
        let line = self
            .text
            .lines()
            .nth(self.line(span) - 1)
            .unwrap_or_default();
        // A client's URI may contain the secret key. So may a mistyped setting, which the message repeats.
        let line = match line.contains("secret-key=") || line.contains("secret-key%3") {
            true => "(not shown)",
            false => line.trim(),
        };
        without_uuids(&format!("{}: {message}: {line}", self.position(span)))
    }
}

/// Parses the text of the file with this path.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Config, String> {
    let source = Source { text, path };
    let file: File = toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        source.error(&span, error.message())
    })?;
    let mut tokens = Vec::new();
    for token in &file.token {
        tokens.push(source.token(token)?);
    }
    source.check_labels(&file.token)?;
    if tokens.is_empty() {
        tokens = Config::without_file().tokens;
    }
    Ok(Config {
        log: file.log.as_deref().map(Target::parse),
        level: file.log_level,
        tokens,
        origin: path.display().to_string(),
    })
}

impl Source<'_> {
    fn token(&self, token: &Token) -> Result<TokenConfig, String> {
        let client = token.client.as_ref();
        Ok(TokenConfig {
            label: self.label(&token.label)?,
            client: match client {
                Some(client) => self.client(client)?,
                None => String::new(),
            },
            uses_environment: true,
            keys: match &token.keys {
                None => Selection::All,
                Some(keys) => Selection::Only(self.selectors(keys)?),
            },
            certificates: self.certificates(&token.certificates),
            read_only: token.read_only,
            pin: token.pin,
            rsa_keys: token.rsa_keys,
            protect: token.protect,
        })
    }

    fn label(&self, label: &Spanned<String>) -> Result<String, String> {
        const MAX_LEN: usize = 32;
        match (1..=MAX_LEN).contains(&label.get_ref().len()) {
            true => Ok(label.get_ref().clone()),
            false => Err(self.error(&label.span(), "a label has 1 to 32 bytes")),
        }
    }

    fn check_labels(&self, tokens: &[Token]) -> Result<(), String> {
        let mut labels = HashSet::new();
        match tokens
            .iter()
            .find(|token| !labels.insert(token.label.get_ref()))
        {
            None => Ok(()),
            Some(token) => Err(self.error(&token.label.span(), "two tokens have the same label")),
        }
    }

    fn client(&self, client: &Spanned<String>) -> Result<String, String> {
        let uri = client.get_ref();
        let has_scheme = uri
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case("scwkms:"));
        match uri.is_empty() || has_scheme {
            true => Ok(uri.clone()),
            false => Err(self.error(&client.span(), "a client's URI begins with scwkms:")),
        }
    }

    fn selectors(&self, keys: &[Spanned<Key>]) -> Result<Vec<KeySelector>, String> {
        keys.iter().map(|key| self.selector(key)).collect()
    }

    fn selector(&self, key: &Spanned<Key>) -> Result<KeySelector, String> {
        let error = |message| self.error(&key.span(), message);
        match (&key.get_ref().name, &key.get_ref().tag, &key.get_ref().id) {
            (Some(name), None, None) if !name.is_empty() => Ok(KeySelector::Name(name.clone())),
            (None, Some(tag), None) if !tag.is_empty() && !tag.contains(',') => {
                Ok(KeySelector::Tag(tag.clone()))
            }
            (None, None, Some(id)) => match is_uuid(id) {
                true => Ok(KeySelector::Id(id.to_ascii_lowercase())),
                false => Err(error("a key's id is a UUID")),
            },
            _ => Err(error(
                "a key is selected by one of name, tag and id, which is not empty; a tag contains no comma",
            )),
        }
    }

    /// A relative path begins at the folder of the configuration file.
    fn certificates(&self, paths: &[Spanned<String>]) -> Vec<(std::path::PathBuf, String)> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        paths
            .iter()
            .map(|path| (folder.join(path.get_ref()), self.position(&path.span())))
            .collect()
    }
}
