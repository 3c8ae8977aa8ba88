//! The names in a certificate: its subject and its alternative names.

use std::net::IpAddr;

use clap::Args;
use rcgen::string::Ia5String;
use rcgen::{CertificateParams, DistinguishedName, DnType, SanType};

use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct Names {
    /// The subject: CN, O, OU, C, ST and L, for example "CN=Example Root,O=Example". A comma in a value is written \,
    #[arg(long, value_name = "NAME", value_parser = parse_subject)]
    subject: Subject,
    /// A DNS name. It can be given several times, as the following options
    #[arg(long, value_name = "NAME")]
    dns: Vec<String>,
    /// An IP address
    #[arg(long, value_name = "ADDRESS")]
    ip: Vec<IpAddr>,
    /// An e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Vec<String>,
}

impl Names {
    /// The parameters of a certificate with these names.
    pub(crate) fn parameters(&self) -> Result<CertificateParams, Failure> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = DistinguishedName::new();
        for (kind, value) in &self.subject.0 {
            let (kind, value) = (kind.clone(), value.as_str());
            parameters.distinguished_name.push(kind, value);
        }
        parameters.subject_alt_names = self.alternative_names()?;
        Ok(parameters)
    }

    fn alternative_names(&self) -> Result<Vec<SanType>, Failure> {
        let mut names: Vec<SanType> = Vec::new();
        for name in &self.dns {
            names.push(SanType::DnsName(ascii(name)?));
        }
        names.extend(self.ip.iter().copied().map(SanType::IpAddress));
        for address in &self.email {
            names.push(SanType::Rfc822Name(ascii(address)?));
        }
        Ok(names)
    }
}

fn ascii(text: &str) -> Result<Ia5String, Failure> {
    Ia5String::try_from(text).map_err(|_| {
        Failure::invalid(format!(
            "{text:?} is not ASCII; write an internationalised name in its ASCII form"
        ))
    })
}

#[derive(Clone)]
struct Subject(Vec<(DnType, String)>);

fn parse_subject(text: &str) -> Result<Subject, String> {
    let attributes: Result<Vec<_>, String> = split(text).iter().map(|a| attribute(a)).collect();
    attributes.map(Subject)
}

/// Splits at commas, except where a backslash precedes one.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        let part = parts.len() - 1;
        match c {
            ',' => parts.push(String::new()),
            '\\' => parts[part].extend(characters.next()),
            other => parts[part].push(other),
        }
    }
    parts
}

fn attribute(text: &str) -> Result<(DnType, String), String> {
    let malformed = || format!("{text:?} is not an attribute such as CN=Example Root");
    let (name, value) = text.split_once('=').ok_or_else(malformed)?;
    let kind = match name.trim().to_ascii_uppercase().as_str() {
        "CN" => DnType::CommonName,
        "O" => DnType::OrganizationName,
        "OU" => DnType::OrganizationalUnitName,
        "C" => DnType::CountryName,
        "ST" => DnType::StateOrProvinceName,
        "L" => DnType::LocalityName,
        _ => return Err(format!("{name:?} is none of CN, O, OU, C, ST and L")),
    };
    match value.trim() {
        "" => Err(malformed()),
        value => Ok((kind, value.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects() {
        let Subject(parsed) = parse_subject(r"CN=Example, O=A\, B Ltd").expect("a subject");
        let expected = [
            (DnType::CommonName, "Example".to_owned()),
            (DnType::OrganizationName, "A, B Ltd".to_owned()),
        ];
        assert_eq!(parsed, expected);
        for text in ["", "Example", "CN=", "X=1", "CN=a,,O=b"] {
            assert!(parse_subject(text).is_err(), "{text}");
        }
    }
}
