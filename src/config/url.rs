//! The service's address.

use url::{Host, Url};

use super::configuration_error;
use crate::error::Result;
use crate::identifier::quote;

const DEFAULT: &str = "https://api.scaleway.com";

/// An `http` or `https` address without a trailing slash, safe to send the token to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl Default for BaseUrl {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

impl BaseUrl {
    /// Checks an address. Cleartext passes to this machine only: it would show the token.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let refuse = |why: &str| {
            configuration_error(format!(
                "the API URL ({origin}) {why}; it is an address like {DEFAULT}"
            ))
        };
        let url = Url::parse(text).map_err(|e| refuse(&format!("cannot be parsed ({e})")))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("holds a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("holds a query or fragment"));
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => {}
            ("http", Some(host)) if is_loopback(&host) => {}
            ("http", Some(_)) => {
                return Err(refuse(
                    "is http, which would send the secret key in the clear",
                ));
            }
            (scheme, _) => return Err(refuse(&format!("has the scheme {}", quote(scheme)))),
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Whether it is `http`, and so on this machine.
    pub(crate) fn is_cleartext(&self) -> bool {
        self.0.starts_with("http:")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
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
            assert_eq!(url.is_cleartext(), text.starts_with("http:"));
        }
        for (text, why) in [
            ("http://api.scaleway.com", "in the clear"),
            ("http://localhost.example.com", "in the clear"),
            ("http://128.0.0.1", "in the clear"),
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
