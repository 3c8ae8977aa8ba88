//! Which servers a client trusts: those with certificates of the system's trust store and of ca-file=, or all of them with
//! insecure=.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{ErrorKind as StoreErrorKind, load_native_certs};

use super::accept_any::AcceptAnyCertificate;
use super::weak_cache::WeakCache;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::input_file::InputFile;
use crate::redact;

/// The verifier of one client. A child of fork() uses its parent's: it may be unable to read the certificates again, for
/// example after chroot(). It contains no lock.
#[derive(Clone)]
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
}

impl Trust {
    /// Reads the certificates.
    pub(crate) fn load(settings: &Settings) -> Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        if settings.insecure {
            let verifier = Arc::new(AcceptAnyCertificate::new(Arc::clone(&provider)));
            return Ok(Self { provider, verifier });
        }
        let from_file = match &settings.ca_file {
            Some(path) => ca_certificates(path)?,
            None => Vec::new(),
        };
        let verifier = shared_verifier(&from_file, &system_certificates()?, &provider)?;
        Ok(Self { provider, verifier })
    }

    /// The TLS configuration of this process: TLS 1.2 or newer. Each connection chooses its ALPN protocols itself.
    pub(super) fn client_config(&self) -> Result<Arc<ClientConfig>> {
        let verifier = Arc::as_ptr(&self.verifier).addr();
        CONFIGS.get(verifier, || self.new_config().map(Arc::new))
    }

    fn new_config(&self) -> Result<ClientConfig> {
        Ok(
            ClientConfig::builder_with_provider(Arc::clone(&self.provider))
                .with_safe_default_protocol_versions()
                .map_err(|e| unusable(format!("TLS cannot be set up: {e}")))?
                .dangerous()
                .with_custom_certificate_verifier(Arc::clone(&self.verifier))
                .with_no_client_auth(),
        )
    }
}

#[cfg(feature = "diagnosis")]
impl Trust {
    /// A trust in any server. It shows a certificate that is not trusted; no request may be sent with it.
    pub(super) fn any(&self) -> Self {
        let verifier = Arc::new(AcceptAnyCertificate::new(Arc::clone(&self.provider)));
        Self {
            provider: Arc::clone(&self.provider),
            verifier,
        }
    }
}

/// The configurations in use, by the address of their verifier, which they keep. Clients with the same verifier share one,
/// and with it the TLS sessions.
static CONFIGS: WeakCache<usize, ClientConfig> = WeakCache::new();

/// The verifiers in use, by the SHA-256 digest of their certificates. A verifier needs hundreds of kilobytes.
static VERIFIERS: WeakCache<[u8; 32], WebPkiServerVerifier> = WeakCache::new();

fn shared_verifier(
    from_file: &[CertificateDer<'static>],
    from_system: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>> {
    let digest = digest(from_file.iter().chain(from_system));
    VERIFIERS.get(digest, || new_verifier(from_file, from_system, provider))
}

fn digest<'a>(certificates: impl Iterator<Item = &'a CertificateDer<'static>>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for certificate in certificates {
        // A certificate in DER contains its own length.
        context.update(certificate);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

fn new_verifier(
    from_file: &[CertificateDer<'static>],
    from_system: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    for certificate in from_file {
        roots
            .add(certificate.clone())
            .map_err(|e| unusable(format!("a certificate in the ca-file cannot be used: {e}")))?;
    }
    // Trust stores contain certificates that rustls does not support.
    roots.add_parsable_certificates(from_system.iter().cloned());
    if roots.is_empty() {
        return Err(unusable(
            "the system has no CA certificates; install the package ca-certificates, or name a file of them with ca-file= in \
             the URI"
                .to_owned(),
        ));
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|e| unusable(format!("the CA certificates cannot be used: {e}")))
}

/// The certificates of the system's trust store. A certificate that is unusable, or unreadable for this user, is not part
/// of it. Any other failure is an error: with a part of the certificates the client would fail later, until it is freed.
fn system_certificates() -> Result<Vec<CertificateDer<'static>>> {
    let loaded = load_native_certs();
    let failed = loaded.errors.iter().find(|e| match &e.kind {
        StoreErrorKind::Io { inner, .. } => !matches!(
            inner.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
        ),
        _ => false,
    });
    match failed {
        Some(e) => Err(unusable(format!(
            "the system's CA certificates cannot be read: {e}"
        ))),
        None => Ok(loaded.certs),
    }
}

fn ca_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let invalid = |why: String| {
        unusable(format!(
            "the file of CA certificates {} (ca-file= in the URI, or SCWKMS_CA_FILE) {why}",
            redact::path(path)
        ))
    };
    let pem = read(path).map_err(|e| invalid(format!("cannot be read: {e}")))?;
    let certificates = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| invalid(format!("cannot be read: {e}")))?;
    if certificates.is_empty() {
        return Err(invalid("contains no PEM certificate".into()));
    }
    Ok(certificates)
}

/// Reads a file, up to a size that no file of certificates exceeds.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    const MAX_SIZE: u64 = 8 << 20;
    let mut content = Vec::new();
    let file = InputFile::open(path)?;
    if file.take(MAX_SIZE + 1).read_to_end(&mut content)? as u64 > MAX_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is over 8 MiB",
        ));
    }
    Ok(content)
}

fn unusable(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
