//! UUIDs and regions, checked before they become part of a request path.

use crate::error::{Error, ErrorKind, Result};
use crate::redact::quote;

/// Checks the hyphenated form of a UUID (RFC 9562, section 4) and returns it in lower case.
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

/// Checks the form of a region, for example `fr-par`. The deprecated names `par1` and `ams1` are translated.
///
/// Every region of that form is accepted, since the service opens new ones.
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
}
