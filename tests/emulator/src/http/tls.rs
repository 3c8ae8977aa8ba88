//! The emulator's certificate authority and server certificate.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

use crate::state::write_private;

/// A data directory may be used for years.
const VALIDITY: Duration = Duration::days(3650);

/// A flaw of the server's certificate. The certificate authority is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It was valid until yesterday.
    Expired,
    /// Its only name is `another-host.invalid`.
    AnotherHost,
}

pub const CA_FILE: &str = "ca.pem";
const CERTIFICATE_FILE: &str = "server.pem";
const KEY_FILE: &str = "server-key.pem";

/// PEM texts. The certificate authority's private key is not kept.
struct Issued {
    ca: String,
    certificate: String,
    key: String,
}

fn parameters(name: &str, san: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(san)?;
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, name);
    // The client's clock may differ.
    parameters.not_before = OffsetDateTime::now_utc() - Duration::days(1);
    parameters.not_after = OffsetDateTime::now_utc() + VALIDITY;
    Ok(parameters)
}

fn issue(flaw: Option<Flaw>) -> Result<Issued, rcgen::Error> {
    let ca_key = KeyPair::generate()?;
    let mut ca = parameters("scwkms-emulator CA", Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&ca_key)?;

    let key = KeyPair::generate()?;
    let names: &[&str] = match flaw {
        Some(Flaw::AnotherHost) => &["another-host.invalid"],
        _ => &["localhost", "127.0.0.1", "::1"],
    };
    let all = names.iter().map(|name| (*name).to_owned()).collect();
    let mut server = parameters(names[0], all)?;
    if flaw == Some(Flaw::Expired) {
        server.not_after = OffsetDateTime::now_utc() - Duration::days(1);
        server.not_before = server.not_after - Duration::days(90);
    }
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    let certificate = server.signed_by(&key, &Issuer::new(ca, ca_key))?;
    Ok(Issued {
        ca: ca_certificate.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// The acceptor for the certificate in `directory`. Issues a certificate if there is none.
pub fn acceptor(directory: &Path, flaw: Option<Flaw>) -> Result<TlsAcceptor, String> {
    if !directory.join(CA_FILE).exists() {
        let issued = issue(flaw).map_err(|error| format!("cannot issue a certificate: {error}"))?;
        // The CA's file is written last: if it exists, so do the other two.
        for (file, text) in [
            (KEY_FILE, &issued.key),
            (CERTIFICATE_FILE, &issued.certificate),
            (CA_FILE, &issued.ca),
        ] {
            let path = directory.join(file);
            write_private(&path, text.as_bytes())
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    let read = |file: &str| {
        let path = directory.join(file);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let corrupt = |file: &str, error: &dyn std::fmt::Display| {
        format!(
            "{}: the file is corrupt ({error}); it was not changed",
            directory.join(file).display()
        )
    };
    CertificateDer::from_pem_slice(&read(CA_FILE)?).map_err(|error| corrupt(CA_FILE, &error))?;
    let certificate = CertificateDer::from_pem_slice(&read(CERTIFICATE_FILE)?)
        .map_err(|error| corrupt(CERTIFICATE_FILE, &error))?;
    let key = PrivateKeyDer::from_pem_slice(&read(KEY_FILE)?)
        .map_err(|error| corrupt(KEY_FILE, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key)
        })
        .map_err(|error| corrupt(CERTIFICATE_FILE, &error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
