//! Why a connection could not be opened, and what the user can do.

use std::error::Error as StdError;

use rustls::{AlertDescription, CertificateError};

use super::attempt_error::{AttemptError, Delivery};
use super::cause;
use super::proxy::ProxyError;
use crate::error::{Error, ErrorKind};
use crate::redact::Redactor;

/// The error of an attempt to connect. The text shows the names in a certificate, which the peer chose.
pub(super) fn connect_error(
    e: &(dyn StdError + 'static),
    base_url: &str,
    redactor: &Redactor,
) -> AttemptError {
    let cause = cause::redacted_chain(e, redactor);
    let message = format!("cannot connect to {base_url}: {cause}");
    let error = Error::new(ErrorKind::Network, message);
    let proxy = e.downcast_ref::<ProxyError>();
    let advice = match proxy {
        Some(proxy) => tls_advice(proxy.cause(), "proxy", "the proxy's address"),
        None => tls_advice(e, "server", "api-url"),
    };
    let permanent = advice.is_some() || proxy.is_some_and(ProxyError::is_permanent);
    AttemptError {
        error: match advice {
            Some(advice) => error.note(advice),
            None => error,
        },
        delivery: match permanent {
            true => Delivery::Permanent,
            false => Delivery::NotSent,
        },
    }
}

/// What to do about a peer that TLS rejects. Another attempt would be rejected too.
fn tls_advice(e: &(dyn StdError + 'static), peer: &str, setting: &str) -> Option<String> {
    // io::Error's source() skips its inner error.
    let inner = e.downcast_ref::<std::io::Error>()?.get_ref()?;
    match inner.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(why) => Some(certificate_advice(why, peer, setting)),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => Some(format!(
            "the {peer} does not offer TLS 1.2 or newer with a secure configuration"
        )),
        _ => None,
    }
}

fn certificate_advice(why: &CertificateError, peer: &str, setting: &str) -> String {
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the {peer}'s certificate has expired, or the local clock is wrong")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            format!("the {peer}'s certificate is not valid yet, or the local clock is wrong")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the {peer}'s certificate is for another host; check {setting}")
        }
        _ => format!("the {peer}'s certificate is not trusted; ca-file= in the URI adds a CA"),
    }
}
