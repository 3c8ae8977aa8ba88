//! The proxy that environment variables set.

#[cfg(unix)]
use std::os::unix::ffi::OsStringExt;

use super::fake::{Fake, environment};
use super::{refusal, settings};

/// The URL of the proxy for the API's default URL.
fn proxy(fake: &Fake) -> Option<String> {
    let proxy = settings("scwkms:", fake).proxy?;
    Some(proxy.uri().to_string())
}

fn with(variables: &[(&str, &str)]) -> Fake {
    variables.iter().fold(environment(), |fake, (name, value)| {
        fake.variable(name, *value)
    })
}

#[test]
fn the_first_variable_with_a_value_is_used() {
    let mut variables = Vec::new();
    assert_eq!(proxy(&with(&variables)), None);
    for (name, url) in [
        ("all_proxy", "http://a.example:3128"),
        ("ALL_PROXY", "http://b.example:3128"),
        ("https_proxy", "http://c.example:3128"),
        ("HTTPS_PROXY", "http://d.example:3128"),
    ] {
        variables.push((name, url));
        let expected = format!("{url}/");
        assert_eq!(proxy(&with(&variables)), Some(expected));
    }
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        assert!(proxy(&with(&variables)).is_some(), "{name}");
        variables.push((name, ""));
    }
    assert_eq!(proxy(&with(&variables)), None);
}

#[test]
fn well_formed_urls() {
    for (url, expected, credentials) in [
        ("http://p.example:3128", "http://p.example:3128/", None),
        ("HTTP://p.example:3128/", "http://p.example:3128/", None),
        ("https://p.example", "https://p.example/", None),
        ("p.example:3128", "http://p.example:3128/", None),
        ("p.example", "http://p.example/", None),
        ("http://[::1]:3128", "http://[::1]:3128/", None),
        (
            "http://anna:hunter2@p.example:3128",
            "http://p.example:3128/",
            Some("Basic YW5uYTpodW50ZXIy"),
        ),
        (
            "anna:hunter2@p.example:3128",
            "http://p.example:3128/",
            Some("Basic YW5uYTpodW50ZXIy"),
        ),
        (
            "http://anna:%40%2F%3F%23@p.example",
            "http://p.example/",
            Some("Basic YW5uYTpALz8j"),
        ),
    ] {
        let fake = with(&[("HTTPS_PROXY", url)]);
        let proxy = settings("scwkms:", &fake).proxy.expect(url);
        assert_eq!(proxy.uri().to_string(), expected);
        let sent = proxy.basic_auth().map(|value| value.to_str().expect(url));
        assert_eq!(sent, credentials, "{url}");
    }
}

#[test]
fn malformed_urls_are_errors() {
    for (url, expected) in [
        ("htp://p.example:3128", "has the scheme \"htp\""),
        (
            "socks5://anna:hunter2@p.example",
            "has the scheme \"socks5\"",
        ),
        ("ftp://p.example", "has the scheme \"ftp\""),
        (" ", "a space or a control character"),
        ("http://p.example:3128 ", "a space or a control character"),
        ("http://p.example:3128\n", "a space or a control character"),
        (
            "http://anna:hunter2 @p.example",
            "a space or a control character",
        ),
        ("http://", "cannot be parsed"),
        ("http:/p.example", "cannot be parsed"),
        ("https//p.example", "cannot be parsed"),
        ("http://[::1", "cannot be parsed"),
        ("http://é.example", "cannot be parsed"),
        ("http://:3128", "has no host"),
        ("/", "has no host"),
        ("http://anna:hunter2@", "cannot be parsed"),
        ("http://anna:hunter2@:3128", "has no host"),
        ("http://p.example:x", "has a malformed port"),
        ("http://p.example:", "has a malformed port"),
        ("http://p.example:65536", "has a malformed port"),
        (
            "http://p.example/path",
            "contains a path, query or fragment",
        ),
        (
            "http://p.example?hunter2",
            "contains a path, query or fragment",
        ),
        (
            "http://p.example#hunter2",
            "contains a path, query or fragment",
        ),
        ("http://anna:hunter2/x@p.example", "must be percent-encoded"),
        ("http://anna:hunter2?x@p.example", "must be percent-encoded"),
        ("http://anna:hunter2#x@p.example", "must be percent-encoded"),
        ("http://anna:hunter2@x@p.example", "must be percent-encoded"),
        ("http://anna:hunter2%ff@p.example", "is not UTF-8"),
    ] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let message = refusal("scwkms:", &with(&[(name, url)]));
            let start = format!("the proxy URL (environment variable {name}) ");
            assert!(message.starts_with(&start), "{url}: {message}");
            assert!(message.contains(expected), "{url}: {message}");
            for secret in ["hunter2", "anna"] {
                assert!(!message.contains(secret), "{url}: {message}");
            }
        }
    }
}

#[test]
fn a_malformed_url_is_not_replaced_by_another() {
    let fake = with(&[
        ("HTTPS_PROXY", "htp://a.example"),
        ("ALL_PROXY", "http://b.example"),
    ]);
    assert!(refusal("scwkms:", &fake).contains("HTTPS_PROXY"));
    let fake = with(&[
        ("HTTPS_PROXY", "http://a.example"),
        ("ALL_PROXY", "htp://b.example"),
    ]);
    assert_eq!(proxy(&fake).as_deref(), Some("http://a.example/"));
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_utf8_are_errors() {
    let not_utf8 = || std::ffi::OsString::from_vec(b"http://anna:hunter2\xff@p.example".to_vec());
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ] {
        let fake = with(&[("all_proxy", "http://p.example")]).variable(name, not_utf8());
        let message = refusal("scwkms:", &fake);
        assert_eq!(
            message,
            format!("environment variable {name} is not valid UTF-8")
        );
    }
}

#[test]
fn variables_without_effect_are_not_checked() {
    for (name, value) in [
        ("NO_PROXY", "api.scaleway.com"),
        ("no_proxy", ".scaleway.com"),
        ("NO_PROXY", "other.example, *"),
        ("REQUEST_METHOD", "GET"),
    ] {
        for url in ["http://p.example", "htp://p.example"] {
            let fake = with(&[("HTTPS_PROXY", url), (name, value)]);
            assert_eq!(proxy(&fake), None, "{name}={value}");
        }
    }
    let loopback = with(&[
        ("HTTPS_PROXY", "htp://p.example"),
        ("ALL_PROXY", "htp://p.example"),
    ])
    .variable("SCW_API_URL", "http://127.0.0.1:1");
    assert_eq!(proxy(&loopback), None);
    let other = with(&[
        ("HTTPS_PROXY", "http://p.example"),
        ("NO_PROXY", "scaleway.example"),
    ]);
    assert!(proxy(&other).is_some());
    let unencrypted = with(&[
        ("HTTP_PROXY", "htp://p.example"),
        ("http_proxy", "http://p.example"),
    ]);
    assert_eq!(proxy(&unencrypted), None);
}
