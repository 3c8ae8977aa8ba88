//! The client: what a caller does, composed from the rooms below.

mod cache;
mod info;
mod lifecycle;
mod open;
mod pending;

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::api::{self, Api, Scope};
use crate::config::{self, Process, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::process::PerProcess;
use crate::transport::runtime;
use crate::transport::{Deadline, Transport};
use crate::uri::{KeyReference, Uri};

pub use info::KeyInfo;
pub use lifecycle::ProtectionLevel;
pub use pending::{Pending, Prepared};

use cache::KeyCache;
use open::OpenKey;

/// A client of Key Manager with one set of settings.
///
/// It serves any number of threads at once, and no lock is held while a request is under way.
/// Every operation blocks until it is done or the deadline (`timeout=`, 15 seconds where the URI
/// does not say) has passed; the deadline holds for the whole operation, retries included.
///
/// A key is named by text: its id, `REGION/ID`, `scwkms:ID`, `scwkms:key-id=ID;region=REGION`, or
/// `scwkms:name=NAME` where exactly one key has that name. Its algorithm and public key are
/// fetched once and kept for the life of the client, since neither ever changes under one id.
///
/// ```no_run
/// # fn main() -> Result<(), scwkms::Error> {
/// let client = scwkms::Client::open("scwkms:region=fr-par")?;
/// let key = "scwkms:name=my-signing-key";
/// let public_key = client.public_key(key)?;
/// let digest = [0x5a; 32];
/// let signature = client.sign(key, None, &digest)?;
/// println!("{} bytes by {}", signature.len(), public_key.algorithm);
/// # Ok(())
/// # }
/// ```
pub struct Client {
    settings: Settings,
    /// A child of fork() has its own connections and cache.
    inner: PerProcess<Arc<Inner>>,
}

/// What operations share, so that one can go on after the client is dropped.
struct Inner {
    api: Api,
    keys: KeyCache,
    project_id: Option<String>,
    organization_id: Option<String>,
}

/// A key's public half.
#[derive(Debug, Clone)]
pub struct PublicKeyInfo {
    /// The key's algorithm.
    pub algorithm: Algorithm,
    /// The SubjectPublicKeyInfo in DER (RFC 5280, section 4.1).
    pub spki: Vec<u8>,
}

impl Client {
    /// Opens a client from a URI, the environment and Scaleway's config file. Nothing is sent.
    ///
    /// The URI is `scwkms:name=value;name=value`, or empty where the environment or the file say
    /// all. Warnings, about `insecure` for example, go to standard error.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a malformed URI, [`ErrorKind::Configuration`] for
    /// settings that are missing, malformed or unreadable.
    pub fn open(uri: &str) -> Result<Self> {
        let text = if uri.is_empty() { "scwkms:" } else { uri };
        let uri = Uri::parse(text).map_err(|e| e.context("open a client"))?;
        if uri.bare().is_some() {
            // A client's URI may name a key as well; anything else without a name is a mistake.
            KeyReference::parse(text).map_err(|e| e.context("open a client"))?;
        }
        let settings = config::resolve(&uri, &Process).map_err(|e| e.context("open a client"))?;
        for warning in &settings.warnings {
            eprintln!("scwkms: warning: {warning}");
        }
        Self::with_settings(settings).map_err(|e| e.context("open a client"))
    }

    fn with_settings(settings: Settings) -> Result<Self> {
        let client = Self {
            settings,
            inner: PerProcess::new(),
        };
        client.inner()?;
        Ok(client)
    }

    fn inner(&self) -> Result<Arc<Inner>> {
        self.inner
            .get(|| Inner::new(&self.settings).map(Arc::new))
            .cloned()
    }

    /// Stops trying again, now and for good: operations under way end with the attempt that they
    /// are making. For a caller who frees the client while others use it.
    pub fn close(&self) {
        if let Some(inner) = self.inner.existing() {
            inner.api.close();
        }
    }

    /// The public key of an asymmetric key, and its algorithm.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a symmetric key or an algorithm that this library does not
    /// know, besides those of reaching the service.
    pub fn public_key(&self, key: &str) -> Result<PublicKeyInfo> {
        self.on_key("public key of", key, |operation| operation.key.public_key())
    }

    /// Signs a digest.
    ///
    /// The digest must be as long as the key's hash says (32 bytes for SHA-256, 48 for SHA-384).
    /// `expected` is the caller's own idea of the key's algorithm, or `None`. ECDSA signatures
    /// are in ASN.1 DER (RFC 3279, section 2.2.3), RSA ones are as long as the modulus; a PSS
    /// salt is as long as the hash or as long as fits, as the service chooses. The signature was
    /// verified with the key's public half, unless `verify=false` is in the client's URI.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`] (a digest of the wrong length) and
    /// [`ErrorKind::Unsupported`] (a key that does not sign, an algorithm other than expected).
    /// [`ErrorKind::Integrity`] means that the service's signature is not one of the digest by
    /// the key; it is never given out.
    pub fn sign(&self, key: &str, expected: Option<Algorithm>, digest: &[u8]) -> Result<Vec<u8>> {
        self.on_key("sign with", key, |operation| {
            operation.key.check_signing(expected, digest)?;
            let signature = operation.carry_out(api::Operation::Sign, digest)?;
            operation
                .key
                .checked_signature(digest, &signature, self.settings.verify)
        })
    }

    /// Decrypts with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no associated
    /// data). The plaintext is wiped when it is dropped.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`] (a ciphertext of an impossible length)
    /// and [`ErrorKind::Unsupported`] (a key that does not decrypt).
    pub fn decrypt(&self, key: &str, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.on_key("decrypt with", key, |operation| {
            operation.key.check_decryption(ciphertext)?;
            operation.carry_out(api::Operation::Decrypt, ciphertext)
        })
    }

    /// Encrypts with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no associated
    /// data), by the service.
    ///
    /// # Errors
    /// Nothing is sent for [`ErrorKind::InvalidArgument`] (an empty plaintext, or one longer than
    /// the key takes) and [`ErrorKind::Unsupported`] (a key that does not encrypt).
    pub fn encrypt(&self, key: &str, plaintext: &[u8]) -> Result<Vec<u8>> {
        self.on_key("encrypt with", key, |operation| {
            operation.key.check_encryption(plaintext)?;
            let ciphertext = operation.carry_out(api::Operation::Encrypt, plaintext)?;
            Ok(ciphertext.to_vec())
        })
    }

    /// Opens a key, from the cache or the service, and does something with it. Errors say what was
    /// attempted on which key.
    fn on_key<T>(
        &self,
        verb: &str,
        key: &str,
        body: impl FnOnce(Operation) -> Result<T>,
    ) -> Result<T> {
        self.open_key(key)
            .and_then(body)
            .map_err(|e| e.context(format_args!("{verb} {}", self.shown(key))))
    }

    fn open_key(&self, key: &str) -> Result<Operation> {
        let inner = self.inner()?;
        let reference = self.reference(key)?;
        let deadline = inner.api.deadline();
        let key = match inner.keys.get(&reference) {
            Some(key) => key,
            None => {
                let inner = Arc::clone(&inner);
                runtime::wait(
                    deadline,
                    async move { inner.fetch(&reference, deadline).await },
                )?
            }
        };
        Ok(Operation {
            inner,
            key,
            deadline,
        })
    }

    /// A parsed reference, with the client's region where it names none.
    fn reference(&self, key: &str) -> Result<KeyReference> {
        let mut reference = KeyReference::parse(key)?;
        reference.region = Some(self.region_or(reference.region)?);
        Ok(reference)
    }

    fn region_or(&self, given: Option<String>) -> Result<String> {
        given
            .or_else(|| self.settings.region.clone())
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Configuration,
                    "no region: give it with the key as REGION/UUID or region=, or to the client \
                     with region= in its URI, SCW_DEFAULT_REGION or default_region in the config \
                     file",
                )
            })
    }

    /// A key reference as errors show it: without the client parameters that a URI may hold.
    fn shown(&self, key: &str) -> String {
        match KeyReference::parse(key) {
            Ok(mut reference) => {
                reference.region = reference.region.or_else(|| self.settings.region.clone());
                format!("key {reference}")
            }
            Err(_) => "a key".to_owned(),
        }
    }
}

/// An operation on an open key.
struct Operation {
    inner: Arc<Inner>,
    key: Arc<OpenKey>,
    deadline: Deadline,
}

impl Operation {
    fn carry_out(&self, operation: api::Operation, input: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.inner
            .api
            .operate(operation, self.key.path(), input, self.deadline)
    }
}

impl Inner {
    fn new(settings: &Settings) -> Result<Self> {
        Ok(Self {
            api: Api::new(Transport::new(settings)?),
            keys: KeyCache::default(),
            project_id: settings.project_id.clone(),
            organization_id: settings.organization_id.clone(),
        })
    }

    /// Where to look for keys: in the project that is asked for or set, else in all projects of
    /// the organization.
    fn scope<'a>(&'a self, project_id: Option<&'a str>) -> Result<Scope<'a>> {
        let project = project_id
            .or(self.project_id.as_deref())
            .map(Scope::Project);
        let organization = self.organization_id.as_deref().map(Scope::Organization);
        project.or(organization).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "no project to look for keys in: give project-id= or organization-id= in the URI, \
                 SCW_DEFAULT_PROJECT_ID or SCW_DEFAULT_ORGANIZATION_ID, or default_project_id or \
                 default_organization_id in the config file",
            )
        })
    }
}

/// Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Nothing is
/// opened or sent.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`], saying what is wrong with it.
pub fn validate_name(name: &str) -> Result<()> {
    if !Uri::has_scheme(name) {
        return KeyReference::parse(name).map(|_| ());
    }
    let uri = Uri::parse(name)?;
    let names_a_key =
        uri.bare().is_some() || uri.get("key-id").is_some() || uri.get("name").is_some();
    if names_a_key {
        KeyReference::parse(name)?;
    } else if let Some(region) = uri.get("region") {
        crate::identifier::region(region, "URI")?;
    }
    Ok(())
}
