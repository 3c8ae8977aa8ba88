//! What the service expects as `digest` for ML-DSA keys. No document of the service states this, so signatures show it.

use std::sync::atomic::{AtomicU8, Ordering};

/// What the service signs when it receives a `digest` for an ML-DSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum MlDsaInput {
    /// No signature has shown it yet.
    Unknown,
    /// `digest` is the external mu (FIPS 204, algorithm 7).
    Mu,
    /// `digest` is the message of pure ML-DSA.
    Message,
    /// `digest` is the digest, or the message, of HashML-DSA. No such signature is one of pure ML-DSA.
    PreHashed,
}

/// What the signatures of the service have shown to one client.
pub(super) struct KnownMlDsaInput(AtomicU8);

impl KnownMlDsaInput {
    pub(super) fn get(&self) -> MlDsaInput {
        let known = [MlDsaInput::Mu, MlDsaInput::Message, MlDsaInput::PreHashed];
        let number = self.0.load(Ordering::Relaxed);
        let found = known.into_iter().find(|input| *input as u8 == number);
        found.unwrap_or(MlDsaInput::Unknown)
    }

    pub(super) fn set(&self, input: MlDsaInput) {
        self.0.store(input as u8, Ordering::Relaxed);
    }
}

impl Default for KnownMlDsaInput {
    fn default() -> Self {
        Self(AtomicU8::new(MlDsaInput::Unknown as u8))
    }
}
