//! The API URL.

use http::Uri;
use http::uri::Authority;

use super::layer::configuration_error;
use crate::error::Result;
use crate::redact::quote;

const DEFAULT: &str = "https://api.scaleway.com";

/// An `http` or `https` address to which the secret key may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    uri: Uri,
    authority: Authority,
    /// As written, without a trailing slash.
    text: String,
}

impl Default for BaseUrl {
    fn default() -> Self {
        let authority = Authority::from_static("api.scaleway.com");
        Self {
            uri: Uri::from_static(DEFAULT),
            authority,
            text: DEFAULT.to_owned(),
        }
    }
}

impl BaseUrl {
    /// Checks an address. `http` is allowed for loopback only, since it would show the secret key on a network.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let refuse = |why: &str| {
            configuration_error(format!(
                "the API URL ({origin}) {why}; it must be an address like {DEFAULT}"
            ))
        };
        let (given, fragment) = match text.split_once('#') {
            Some((before, _)) => (before, true),
            None => (text, false),
        };
        let uri: Uri = given
            .parse()
            .map_err(|e| refuse(&format!("cannot be parsed ({e})")))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority().cloned()) else {
            return Err(refuse("cannot be parsed (scheme or host is missing)"));
        };
        if authority.as_str().contains('@') {
            return Err(refuse("contains a user name or password"));
        }
        if uri.query().is_some() || fragment {
            return Err(refuse("contains a query or fragment"));
        }
        if authority.host().is_empty() || (has_port(&authority) && authority.port_u16().is_none()) {
            return Err(refuse("cannot be parsed (its host or port is malformed)"));
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(authority.host()) => {}
            "http" => {
                return Err(refuse(
                    "is http, which would send the secret key unencrypted",
                ));
            }
            other => return Err(refuse(&format!("has the scheme {}", quote(other)))),
        }
        let path = uri.path().trim_end_matches('/');
        let text = format!("{scheme}://{authority}{path}");
        Ok(Self {
            uri,
            authority,
            text,
        })
    }

    /// Whether it is `http`, and therefore on loopback.
    pub(crate) fn is_unencrypted(&self) -> bool {
        self.uri.scheme_str() == Some("http")
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Whether a port, or at least a colon, follows the host.
fn has_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len()
}

fn is_loopback(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("https://api.scaleway.com", "https://api.scaleway.com"),
            ("https://api.scaleway.com/", "https://api.scaleway.com"),
            ("https://proxy.example/scw/", "https://proxy.example/scw"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost", "http://localhost"),
        ] {
            let url = BaseUrl::parse(text, "test").unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(url.as_str(), expected);
            assert_eq!(url.is_unencrypted(), text.starts_with("http:"));
        }
        for (text, why) in [
            ("http://api.scaleway.com", "unencrypted"),
            ("http://localhost.example.com", "unencrypted"),
            ("http://128.0.0.1", "unencrypted"),
            ("ftp://api.scaleway.com", "scheme \"ftp\""),
            ("api.scaleway.com", "cannot be parsed"),
            (
                "https://u:hunter2@api.scaleway.com",
                "user name or password",
            ),
            ("https://api.scaleway.com/?x=1", "query"),
            ("", "cannot be parsed"),
        ] {
            let message = BaseUrl::parse(text, "test").expect_err(text).to_string();
            assert!(message.contains(why), "{text}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
