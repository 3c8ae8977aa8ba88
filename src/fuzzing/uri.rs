//! `scwkms:` URIs: of clients, keys, creations and queries.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Nothing, is_fit_to_print, text, trip};
use crate::client::validate_name;
use crate::config::{self, BaseUrl, Settings};
use crate::identifier;
use crate::uri::{KeyCreation, KeyQuery, KeyReference, KeySelector, PARAMETERS, SCHEME, Uri};

/// A client's URI: what is accepted reads the same once it is written anew, and gives settings
/// that are safe to use.
pub fn client_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let uri = match Uri::parse(&text) {
        Ok(uri) => uri,
        Err(e) => return is_fit_to_print(&e),
    };
    let written = write(uri.bare(), |name| uri.get(name));
    let again = Uri::parse(&written).unwrap_or_else(|e| panic!("{written}: {e}"));
    assert_eq!(uri.bare(), again.bare());
    for name in PARAMETERS {
        assert_eq!(uri.get(name), again.get(name), "{name}");
    }
    match config::resolve(&uri, &Nothing) {
        Ok(settings) => are_safe(&settings),
        Err(e) => is_fit_to_print(&e),
    }
}

/// Whatever was given, these hold.
pub(super) fn are_safe(settings: &Settings) {
    let limits = Duration::from_millis(1)..=Duration::from_secs(600);
    assert!(limits.contains(&settings.timeout));
    let url = BaseUrl::parse(settings.api_url.as_str(), "settings").expect("its own text");
    assert_eq!(url.as_str(), settings.api_url.as_str());
    assert_eq!(url.authority(), settings.api_url.authority());
    assert!(!url.authority().as_str().contains('@'));
    if url.is_cleartext() {
        let host = url.authority().host().trim_matches(['[', ']']);
        let local = host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|a| a.is_loopback());
        assert!(local, "the token would go to {host} in the clear");
    }
    for id in [&settings.project_id, &settings.organization_id] {
        assert!(
            id.as_ref()
                .is_none_or(|id| identifier::uuid(id, "", "").is_ok())
        );
    }
    if let Some(agent) = &settings.user_agent {
        http::HeaderValue::from_str(agent).expect("a header's value");
    }
    assert!(settings.region.as_ref().is_none_or(|r| is_region(r)));
    assert!(!settings.insecure || !settings.warnings.is_empty());
}

/// A key reference: every accepted one has a canonical form that means the same, its parts are fit
/// for a path, and how it is shown is fit for an error.
pub fn key_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    let valid = validate_name(&text);
    if let Err(e) = &valid {
        is_fit_to_print(e);
    }
    let reference = match KeyReference::parse(&text) {
        Ok(reference) => reference,
        Err(e) => return is_fit_to_print(&e),
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

/// A key to create and a query for keys: both read the same once they are written anew.
pub fn request_uri(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &["secret-key="]) else {
        return;
    };
    match KeyCreation::parse(&text) {
        Ok(creation) => {
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
            // A plain name may hold what a URI cannot.
            match KeyCreation::parse(&written) {
                Ok(again) => assert_eq!(again, creation),
                Err(e) => assert!(creation.name.contains('\0'), "{written}: {e}"),
            }
        }
        Err(e) => is_fit_to_print(&e),
    }
    match KeyQuery::parse(&text) {
        Ok(query) => {
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
        Err(e) => is_fit_to_print(&e),
    }
}

/// A URI with everything escaped.
fn write<'a>(bare: Option<&'a str>, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let bare = bare.map(escaped).into_iter();
    let parameters = PARAMETERS
        .iter()
        .filter_map(|name| value(name).map(|v| format!("{}={}", escaped(name), escaped(v))));
    let parts: Vec<String> = bare.chain(parameters).collect();
    format!("{SCHEME}:{}", parts.join(";"))
}

fn is_region(text: &str) -> bool {
    text.len() <= 10 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
