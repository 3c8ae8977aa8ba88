//! Unwraps a ciphertext: decrypts it with an ML-KEM key.

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

pub(in crate::client) struct Unwrap {
    key: KeyReference,
    ciphertext: Zeroizing<Vec<u8>>,
    associated_data: Zeroizing<Vec<u8>>,
}

impl Unwrap {
    pub(in crate::client) fn new(
        key: KeyReference,
        ciphertext: &[u8],
        associated_data: &[u8],
    ) -> Result<Self> {
        let max_len = Algorithm::MlKem768.max_ciphertext_len();
        Ok(Self {
            key,
            ciphertext: input::copy("ciphertext", ciphertext, Some(max_len))?,
            associated_data: Zeroizing::new(associated_data.to_vec()),
        })
    }
}

impl Steps for Unwrap {
    fn name(&self) -> &'static str {
        "unwrap"
    }

    fn title(&self) -> String {
        format!("unwrap with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Bytes
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_unwrapping(&self.ciphertext)?;
        api::unwrap(key.location(), &self.ciphertext, &self.associated_data).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.key()?.location();
        let (plaintext, _) = api::read_plaintext(location, &required(response)?)?;
        Ok(Output::Bytes(plaintext))
    }
}
