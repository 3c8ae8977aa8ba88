//! Removes secrets from text that errors and warnings show. No other module does this.
//!
//! - Text from the caller (a URI, a region, a path) goes through [`quote`] or [`path`]. It may contain a secret
//!   key by mistake, for example after a wrong separator. It is cut before the place where the key would begin.
//! - Text from outside (the service, a proxy, a certificate) goes through a client's [`Redactor`], which knows the
//!   secret key and replaces it.

use std::path::Path;

use arc_swap::ArcSwap;
use secrecy::{ExposeSecret, SecretString};

/// Quotes a value from the caller: escaped, and cut where it is long or before a secret key.
pub(crate) fn quote(text: &str) -> String {
    const MAX_CHARS: usize = 80;
    let long = text.char_indices().nth(MAX_CHARS).map(|(end, _)| end);
    match long.into_iter().chain(secret_key_start(text)).min() {
        Some(end) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A path on one line, cut before a secret key.
pub(crate) fn path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let end = secret_key_start(&text);
    let mut clean = String::new();
    for c in text[..end.unwrap_or(text.len())].chars() {
        match c.is_control() {
            true => clean.extend(c.escape_default()),
            false => clean.push(c),
        }
    }
    if end.is_some() {
        clean.push('…');
    }
    clean
}

/// The byte offset of a secret key's value, as URIs, the environment and the config file write it, or of a proxy's URL,
/// which may contain a password.
fn secret_key_start(text: &str) -> Option<usize> {
    // ASCII case folding keeps byte offsets.
    let lower = text.to_ascii_lowercase();
    const NAMES: [&str; 6] = [
        "secret-key",
        "secret_key",
        "scw_token",
        "scaleway_token",
        "https_proxy",
        "all_proxy",
    ];
    NAMES
        .iter()
        .flat_map(|name| lower.match_indices(name).map(|(at, _)| at + name.len()))
        .filter(|end| lower[*end..].starts_with(['=', ':', '%', ' ', '\n']))
        .min()
        .map(|end| end + 1)
}

/// Removes one client's secret keys from text that comes from outside: the current one and earlier ones.
pub(crate) struct Redactor(ArcSwap<Vec<SecretString>>);

impl Redactor {
    pub(crate) fn new(secret_key: &SecretString) -> Self {
        Self(ArcSwap::from_pointee(vec![secret_key.clone()]))
    }

    /// From now on, this secret key is removed too.
    pub(crate) fn add(&self, secret_key: &SecretString) {
        self.0.rcu(|keys| {
            let mut keys = Vec::clone(keys);
            keys.push(secret_key.clone());
            keys
        });
    }

    /// The text without the secret keys.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.load().iter().fold(text.to_owned(), |text, key| {
            text.replace(key.expose_secret(), "[secret key]")
        })
    }

    /// The text without the secret keys, on one line, and cut where it is long.
    pub(crate) fn redact_line(&self, text: &str) -> String {
        const MAX_CHARS: usize = 500;
        let text = self.redact(text);
        let mut line: String = text
            .chars()
            .take(MAX_CHARS)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if text.chars().nth(MAX_CHARS).is_some() {
            line.push('…');
        }
        line.trim().to_owned()
    }

    /// Whether the bytes contain a secret key.
    pub(crate) fn contains_secret(&self, bytes: &[u8]) -> bool {
        self.0.load().iter().any(|key| {
            let key = key.expose_secret().as_bytes();
            bytes.windows(key.len().max(1)).any(|window| window == key)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_escaped_and_cut() {
        assert_eq!(quote("a\nb"), "\"a\\nb\"");
        assert!(quote(&"é".repeat(500)).chars().count() < 100);
    }

    #[test]
    fn paths_are_shown_on_one_line() {
        assert_eq!(path(Path::new("/a b/é.yaml")), "/a b/é.yaml");
        assert_eq!(path(Path::new("/a\n\u{1b}[2J")), "/a\\n\\u{1b}[2J");
        let mistake = Path::new("/a,secret-key=hunter2");
        assert_eq!(path(mistake), "/a,secret-key=…");
    }

    #[test]
    fn quotes_end_before_a_secret_key() {
        for (text, quoted) in [
            ("fr-par,secret-key=hunter2", "\"fr-par,secret-key=\"…"),
            ("SECRET-KEY%3Dhunter2", "\"SECRET-KEY%\"…"),
            ("SCW_SECRET_KEY=hunter2", "\"SCW_SECRET_KEY=\"…"),
            ("x\nsecret_key: hunter2", "\"x\\nsecret_key:\"…"),
            ("HTTPS_PROXY=http://a:hunter2@b", "\"HTTPS_PROXY=\"…"),
            ("my-secret-key", "\"my-secret-key\""),
            ("é secret-keys", "\"é secret-keys\""),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }

    #[test]
    fn the_secret_key_is_replaced_in_text_from_outside() {
        let redactor = Redactor::new(&SecretString::from("hunter2"));
        assert_eq!(redactor.redact("a hunter2 b"), "a [secret key] b");
        assert_eq!(redactor.redact_line(" a\nhunter2 "), "a [secret key]");
        assert!(redactor.redact_line(&"x".repeat(1000)).chars().count() <= 501);
        assert!(redactor.contains_secret(b"xhunter2x"));
        assert!(!redactor.contains_secret(b"hunter"));
    }
}
