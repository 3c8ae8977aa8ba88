//! Wraps a plaintext: encrypts it with an ML-KEM key, by the service.

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

pub(in crate::client) struct Wrap {
    key: KeyReference,
    plaintext: Zeroizing<Vec<u8>>,
    associated_data: Zeroizing<Vec<u8>>,
}

impl Wrap {
    pub(in crate::client) fn new(
        key: KeyReference,
        plaintext: &[u8],
        associated_data: &[u8],
    ) -> Result<Self> {
        let max_len = Algorithm::MlKem768.max_plaintext_len();
        Ok(Self {
            key,
            plaintext: input::copy("plaintext", plaintext, Some(max_len))?,
            associated_data: Zeroizing::new(associated_data.to_vec()),
        })
    }
}

impl Steps for Wrap {
    fn name(&self) -> &'static str {
        "wrap"
    }

    fn title(&self) -> String {
        format!("wrap with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Bytes
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_wrapping(&self.plaintext)?;
        api::wrap(key.location(), &self.plaintext, &self.associated_data).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.key()?.location();
        api::read_ciphertext(location, &required(response)?).map(Output::Bytes)
    }
}
