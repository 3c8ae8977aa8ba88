//! Decrypts a ciphertext.

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::api;
use crate::client::input;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct Decrypt {
    key: KeyReference,
    ciphertext: Zeroizing<Vec<u8>>,
}

impl Decrypt {
    pub(in crate::client) fn new(key: KeyReference, ciphertext: &[u8]) -> Result<Self> {
        let max_len = Algorithm::all().map(Algorithm::max_ciphertext_len).max();
        let ciphertext = input::copy("ciphertext", ciphertext, max_len)?;
        Ok(Self { key, ciphertext })
    }
}

impl Steps for Decrypt {
    fn title(&self) -> String {
        format!("decrypt with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Bytes
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_decryption(&self.ciphertext)?;
        api::decrypt(key.location(), &self.ciphertext).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.key()?.location();
        api::read_plaintext(location, &required(response)?).map(Output::Bytes)
    }
}
