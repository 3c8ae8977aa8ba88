//! The syntax: `scwkms:name=value;name=value?name=value`.
//!
//! Values are decoded as in HTML forms (`+` is a space, `%XX` a byte), as step-ca's `uri` package does. A parameter
//! is looked up in the opaque part first, then in the query. Unknown names are errors, so that a typing error never
//! results in a default value.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;

/// The scheme. Upper case is accepted too.
pub(crate) const SCHEME: &str = "scwkms";

/// The parameters of all kinds of URIs. One URI may name a client and a key, so each parser accepts the other's
/// parameters and ignores them.
pub(crate) const PARAMETERS: &[&str] = &[
    "access-key",
    "algorithm",
    "api-url",
    "ca-file",
    "config",
    "description",
    "insecure",
    "key-id",
    "name",
    "organization-id",
    "origin",
    "profile",
    "project-id",
    "protection-level",
    "public-key",
    "region",
    "rotation-period",
    "secret-key",
    "secret-key-file",
    "tags",
    "timeout",
    "unprotected",
    "usage",
    "verify",
];

/// A parsed URI. Values may be secret, so they are wiped and there is no `Debug`.
pub(crate) struct Uri {
    parameters: Vec<(String, Zeroizing<String>)>,
    bare: Option<String>,
}

impl Uri {
    /// Whether the text begins with `scwkms:`, in any case.
    pub(crate) fn has_scheme(text: &str) -> bool {
        text.split_once(':')
            .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// Parses a URI of the scheme. Errors never quote the whole text: it may contain a secret.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if !Self::has_scheme(text) {
            return Err(match text.split_once(':') {
                Some((scheme, _)) if is_scheme(scheme) => invalid(format!(
                    "the URI's scheme is {}, not {SCHEME}",
                    quote(scheme)
                )),
                _ => invalid(format!(
                    "a URI begins with {SCHEME}:, as in scwkms:region=fr-par"
                )),
            });
        }
        let rest = &text[SCHEME.len() + 1..];
        if let Some(c) = rest.chars().find(|c| c.is_control() || *c == '#') {
            return Err(invalid(format!(
                "a URI cannot contain the character {c:?}; write it percent-encoded"
            )));
        }
        if rest.starts_with('/') {
            return Err(invalid(format!(
                "a URI is {SCHEME}:name=value;name=value, without slashes after the colon"
            )));
        }
        let (opaque, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Uri {
            parameters: Vec::new(),
            bare: None,
        };
        uri.read_part(opaque, true)?;
        let opaque_names = uri.parameters.len();
        uri.read_part(query, false)?;
        for part in [
            &uri.parameters[..opaque_names],
            &uri.parameters[opaque_names..],
        ] {
            let mut first = BTreeMap::new();
            // An empty value counts as absent.
            for (name, value) in part.iter().filter(|(_, v)| !v.is_empty()) {
                if first.entry(name).or_insert(value) != &value {
                    return Err(invalid(format!(
                        "the URI contains {name} twice, with different values"
                    )));
                }
            }
        }
        Ok(uri)
    }

    fn read_part(&mut self, part: &str, opaque: bool) -> Result<()> {
        for piece in part.split([';', '&']).filter(|piece| !piece.is_empty()) {
            let Some((name, value)) = piece.split_once('=') else {
                if opaque && self.bare.is_none() {
                    self.bare = Some(decode(piece)?.to_string());
                    continue;
                }
                return Err(invalid(
                    "a part of the URI has no value; parameters are written name=value",
                ));
            };
            let name = decode(name)?.to_string();
            if !PARAMETERS.contains(&name.as_str()) {
                return Err(unknown_parameter(&name));
            }
            self.parameters.push((name, decode(value)?));
        }
        Ok(())
    }

    /// The first value that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(PARAMETERS.contains(&name), "{name} is not in the list");
        self.parameters
            .iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// The part without a name, for example a key's id.
    pub(crate) fn bare(&self) -> Option<&str> {
        self.bare.as_deref()
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

fn unknown_parameter(name: &str) -> Error {
    let nearest = PARAMETERS
        .iter()
        .map(|known| (edit_distance(name, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    match nearest {
        Some((_, known)) => invalid(format!(
            "the URI's parameter {} is unknown; did you mean {known}?",
            quote(name)
        )),
        None => invalid(format!(
            "the URI's parameter {} is unknown; the known ones are {}",
            quote(name),
            PARAMETERS.join(", ")
        )),
    }
}

/// The Levenshtein distance over bytes, to find typing errors.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

fn decode(text: &str) -> Result<Zeroizing<String>> {
    let bytes = text.as_bytes();
    for (i, b) in bytes.iter().enumerate() {
        let escape = bytes.get(i + 1..i + 3);
        if *b == b'%' && !escape.is_some_and(|e| e.iter().all(u8::is_ascii_hexdigit)) {
            return Err(invalid(
                "the URI contains a % without two hexadecimal digits after it; a literal % is written %25",
            ));
        }
    }
    let spaced = Zeroizing::new(text.replace('+', " "));
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) if decoded.contains('\0') => {
            Err(invalid("the URI contains a NUL character (%00)"))
        }
        Ok(decoded) => Ok(Zeroizing::new(decoded.into_owned())),
        Err(_) => Err(invalid("the URI's percent-encoding is not UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, name: &str) -> Option<String> {
        Uri::parse(text)
            .unwrap_or_else(|e| panic!("{text}: {e}"))
            .get(name)
            .map(str::to_owned)
    }

    fn error_of(text: &str) -> String {
        match Uri::parse(text) {
            Ok(_) => panic!("{text} was accepted"),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn values_are_decoded_as_forms() {
        assert_eq!(
            get("scwkms:name=a+b%2Bc%C3%A9", "name").as_deref(),
            Some("a b+cé")
        );
        assert_eq!(
            get("SCWKMS:region=fr-par", "region").as_deref(),
            Some("fr-par")
        );
        assert_eq!(
            get("scwkms:region=fr-par;region=fr-par", "region").as_deref(),
            Some("fr-par")
        );
        assert_eq!(
            get("scwkms:region=;region=nl-ams", "region").as_deref(),
            Some("nl-ams")
        );
        assert_eq!(get("scwkms:", "region"), None);
        assert_eq!(get("scwkms:name=a=b", "name").as_deref(), Some("a=b"));
        assert_eq!(get("scwkms:;;name=x;", "name").as_deref(), Some("x"));
    }

    #[test]
    fn the_opaque_part_comes_before_the_query() {
        assert_eq!(
            get("scwkms:region=fr-par?region=nl-ams", "region").as_deref(),
            Some("fr-par")
        );
        assert_eq!(
            get("scwkms:region=?region=nl-ams", "region").as_deref(),
            Some("nl-ams")
        );
        assert_eq!(
            get("scwkms:?region=nl-ams", "region").as_deref(),
            Some("nl-ams")
        );
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("scwkms:reigon=fr-par", "did you mean region?"),
            ("scwkms:nonsense-at-all=1", "the known ones are access-key"),
            (
                "scwkms:region=fr-par;region=nl-ams",
                "contains region twice",
            ),
            ("scwkms:name=%zz", "%25"),
            ("scwkms:name=%f", "%25"),
            ("scwkms:name=%ff", "not UTF-8"),
            ("scwkms:name=%00", "NUL"),
            ("scwkms:name=a#b", "'#'"),
            ("scwkms://fr-par", "without slashes"),
            ("scwkms:region=fr-par;uuid", ""),
            ("awskms:region=fr-par", "scheme is \"awskms\""),
            ("region=fr-par", "begins with scwkms:"),
            ("", "begins with scwkms:"),
            ("scwkms:a;b", "has no value"),
        ] {
            if expected.is_empty() {
                Uri::parse(text)
                    .map(|_| ())
                    .unwrap_or_else(|e| panic!("{text}: {e}"));
            } else {
                let message = error_of(text);
                assert!(message.contains(expected), "{text}: {message}");
            }
        }
    }

    #[test]
    fn errors_do_not_quote_secrets() {
        for text in [
            "scwkms:secret-key=hunter2;secret-key=hunter3",
            "scwkms:secret-key=hunter2%zz",
            "scwkms:secret-key=hunter2;oops=hunter2",
            "scwkms:secret-key=hunter2;x;y",
            "scwkms:secret-key=hunter2#",
        ] {
            let message = error_of(text);
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
