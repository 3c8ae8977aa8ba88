//! Properties of settings.

use std::time::Duration;

use crate::config::{BaseUrl, Settings};
use crate::identifier;

/// Checks the properties of all settings.
pub(super) fn check_settings(settings: &Settings) {
    let limits = Duration::from_millis(1)..=Duration::from_secs(600);
    assert!(limits.contains(&settings.timeout));
    let url = BaseUrl::parse(settings.api_url.as_str(), "settings").expect("its own text");
    assert_eq!(url.as_str(), settings.api_url.as_str());
    assert_eq!(url.authority(), settings.api_url.authority());
    assert!(!url.authority().as_str().contains('@'));
    if url.is_unencrypted() {
        let host = url.authority().host().trim_matches(['[', ']']);
        let local = host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|a| a.is_loopback());
        assert!(local, "the token would go to {host} unencrypted");
    }
    for id in [&settings.project_id, &settings.organization_id] {
        assert!(
            id.as_ref()
                .is_none_or(|id| identifier::uuid(id, "", "").is_ok())
        );
    }
    if let Some(proxy) = &settings.proxy {
        assert!(!url.is_unencrypted(), "a proxy for {}", url.as_str());
        assert!(matches!(proxy.uri().scheme_str(), Some("http" | "https")));
        let authority = proxy.uri().authority().expect("a host");
        assert!(!authority.host().is_empty() && !authority.as_str().contains('@'));
    }
    if let Some(agent) = &settings.user_agent {
        http::HeaderValue::from_str(agent).expect("a header's value");
    }
    assert!(settings.region.as_ref().is_none_or(|r| is_region(r)));
    assert!(!settings.insecure || !settings.warnings.is_empty());
}

pub(super) fn is_region(text: &str) -> bool {
    text.len() <= 10 && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
