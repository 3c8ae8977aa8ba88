//! Ids and regions, checked before they enter a path.

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Checks the hyphenated form of a UUID (RFC 9562, section 4) and gives it in lower case.
pub(crate) fn uuid(text: &str, what: &str, origin: &str) -> Result<String> {
    let shaped = text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    if shaped {
        return Ok(text.to_ascii_lowercase());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!(
            "{what} {} ({origin}) is not a UUID like 11111111-2222-3333-4444-555555555555",
            quote(text)
        ),
    ))
}

/// Checks a region's shape, `fr-par` for example; the names of the first generation are translated.
///
/// Any region of that shape passes: the service opens new ones.
pub(crate) fn region(text: &str, origin: &str) -> Result<String> {
    let text = match text {
        "par1" => "fr-par",
        "ams1" => "nl-ams",
        other => other,
    };
    let shaped = text.split_once('-').is_some_and(|(country, city)| {
        country.len() == 2
            && (3..=7).contains(&city.len())
            && [country, city]
                .iter()
                .all(|part| part.bytes().all(|b| b.is_ascii_lowercase()))
    });
    if shaped {
        return Ok(text.to_owned());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!(
            "region {} ({origin}) is not a region like fr-par, nl-ams or pl-waw",
            quote(text)
        ),
    ))
}

/// Quotes a value that a person gave, for an error: escaped, cut where it is long, and cut before a
/// secret key, which may be there by a slip: a wrong separator, a scheme left out.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 80;
    let long = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    match long.into_iter().chain(secret_key(text)).min() {
        Some(end) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A path as errors show it: as it is, but in one line, and cut before a secret key.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let end = secret_key(&text);
    let mut shown = String::new();
    for c in text[..end.unwrap_or(text.len())].chars() {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    if end.is_some() {
        shown.push('…');
    }
    shown
}

/// Where the value of a secret key begins, as URIs, the environment and the config file write it.
fn secret_key(text: &str) -> Option<usize> {
    // In ASCII, so that places in it are those in the text.
    let lower = text.to_ascii_lowercase();
    ["secret-key", "secret_key", "scw_token", "scaleway_token"]
        .iter()
        .flat_map(|name| lower.match_indices(name).map(|(at, _)| at + name.len()))
        .filter(|end| lower[*end..].starts_with(['=', ':', '%', ' ', '\n']))
        .min()
        .map(|end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids() {
        let id = "8A83F62F-2b00-4e17-9bef-bc10faef3098";
        assert_eq!(
            uuid(id, "key", "test").ok().as_deref(),
            Some("8a83f62f-2b00-4e17-9bef-bc10faef3098")
        );
        for bad in [
            "",
            "8a83f62f2b004e179befbc10faef3098",
            "8a83f62f-2b00-4e17-9bef-bc10faef309",
            "8a83f62f-2b00-4e17-9bef-bc10faef309g",
            "8a83f62f/2b00-4e17-9bef-bc10faef3098",
            "../../../../../../../../../../../..",
            "éa83f62f-2b00-4e17-9bef-bc10faef309",
        ] {
            let error = uuid(bad, "key", "test").expect_err(bad);
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains("is not a UUID"), "{error}");
        }
    }

    #[test]
    fn regions() {
        for (given, expected) in [("fr-par", "fr-par"), ("par1", "fr-par"), ("ams1", "nl-ams")] {
            assert_eq!(region(given, "test").ok().as_deref(), Some(expected));
        }
        for bad in [
            "",
            "fr",
            "fr-",
            "fr-pa",
            "fr-parissss",
            "FR-PAR",
            "fr-par-1",
            "f/-par",
            "fr-p.r",
        ] {
            region(bad, "test").expect_err(bad);
        }
    }

    #[test]
    fn quotes_are_cut() {
        assert_eq!(quote("a\nb"), "\"a\\nb\"");
        assert!(quote(&"é".repeat(500)).chars().count() < 100);
    }

    #[test]
    fn paths_are_shown_in_one_line() {
        assert_eq!(shown(Path::new("/a b/é.yaml")), "/a b/é.yaml");
        assert_eq!(shown(Path::new("/a\n\u{1b}[2J")), "/a\\n\\u{1b}[2J");
        let slip = Path::new("/a,secret-key=hunter2");
        assert_eq!(shown(slip), "/a,secret-key=…");
    }

    #[test]
    fn quotes_end_before_a_secret_key() {
        for (text, shown) in [
            ("fr-par,secret-key=hunter2", "\"fr-par,secret-key=\"…"),
            ("SECRET-KEY%3Dhunter2", "\"SECRET-KEY%\"…"),
            ("SCW_SECRET_KEY=hunter2", "\"SCW_SECRET_KEY=\"…"),
            ("x\nsecret_key: hunter2", "\"x\\nsecret_key:\"…"),
            ("my-secret-key", "\"my-secret-key\""),
            ("é secret-keys", "\"é secret-keys\""),
        ] {
            assert_eq!(quote(text), shown);
        }
    }
}
