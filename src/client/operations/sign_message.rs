//! Signs a message: its digest, or with ML-DSA the message itself.
//!
//! No document of the service states what it expects as `digest` for ML-DSA keys. The first signature shows it: mu is sent, and
//! the signature is verified as one of the message. If it is instead one of the 64 bytes that were sent, the message is
//! sent. A signature that is not one of the message by pure ML-DSA is never returned.

use std::sync::{Arc, PoisonError};

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::api;
use crate::client::input;
use crate::client::ml_dsa_input::{KnownMlDsaInput, MlDsaInput};
use crate::client::open_key::OpenKey;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::public_key::{MU_LEN, PublicKey};
use crate::sync::Mutex;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

/// The service's limit of payloads, in bytes.
const MAX_PAYLOAD_LEN: usize = 65_535;

pub(in crate::client) struct SignMessage {
    key: KeyReference,
    expected: Option<Algorithm>,
    message: Zeroizing<Vec<u8>>,
    known: Arc<KnownMlDsaInput>,
    sent: Mutex<Sent>,
}

/// What the last request contained as `digest`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    Digest,
    Mu([u8; MU_LEN]),
    Message,
}

impl SignMessage {
    pub(in crate::client) fn new(
        key: KeyReference,
        expected: Option<Algorithm>,
        message: &[u8],
        known: Arc<KnownMlDsaInput>,
    ) -> Result<Self> {
        Ok(Self {
            key,
            expected,
            message: input::copy_message(message)?,
            known,
            sent: Mutex::new(Sent::Digest),
        })
    }

    fn sent(&self) -> Sent {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn build(&self, key: &OpenKey, sent: Sent, payload: &[u8]) -> Result<Request> {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = sent;
        api::sign(key.location(), payload)
    }

    /// The request for an ML-DSA key.
    fn ml_dsa_request(&self, key: &OpenKey) -> Result<Request> {
        match self.known.get() {
            MlDsaInput::Unknown | MlDsaInput::Mu => {
                let mu = key.mu(&self.message)?;
                self.build(key, Sent::Mu(mu), &mu)
            }
            MlDsaInput::Message => self.message_request(key),
            MlDsaInput::PreHashed => Err(pre_hashed()),
        }
    }

    fn message_request(&self, key: &OpenKey) -> Result<Request> {
        let len = self.message.len();
        if !(1..=MAX_PAYLOAD_LEN).contains(&len) {
            return Err(unsupported(format!(
                "the message has {len} bytes; the service signs the message itself with ML-DSA keys, and accepts 1 to \
                 {MAX_PAYLOAD_LEN}"
            )));
        }
        self.build(key, Sent::Message, &self.message)
    }

    /// Finds out what the service signed when it received mu.
    fn identify(&self, key: &PublicKey, mu: &[u8; MU_LEN], signature: &[u8]) -> MlDsaInput {
        if key.is_pure_ml_dsa(&self.message, signature) {
            MlDsaInput::Mu
        } else if key.is_pure_ml_dsa(mu, signature) {
            MlDsaInput::Message
        } else if key.is_hash_ml_dsa(mu, signature) {
            MlDsaInput::PreHashed
        } else {
            MlDsaInput::Unknown
        }
    }

    /// The signature, if it is one of the message by pure ML-DSA. If not, the service may have changed, so the next
    /// operation finds out again what it signs.
    fn checked_ml_dsa(&self, key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>> {
        if key.is_pure_ml_dsa(&self.message, signature) {
            return Ok(signature.to_vec());
        }
        self.known.set(MlDsaInput::Unknown);
        Err(Error::new(
            ErrorKind::Integrity,
            format!(
                "the {} bytes that the service returned are not a signature of the message by the key; they were discarded",
                signature.len()
            ),
        ))
    }
}

impl Steps for SignMessage {
    fn name(&self) -> &'static str {
        "sign_message"
    }

    fn title(&self) -> String {
        format!("sign a message with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Bytes
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_message("sign", self.expected)?;
        match key.digest(&self.message) {
            Some(digest) => self.build(key, Sent::Digest, digest.as_ref()),
            None => self.ml_dsa_request(key),
        }
        .map(Some)
    }

    /// Until it is known what the service signs, this verifies the signature, which takes less than a millisecond.
    fn follow_up(&self, target: &LoadedTarget, response: &Response) -> Result<Option<Request>> {
        let Sent::Mu(mu) = self.sent() else {
            return Ok(None);
        };
        if self.known.get() == MlDsaInput::Mu {
            return Ok(None);
        }
        let key = target.key()?;
        let signature = api::read_signature(key.location(), response)?;
        let found = self.identify(key.ml_dsa()?, &mu, &signature);
        self.known.set(found);
        match found {
            MlDsaInput::Message => self.message_request(key).map(Some),
            MlDsaInput::PreHashed => Err(pre_hashed()),
            MlDsaInput::Mu | MlDsaInput::Unknown => Ok(None),
        }
    }

    fn output(
        &self,
        shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let key = target.key()?;
        let signature = api::read_signature(key.location(), &required(response)?)?;
        let checked = match key.digest(&self.message) {
            Some(digest) => key.checked_signature(digest.as_ref(), &signature, shared.verify)?,
            None => self.checked_ml_dsa(key.ml_dsa()?, &signature)?,
        };
        Ok(Output::Bytes(Zeroizing::new(checked)))
    }

    /// The service rejects a `digest` of another kind than it expects.
    fn explain(&self, e: Error) -> Error {
        let rejected = e.kind() == ErrorKind::InvalidArgument && e.http_status().is_some();
        let reason = match self.sent() {
            Sent::Mu(_) if rejected => {
                "the service does not sign the external mu of a message with ML-DSA keys".to_owned()
            }
            Sent::Message if rejected => format!(
                "the service signs `digest` itself with ML-DSA keys, and does not accept this message of {} bytes",
                self.message.len()
            ),
            _ => return e,
        };
        let explained = unsupported(format!("{reason}: {}", e.message()));
        let request_id = e.request_id().map(str::to_owned);
        match e.http_status() {
            Some(status) => explained.with_http_status(status),
            None => explained,
        }
        .with_request_id(request_id)
    }
}

fn pre_hashed() -> Error {
    unsupported(
        "the service signs with HashML-DSA (FIPS 204, section 5.4), not with pure ML-DSA; such a signature was discarded"
            .to_owned(),
    )
}

fn unsupported(message: String) -> Error {
    Error::new(ErrorKind::Unsupported, message)
}
