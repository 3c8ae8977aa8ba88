//! Describes the service's certificate.

use std::net::IpAddr;

use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use super::step::Step;

/// Adds details about the first of the certificates.
pub(super) fn describe(step: Step, certificates: &[Vec<u8>]) -> Step {
    let first = certificates.first().map(Vec::as_slice).unwrap_or_default();
    let Ok((_, certificate)) = X509Certificate::from_der(first) else {
        return step.detail("certificate", "malformed");
    };
    let validity = certificate.validity();
    let period = format!(
        "{} to {}",
        date(validity.not_before),
        date(validity.not_after)
    );
    step.detail("certificate", certificate.subject().to_string())
        .detail("issuer", certificate.issuer().to_string())
        .detail("names", names(&certificate))
        .detail("valid", period)
}

fn date(time: ASN1Time) -> String {
    let date = OffsetDateTime::date(time.to_datetime());
    let (year, month, day) = date.to_calendar_date();
    format!("{year}-{:02}-{day:02}", u8::from(month))
}

/// The first DNS names and IP addresses.
fn names(certificate: &X509Certificate<'_>) -> String {
    const MAX_NAMES: usize = 5;
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return "none".to_owned();
    };
    let names = extension.value.general_names.iter();
    let names = names.filter_map(|name| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => address(octets),
        _ => None,
    });
    names.take(MAX_NAMES).collect::<Vec<String>>().join(", ")
}

fn address(octets: &[u8]) -> Option<String> {
    let address = match octets.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(octets).ok()?),
        _ => IpAddr::from(<[u8; 16]>::try_from(octets).ok()?),
    };
    Some(address.to_string())
}
