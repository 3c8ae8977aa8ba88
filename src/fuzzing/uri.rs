//! `scwkms:` URIs: of clients, keys, creations and queries.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::settings::{check_settings, is_region};
use super::support::{EmptyEnvironment, check_error, text, trip};
use crate::client::validate_name;
use crate::config;
use crate::identifier;
use crate::uri::{KeyCreation, KeyQuery, KeyReference, KeySelector, PARAMETERS, SCHEME, Uri};

/// A client's URI: an accepted one has the same meaning after it was written again, and results in safe settings.
pub fn client_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let uri = match Uri::parse(&text) {
        Ok(uri) => uri,
        Err(e) => return check_error(&e),
    };
    let written = write(uri.bare(), |name| uri.get(name));
    let again = Uri::parse(&written).unwrap_or_else(|e| panic!("{written}: {e}"));
    assert_eq!(uri.bare(), again.bare());
    for name in PARAMETERS {
        assert_eq!(uri.get(name), again.get(name), "{name}");
    }
    match config::resolve(&uri, &EmptyEnvironment) {
        Ok(settings) => check_settings(&settings),
        Err(e) => check_error(&e),
    }
}

/// A key reference: an accepted one has a canonical form with the same meaning, its parts can be used in a path, and it can
/// be shown in an error.
pub fn key_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let valid = validate_name(&text);
    if let Err(e) = &valid {
        check_error(e);
    }
    let reference = match KeyReference::parse(&text) {
        Ok(reference) => reference,
        Err(e) => return check_error(&e),
    };
    assert!(valid.is_ok(), "{text:?} is a key's name");
    let (id, name, project) = match &reference.selector {
        KeySelector::Id(id) => {
            assert_eq!(identifier::uuid(id, "", "").ok().as_ref(), Some(id));
            (Some(id.as_str()), None, None)
        }
        KeySelector::Name { name, project_id } => {
            (None, Some(name.as_str()), project_id.as_deref())
        }
    };
    let region = reference.region.as_deref();
    assert!(region.is_none_or(is_region));
    let written = write(None, |parameter| match parameter {
        "key-id" => id,
        "name" => name,
        "project-id" => project,
        "region" => region,
        _ => None,
    });
    assert_eq!(
        KeyReference::parse(&written).ok().as_ref(),
        Some(&reference)
    );
    let shown = reference.to_string();
    assert!(!shown.chars().any(char::is_control) && shown.len() < 1024);
}

/// A key to create: an accepted one has the same meaning after it was written again.
pub fn creation_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let creation = match KeyCreation::parse(&text) {
        Ok(creation) => creation,
        Err(e) => return check_error(&e),
    };
    assert!(identifier::uuid(&creation.name, "", "").is_err());
    assert!(creation.region.as_deref().is_none_or(is_region));
    let tags = creation.tags.join(",");
    let written = write(None, |parameter| match parameter {
        "name" => Some(creation.name.as_str()),
        "algorithm" => creation.algorithm.map(|a| a.wire_name()),
        "unprotected" => creation.unprotected.then_some("true"),
        "region" => creation.region.as_deref(),
        "project-id" => creation.project_id.as_deref(),
        "description" => creation.description.as_deref(),
        "tags" => Some(tags.as_str()),
        "protection-level" => creation.protection_level,
        _ => None,
    });
    // A plain name may contain a NUL, which a URI cannot.
    match KeyCreation::parse(&written) {
        Ok(again) => assert_eq!(again, creation),
        Err(e) => assert!(creation.name.contains('\0'), "{written}: {e}"),
    }
}

/// A query for keys: an accepted one has the same meaning after it was written again.
pub fn query_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let query = match KeyQuery::parse(&text) {
        Ok(query) => query,
        Err(e) => return check_error(&e),
    };
    let tags = query.tags.join(",");
    let written = write(None, |parameter| match parameter {
        "name" => query.name.as_deref(),
        "usage" => query.usage.map(|u| u.wire_name()),
        "algorithm" => query.algorithm.map(|a| a.wire_name()),
        "tags" => Some(tags.as_str()),
        "region" => query.region.as_deref(),
        "project-id" => query.project_id.as_deref(),
        _ => None,
    });
    assert_eq!(KeyQuery::parse(&written).ok().as_ref(), Some(&query));
}

/// A URI in which all values are percent-encoded.
fn write<'a>(bare: Option<&'a str>, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let bare = bare.map(escaped).into_iter();
    let parameters = PARAMETERS
        .iter()
        .filter_map(|name| value(name).map(|v| format!("{}={}", escaped(name), escaped(v))));
    let parts: Vec<String> = bare.chain(parameters).collect();
    format!("{SCHEME}:{}", parts.join(";"))
}
