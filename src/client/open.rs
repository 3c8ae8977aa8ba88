//! An open key: what is known of it, and what may be done with it.

use std::sync::Arc;

use super::{Inner, PublicKeyInfo};
use crate::algorithm::{Algorithm, Hash, Usage};
use crate::api::{Key, KeyPath};
use crate::error::{Error, ErrorKind, Result};
use crate::public_key::PublicKey;
use crate::transport::Deadline;

#[derive(Debug)]
pub(super) struct OpenKey {
    path: KeyPath,
    key: Key,
    /// `None` for an algorithm that is newer than this library.
    algorithm: Option<Algorithm>,
    public_key: Option<PublicKey>,
}

impl OpenKey {
    /// Fetches metadata and public key side by side: two requests, one round trip.
    pub(super) async fn fetch(
        inner: &Arc<Inner>,
        path: &KeyPath,
        deadline: Deadline,
    ) -> Result<Arc<Self>> {
        let pem = tokio::spawn({
            let (inner, path) = (Arc::clone(inner), path.clone());
            async move { inner.api.get_public_key(&path, deadline).await }
        });
        let key = match inner.api.get_key(path, deadline).await {
            Ok(key) => key,
            Err(e) => {
                pem.abort();
                return Err(e);
            }
        };
        let algorithm = Algorithm::from_wire_name(&key.usage.algorithm);
        let public_key = match algorithm {
            Some(a) if has_usable_public_key(a) => {
                let pem = pem
                    .await
                    .unwrap_or_else(|e| Err(Error::new(ErrorKind::Internal, e.to_string())))
                    .map_err(|e| e.note(format_args!("the key's state is {}", key.state)))?;
                Some(PublicKey::from_pem(&pem, a)?)
            }
            _ => {
                pem.abort();
                None
            }
        };
        Ok(Arc::new(Self {
            path: path.clone(),
            key,
            algorithm,
            public_key,
        }))
    }

    pub(super) fn path(&self) -> &KeyPath {
        &self.path
    }

    pub(super) fn metadata(&self) -> &Key {
        &self.key
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
                self.key.usage.algorithm
            ))),
        }
    }

    /// Everything that can be wrong with a signing request, before it is sent.
    pub(super) fn check_signing(&self, expected: Option<Algorithm>, digest: &[u8]) -> Result<()> {
        let algorithm = self.usable_for("sign", Algorithm::can_sign)?;
        if let Some(expected) = expected.filter(|e| *e != algorithm) {
            return Err(unsupported(format!(
                "the key is {algorithm}, but a signature by {expected} is asked for"
            )));
        }
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

    /// The signature in its standard encoding; never one that is not the key's.
    pub(super) fn checked_signature(
        &self,
        digest: &[u8],
        signature: &[u8],
        verify: bool,
    ) -> Result<Vec<u8>> {
        self.public_key
            .as_ref()
            .and_then(|key| key.check(digest, signature, verify))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Integrity,
                    format!(
                        "the {} bytes that the service returned are not a signature of the digest \
                         by the key; they were thrown away",
                        signature.len()
                    ),
                )
            })
    }

    pub(super) fn check_decryption(&self, ciphertext: &[u8]) -> Result<()> {
        let algorithm = self.usable_for("decrypt", Algorithm::can_decrypt)?;
        let limit = algorithm.max_ciphertext_len();
        let fits = match algorithm.usage() {
            Usage::AsymmetricEncryption => ciphertext.len() == limit,
            _ => (1..=limit).contains(&ciphertext.len()),
        };
        let wanted = match algorithm.usage() {
            Usage::AsymmetricEncryption => format!("exactly {limit}"),
            _ => format!("1 to {limit}"),
        };
        length(fits, "ciphertext", ciphertext.len(), algorithm, &wanted)
    }

    pub(super) fn check_encryption(&self, plaintext: &[u8]) -> Result<()> {
        let algorithm = self.usable_for("encrypt", Algorithm::can_decrypt)?;
        let limit = algorithm.max_plaintext_len();
        let fits = (1..=limit).contains(&plaintext.len());
        length(
            fits,
            "plaintext",
            plaintext.len(),
            algorithm,
            &format!("1 to {limit}"),
        )
    }

    fn usable_for(&self, verb: &str, can: fn(Algorithm) -> bool) -> Result<Algorithm> {
        let usage = &self.key.usage;
        match self.algorithm {
            Some(algorithm) if can(algorithm) => Ok(algorithm),
            Some(algorithm) if algorithm.usage() == Usage::AsymmetricSigning && verb == "sign" => {
                Err(unsupported(format!(
                    "signing with {algorithm} is not supported"
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

/// Whether the library reads such public keys: those that it signs or decrypts with.
pub(super) fn has_usable_public_key(algorithm: Algorithm) -> bool {
    algorithm.can_sign() || algorithm.usage() == Usage::AsymmetricEncryption
}

fn length(fits: bool, what: &str, len: usize, algorithm: Algorithm, wanted: &str) -> Result<()> {
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
