//! Attempts that brought no answer, and what they mean for another try.

use std::error::Error as StdError;

use rustls::{AlertDescription, CertificateError};
use secrecy::{ExposeSecret, SecretString};

use super::tunnel::ProxyError;
use crate::error::{Error, ErrorKind};

/// How far an attempt without an answer got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The request was certainly not processed.
    NotSent,
    /// The request may have been processed.
    Unknown,
    /// Another try would end the same way.
    Lasting,
}

/// An attempt without a usable answer.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) reach: Reach,
}

impl Failure {
    /// The connection broke after the request may have been sent.
    pub(crate) fn broken(kind: ErrorKind, message: String) -> Self {
        Self {
            error: Error::new(kind, message),
            reach: Reach::Unknown,
        }
    }

    /// There was no connection for the request to be sent over.
    pub(crate) fn unsent(kind: ErrorKind, message: String) -> Self {
        Self {
            error: Error::new(kind, message),
            reach: Reach::NotSent,
        }
    }

    /// A failure that would come again.
    pub(crate) fn lasting(kind: ErrorKind, message: String) -> Self {
        Self {
            error: Error::new(kind, message),
            reach: Reach::Lasting,
        }
    }

    /// The failure happened while an answer of that status was read.
    pub(crate) fn of_answer(mut self, status: u16, request_id: Option<String>) -> Self {
        self.error = self
            .error
            .with_http_status(status)
            .with_request_id(request_id);
        self
    }
}

/// A text from outside without the secret key.
pub(super) fn hide(secret_key: &SecretString, text: &str) -> String {
    text.replace(secret_key.expose_secret(), "[secret key]")
}

/// Why there is no connection. A certificate's names are shown, which the server has chosen.
pub(super) fn of_connecting(
    e: &(dyn StdError + 'static),
    base_url: &str,
    secret_key: &SecretString,
) -> Failure {
    let causes = chain_of(e, |text| hide(secret_key, &text));
    let mut error = Error::new(
        ErrorKind::Network,
        format!("cannot connect to {base_url}: {causes}"),
    );
    let of_proxy = e.downcast_ref::<ProxyError>();
    let refusal = match of_proxy {
        Some(of_proxy) => refusal(of_proxy.cause(), "proxy", "the proxy's address"),
        None => refusal(e, "server", "api-url"),
    };
    let lasting = refusal.is_some() || of_proxy.is_some_and(ProxyError::is_lasting);
    if let Some(advice) = refusal {
        error = error.note(advice);
    }
    Failure {
        error,
        reach: match lasting {
            true => Reach::Lasting,
            false => Reach::NotSent,
        },
    }
}

/// What to do about a peer that TLS refuses, and will refuse again.
fn refusal(e: &(dyn StdError + 'static), peer: &str, setting: &str) -> Option<String> {
    // Through an io::Error's source its inner error is not reached, only that one's source.
    let inner = e.downcast_ref::<std::io::Error>()?.get_ref()?;
    match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => Some(match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                format!("the {peer}'s certificate has expired, or this machine's clock is wrong")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                format!(
                    "the {peer}'s certificate is not valid yet, or this machine's clock is wrong"
                )
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("the {peer}'s certificate is for another host; check {setting}")
            }
            _ => format!(
                "the {peer}'s certificate is not trusted; ca-file= in the URI adds an authority"
            ),
        }),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => Some(format!(
            "the {peer} does not offer TLS 1.2 or newer as it is safe to use"
        )),
        _ => None,
    }
}

/// Why a request brought no answer, once a connection was there.
pub(super) fn of_request(e: &(dyn StdError + 'static), unsent: bool, base_url: &str) -> Failure {
    let error = Error::new(
        ErrorKind::Network,
        format!(
            "the connection to {base_url} broke before an answer came: {}",
            chain(e)
        ),
    );
    Failure {
        error,
        reach: match unsent {
            true => Reach::NotSent,
            false => Reach::Unknown,
        },
    }
}

/// An error and its causes in one line, without repeating what a cause says again.
pub(crate) fn chain(e: &(dyn StdError + 'static)) -> String {
    chain_of(e, |text| text)
}

fn chain_of(e: &(dyn StdError + 'static), clean: impl Fn(String) -> String) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut current = Some(e);
    while let Some(e) = current {
        let text = shortened(clean(text(e)));
        if !parts.iter().any(|p| p.contains(&text)) {
            parts.push(text);
        }
        current = e.source();
    }
    parts.join(": ")
}

/// What one error says; of HTTP/2's the reason alone, without what the server has to say beside it.
fn text(e: &(dyn StdError + 'static)) -> String {
    match e.downcast_ref::<h2::Error>().and_then(h2::Error::reason) {
        Some(reason) => format!("HTTP/2 gives as the reason: {}", reason.description()),
        None => e.to_string(),
    }
}

/// A certificate may have a thousand names.
fn shortened(text: String) -> String {
    const LONGEST: usize = 300;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

pub(crate) fn is_json_media_type(value: &str) -> bool {
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        assert!(is_json_media_type("application/json"));
        assert!(is_json_media_type("Application/JSON; charset=utf-8"));
        assert!(!is_json_media_type("text/html"));
        assert!(!is_json_media_type("application/json-seq"));
        assert!(!is_json_media_type(""));
    }
}
