//! A key whose metadata and public key were loaded, and the checks that need them.

use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest::{self, Digest, SHA256, SHA384};

use super::key_info::{KeyInfo, PublicKeyInfo};
use crate::algorithm::{Algorithm, Hash, Usage};
use crate::api::{Api, Key, KeyLocation, KeyUsage};
use crate::error::{Error, ErrorKind, Result};
use crate::observer;
use crate::public_key::{MU_LEN, PublicKey};
use crate::redact;
use crate::transport::Deadline;

/// The metadata and the public key of a key. Its usage, algorithm and public key never change under one id; the rest of
/// the metadata shows the key as it was when it was loaded.
#[derive(Debug)]
pub(super) struct OpenKey {
    location: KeyLocation,
    usage: KeyUsage,
    /// `None` for a key whose public key is in a file, so that nothing was loaded.
    metadata: Option<Key>,
    /// The file that the public key comes from, for errors.
    file: Option<PathBuf>,
    /// `None` for an algorithm that is newer than this library.
    algorithm: Option<Algorithm>,
    /// `None` for a key without a public half, or with one that the library cannot read.
    public_key: Option<PublicKey>,
}

impl OpenKey {
    /// Loads metadata and public key. Metadata that is known is not requested.
    pub(super) async fn load(
        api: Arc<Api>,
        location: KeyLocation,
        known: Option<Key>,
        deadline: Deadline,
    ) -> Result<Arc<Self>> {
        let (key, pem) = match known {
            Some(key) => {
                let pem = match usable_algorithm(&key) {
                    Some(_) => Some(api.get_public_key(&location, deadline).await),
                    None => None,
                };
                (key, pem)
            }
            None => fetch(&api, &location, deadline).await?,
        };
        let public_key = match (usable_algorithm(&key), pem) {
            (Some(algorithm), Some(pem)) => {
                let pem = pem.map_err(|e| e.note(format_args!("the key's state is {}", key.state)));
                Some(PublicKey::from_pem(&pem?, algorithm)?)
            }
            _ => None,
        };
        Ok(Arc::new(Self {
            location,
            algorithm: Algorithm::from_wire_name(&key.usage.algorithm),
            usage: key.usage.clone(),
            metadata: Some(key),
            file: None,
            public_key,
        }))
    }

    /// A key whose public key was read from a file.
    pub(super) fn with_public_key(
        location: KeyLocation,
        public_key: PublicKey,
        file: PathBuf,
    ) -> Self {
        let algorithm = public_key.algorithm();
        Self {
            location,
            usage: algorithm.into(),
            metadata: None,
            file: Some(file),
            algorithm: Some(algorithm),
            public_key: Some(public_key),
        }
    }

    pub(super) fn location(&self) -> &KeyLocation {
        &self.location
    }

    pub(super) fn info(&self) -> Result<KeyInfo> {
        let metadata = self.metadata.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "the key's metadata was not loaded; please report this",
            )
        })?;
        let info = KeyInfo::new(metadata, &self.location.region)?;
        let public_key = self.public_key.as_ref().map(|key| key.spki().to_vec());
        Ok(KeyInfo { public_key, ..info })
    }

    pub(super) fn public_key(&self) -> Result<PublicKeyInfo> {
        match (self.algorithm, &self.public_key) {
            (Some(algorithm), Some(key)) => Ok(PublicKeyInfo {
                algorithm,
                spki: key.spki().to_vec(),
            }),
            (Some(algorithm), None) if algorithm.usage() == Usage::SymmetricEncryption => {
                Err(unsupported(format!(
                    "the key is symmetric ({algorithm}), so it has no public key"
                )))
            }
            _ => Err(unsupported(format!(
                "public keys of {} are not supported",
                self.usage.algorithm
            ))),
        }
    }

    /// Checks key usage, algorithm and digest length.
    pub(super) fn check_signing(&self, expected: Option<Algorithm>, digest: &[u8]) -> Result<()> {
        let algorithm = self.check_usage("sign", Algorithm::can_sign_digests)?;
        check_digest(algorithm, expected, digest)
    }

    /// Checks key usage and algorithm for an operation on a message.
    pub(super) fn check_message(&self, verb: &str, expected: Option<Algorithm>) -> Result<()> {
        let algorithm = self.check_usage(verb, Algorithm::can_sign)?;
        check_expected(algorithm, expected)
    }

    /// The digest of a message, if the key signs digests.
    pub(super) fn digest(&self, message: &[u8]) -> Option<Digest> {
        let hash = match self.algorithm?.hash()? {
            Hash::Sha256 => &SHA256,
            Hash::Sha384 => &SHA384,
        };
        Some(digest::digest(hash, message))
    }

    /// The public key of an ML-DSA key.
    pub(super) fn ml_dsa(&self) -> Result<&PublicKey> {
        let key = self.public_key.as_ref().filter(|key| key.is_ml_dsa());
        key.ok_or_else(|| unsupported("the key is not an ML-DSA key".to_owned()))
    }

    /// The external mu of a message, which an ML-DSA key signs.
    pub(super) fn mu(&self, message: &[u8]) -> Result<[u8; MU_LEN]> {
        let mu = self.ml_dsa()?.mu(message);
        mu.ok_or_else(|| unsupported("the key is not an ML-DSA key".to_owned()))
    }

    /// Checks key usage, algorithm and digest length. The service verifies more algorithms than this library.
    pub(super) fn check_verification(
        &self,
        expected: Option<Algorithm>,
        digest: &[u8],
        by_service: bool,
    ) -> Result<()> {
        let can_verify = |algorithm: Algorithm| match by_service {
            true => algorithm.usage() == Usage::AsymmetricSigning && algorithm.hash().is_some(),
            false => algorithm.can_sign_digests(),
        };
        let algorithm = self.check_usage("verify", can_verify)?;
        check_digest(algorithm, expected, digest)
    }

    /// Whether the bytes are a signature of the digest by this key, in the encoding in which signatures are returned.
    pub(super) fn is_signature(&self, digest: &[u8], signature: &[u8]) -> bool {
        self.public_key
            .as_ref()
            .and_then(|key| key.check(digest, signature, true))
            .is_some_and(|standard| standard == signature)
    }

    /// The signature in its standard encoding. It is an error if it is not a signature of the digest by this key.
    pub(super) fn checked_signature(
        &self,
        digest: &[u8],
        signature: &[u8],
        verify: bool,
    ) -> Result<Vec<u8>> {
        self.public_key
            .as_ref()
            .and_then(|key| key.check(digest, signature, verify))
            .ok_or_else(|| self.invalid_signature(signature.len()))
    }

    fn invalid_signature(&self, len: usize) -> Error {
        let e = Error::new(
            ErrorKind::Integrity,
            format!(
                "the {len} bytes that the service returned are not a signature of the digest by the key; they were \
                 discarded"
            ),
        );
        match &self.file {
            Some(file) => e.note(format_args!(
                "the public key comes from {}, which may belong to another key",
                redact::path(file)
            )),
            None => e,
        }
    }

    /// Checks key usage, ciphertext length and associated data.
    pub(super) fn check_decryption(&self, ciphertext: &[u8], associated_data: &[u8]) -> Result<()> {
        let algorithm = self.check_usage("decrypt", Algorithm::can_decrypt)?;
        let limit = algorithm.max_ciphertext_len();
        let fits = match algorithm.usage() {
            Usage::AsymmetricEncryption => ciphertext.len() == limit,
            _ => (1..=limit).contains(&ciphertext.len()),
        };
        let wanted = match algorithm.usage() {
            Usage::AsymmetricEncryption => format!("exactly {limit}"),
            _ => format!("1 to {limit}"),
        };
        check_length(fits, "ciphertext", ciphertext.len(), algorithm, &wanted)?;
        check_associated_data(algorithm, associated_data)
    }

    /// Checks key usage, plaintext length and associated data.
    pub(super) fn check_encryption(&self, plaintext: &[u8], associated_data: &[u8]) -> Result<()> {
        let algorithm = self.check_usage("encrypt", Algorithm::can_decrypt)?;
        check_max_len(
            "plaintext",
            plaintext,
            algorithm,
            algorithm.max_plaintext_len(),
        )?;
        check_associated_data(algorithm, associated_data)
    }

    /// Checks key usage and plaintext length.
    pub(super) fn check_wrapping(&self, plaintext: &[u8]) -> Result<()> {
        let algorithm = self.check_usage("wrap", Algorithm::can_wrap)?;
        check_max_len(
            "plaintext",
            plaintext,
            algorithm,
            algorithm.max_plaintext_len(),
        )
    }

    /// Checks key usage and ciphertext length.
    pub(super) fn check_unwrapping(&self, ciphertext: &[u8]) -> Result<()> {
        let algorithm = self.check_usage("unwrap", Algorithm::can_wrap)?;
        let limit = algorithm.max_ciphertext_len();
        check_max_len("ciphertext", ciphertext, algorithm, limit)
    }

    /// Checks key usage for an operation on data keys.
    pub(super) fn check_data_key(&self, verb: &str) -> Result<()> {
        let is_symmetric = |a: Algorithm| a.usage() == Usage::SymmetricEncryption;
        self.check_usage(verb, is_symmetric).map(drop)
    }

    fn check_usage(&self, verb: &str, can: impl Fn(Algorithm) -> bool) -> Result<Algorithm> {
        let usage = &self.usage;
        match self.algorithm {
            Some(algorithm) if can(algorithm) => Ok(algorithm),
            Some(algorithm) if algorithm.can_sign() && ["sign", "verify"].contains(&verb) => {
                Err(unsupported(format!(
                    "{algorithm} keys {verb} messages, not digests; use {verb}_message \
                 (scwkms_{verb}_message in C)"
                )))
            }
            Some(algorithm) if algorithm.usage() == Usage::AsymmetricSigning && verb == "sign" => {
                Err(unsupported(format!(
                    "signing with {algorithm} is not supported"
                )))
            }
            Some(algorithm)
                if algorithm.usage() == Usage::AsymmetricSigning && verb == "verify" =>
            {
                Err(unsupported(format!(
                    "verifying signatures of {algorithm} is not supported"
                )))
            }
            Some(_) => Err(unsupported(format!(
                "the key is for {} ({}) and cannot {verb}",
                usage.usage, usage.algorithm
            ))),
            None => Err(unsupported(format!(
                "the key's algorithm {} ({}) is newer than this library",
                usage.algorithm, usage.usage
            ))),
        }
    }
}

/// Fetches metadata and public key with two requests in parallel.
async fn fetch(
    api: &Arc<Api>,
    location: &KeyLocation,
    deadline: Deadline,
) -> Result<(Key, Option<Result<String>>)> {
    let (public_api, key) = (Arc::clone(api), location.clone());
    let pem = async move { public_api.get_public_key(&key, deadline).await };
    let pem = tokio::spawn(observer::in_scope(observer::current(), pem));
    match api.get_key(location, deadline).await {
        Ok(key) if usable_algorithm(&key).is_some() => {
            let pem = pem
                .await
                .unwrap_or_else(|e| Err(Error::new(ErrorKind::Internal, e.to_string())));
            Ok((key, Some(pem)))
        }
        other => {
            pem.abort();
            other.map(|key| (key, None))
        }
    }
}

/// The algorithm of a key whose public key the library reads, because it signs or decrypts with such keys.
fn usable_algorithm(key: &Key) -> Option<Algorithm> {
    Algorithm::from_wire_name(&key.usage.algorithm)
        .filter(|a| a.can_sign() || a.usage() == Usage::AsymmetricEncryption)
}

/// Checks the algorithm that the caller expects, and the length of a digest.
fn check_digest(algorithm: Algorithm, expected: Option<Algorithm>, digest: &[u8]) -> Result<()> {
    check_expected(algorithm, expected)?;
    let hash = algorithm.hash().unwrap_or(Hash::Sha256);
    if digest.len() != hash.output_len() {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "the digest has {} bytes; the key is {algorithm} and signs {hash} digests of {}",
                digest.len(),
                hash.output_len()
            ),
        ));
    }
    Ok(())
}

fn check_expected(algorithm: Algorithm, expected: Option<Algorithm>) -> Result<()> {
    match expected.filter(|e| *e != algorithm) {
        Some(expected) => Err(unsupported(format!(
            "the key is {algorithm}, but a signature by {expected} was requested"
        ))),
        None => Ok(()),
    }
}

fn check_associated_data(algorithm: Algorithm, associated_data: &[u8]) -> Result<()> {
    if associated_data.is_empty() || algorithm.usage() == Usage::SymmetricEncryption {
        return Ok(());
    }
    Err(unsupported(format!(
        "the key is {algorithm}, and only symmetric keys accept associated data"
    )))
}

fn check_max_len(what: &str, input: &[u8], algorithm: Algorithm, max_len: usize) -> Result<()> {
    let fits = (1..=max_len).contains(&input.len());
    check_length(
        fits,
        what,
        input.len(),
        algorithm,
        &format!("1 to {max_len}"),
    )
}

fn check_length(
    fits: bool,
    what: &str,
    len: usize,
    algorithm: Algorithm,
    wanted: &str,
) -> Result<()> {
    if fits {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("the {what} has {len} bytes; the key is {algorithm} and takes {wanted}"),
    ))
}

fn unsupported(message: String) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}
