//! TLS: the system's trust store, an authority of the caller's own, or (loudly) no check.

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
use crate::identifier;
use crate::process::PerProcess;

/// What the configurations of clients may differ in.
#[derive(PartialEq, Eq)]
struct Trust {
    insecure: bool,
    /// The digest of the authority's file, or of nothing.
    authorities: [u8; 32],
}

type Shared = Mutex<Vec<(Trust, Weak<ClientConfig>)>>;

/// The configurations in use. The system's trust store takes milliseconds to read and some hundred
/// kilobytes to keep, so clients share it; once nobody uses it, it is read anew.
static SHARED: PerProcess<Shared> = PerProcess::new();

/// TLS 1.2 or newer. The protocols to offer are each connection's choice.
pub(super) fn client_config(settings: &Settings) -> Result<Arc<ClientConfig>> {
    let pem = match &settings.ca_file {
        Some(path) if !settings.insecure => read(path).map_err(|e| {
            unusable(format!(
                "the ca-file {} cannot be read: {e}",
                identifier::shown(path)
            ))
        })?,
        _ => Vec::new(),
    };
    let mut trust = Trust {
        insecure: settings.insecure,
        authorities: [0; 32],
    };
    trust
        .authorities
        .copy_from_slice(digest(&SHA256, &pem).as_ref());
    let shared = SHARED.get(|| Ok(Mutex::default()))?;
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    shared.retain(|(_, config)| config.strong_count() > 0);
    let found = shared.iter().find(|(other, _)| *other == trust);
    if let Some(config) = found.and_then(|(_, config)| config.upgrade()) {
        return Ok(config);
    }
    let config = Arc::new(new_config(settings, &pem)?);
    shared.push((trust, Arc::downgrade(&config)));
    Ok(config)
}

/// All of a file, unless it is no file of certificates for sure.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    const LARGEST: u64 = 8 << 20;
    let mut content = Vec::new();
    let file = File::open(path)?;
    if file.take(LARGEST + 1).read_to_end(&mut content)? as u64 > LARGEST {
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
            Some(path) => authorities(path, pem)?,
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

fn authorities(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let refuse = |why: String| unusable(format!("the ca-file {} {why}", identifier::shown(path)));
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| refuse(format!("cannot be read: {e}")))?;
    if certificates.is_empty() {
        return Err(refuse("holds no PEM certificate".into()));
    }
    Ok(certificates)
}

fn unusable(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// For `insecure`: the handshake's signature is still checked, the certificate is not.
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
