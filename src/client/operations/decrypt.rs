//! Decrypts a ciphertext.

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::api;
use crate::client::input;
use crate::client::results::Decrypted;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct Decrypt {
    key: KeyReference,
    ciphertext: Zeroizing<Vec<u8>>,
    associated_data: Zeroizing<Vec<u8>>,
    output_kind: OutputKind,
    is_data_key: bool,
}

impl Decrypt {
    /// The result is the plaintext.
    pub(in crate::client) fn new(key: KeyReference, ciphertext: &[u8]) -> Result<Self> {
        let max_len = Algorithm::all().map(Algorithm::max_ciphertext_len).max();
        let ciphertext = input::copy("ciphertext", ciphertext, max_len)?;
        Ok(Self {
            key,
            ciphertext,
            associated_data: Zeroizing::default(),
            output_kind: OutputKind::Bytes,
            is_data_key: false,
        })
    }

    /// The result is a data key. An asymmetric key is an error: anyone could have encrypted the data key with its public key.
    pub(in crate::client) fn data_key(key: KeyReference, ciphertext: &[u8]) -> Result<Self> {
        Ok(Self {
            is_data_key: true,
            ..Self::new(key, ciphertext)?
        })
    }

    /// The result is the plaintext, and a new ciphertext if the key was rotated.
    pub(in crate::client) fn with_associated_data(
        key: KeyReference,
        ciphertext: &[u8],
        associated_data: &[u8],
    ) -> Result<Self> {
        Ok(Self {
            associated_data: Zeroizing::new(associated_data.to_vec()),
            output_kind: OutputKind::Decrypted,
            ..Self::new(key, ciphertext)?
        })
    }
}

impl Steps for Decrypt {
    fn name(&self) -> &'static str {
        "decrypt"
    }

    fn title(&self) -> String {
        let what = if self.is_data_key { "a data key " } else { "" };
        format!("decrypt {what}with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        self.output_kind
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        if self.is_data_key {
            key.check_data_key("decrypt data keys")?;
        }
        key.check_decryption(&self.ciphertext, &self.associated_data)?;
        api::decrypt(key.location(), &self.ciphertext, &self.associated_data).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.key()?.location();
        let (plaintext, reencrypted) = api::read_plaintext(location, &required(response)?)?;
        Ok(match self.output_kind {
            OutputKind::Decrypted => Output::Decrypted(Decrypted {
                plaintext,
                reencrypted: reencrypted.map(|mut bytes| std::mem::take(&mut *bytes)),
            }),
            _ => Output::Bytes(plaintext),
        })
    }
}
