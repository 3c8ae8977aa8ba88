//! The TLS configuration: the system's trust store and ca-file=, or no verification with insecure=.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ::aws_lc_rs::digest::{SHA256, digest};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::PerProcess;
use crate::redact;

/// The settings that determine a TLS configuration.
#[derive(PartialEq, Eq)]
struct TrustSettings {
    insecure: bool,
    /// The SHA-256 digest of the ca-file, or of an empty file.
    ca_file_digest: [u8; 32],
}

type Cache = Mutex<Vec<(TrustSettings, Weak<ClientConfig>)>>;

/// The configurations in use. Reading the system's trust store takes milliseconds, and it needs hundreds of kilobytes,
/// so clients share it. After the last client has been freed, it is read again.
static CACHE: PerProcess<Cache> = PerProcess::new();

/// TLS 1.2 or newer. Each connection chooses its ALPN protocols itself.
pub(super) fn client_config(settings: &Settings) -> Result<Arc<ClientConfig>> {
    let pem = match &settings.ca_file {
        Some(path) if !settings.insecure => read(path).map_err(|e| {
            unusable(format!(
                "the ca-file {} cannot be read: {e}",
                redact::path(path)
            ))
        })?,
        _ => Vec::new(),
    };
    let mut trust = TrustSettings {
        insecure: settings.insecure,
        ca_file_digest: [0; 32],
    };
    trust
        .ca_file_digest
        .copy_from_slice(digest(&SHA256, &pem).as_ref());
    let cache = CACHE.get(|| Ok(Mutex::default()))?;
    let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|(_, config)| config.strong_count() > 0);
    let found = cache.iter().find(|(other, _)| *other == trust);
    if let Some(config) = found.and_then(|(_, config)| config.upgrade()) {
        return Ok(config);
    }
    let config = Arc::new(new_config(settings, &pem)?);
    cache.push((trust, Arc::downgrade(&config)));
    Ok(config)
}

/// Reads a file, up to a size that no file of certificates exceeds.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    const MAX_SIZE: u64 = 8 << 20;
    let mut content = Vec::new();
    let file = File::open(path)?;
    if file.take(MAX_SIZE + 1).read_to_end(&mut content)? as u64 > MAX_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is over 8 MiB",
        ));
    }
    Ok(content)
}

fn new_config(settings: &Settings, pem: &[u8]) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = if settings.insecure {
        Arc::new(AcceptAnyCertificate(Arc::clone(&provider)))
    } else {
        let extra = match &settings.ca_file {
            Some(path) => ca_certificates(path, pem)?,
            None => Vec::new(),
        };
        Arc::new(
            Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
                .map_err(|e| unusable(format!("the trust store cannot be used: {e}")))?,
        )
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| unusable(format!("TLS cannot be set up: {e}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn ca_certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let invalid = |why: String| unusable(format!("the ca-file {} {why}", redact::path(path)));
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| invalid(format!("cannot be read: {e}")))?;
    if certificates.is_empty() {
        return Err(invalid("contains no PEM certificate".into()));
    }
    Ok(certificates)
}

fn unusable(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// For `insecure=true`: the handshake's signature is verified, the certificate is not.
#[derive(Debug)]
struct AcceptAnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
