//! Signs a digest.

use zeroize::Zeroizing;

use crate::algorithm::{Algorithm, Hash};
use crate::api;
use crate::client::input;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct Sign {
    key: KeyReference,
    expected: Option<Algorithm>,
    digest: Zeroizing<Vec<u8>>,
}

impl Sign {
    pub(in crate::client) fn new(
        key: KeyReference,
        expected: Option<Algorithm>,
        digest: &[u8],
    ) -> Result<Self> {
        let lengths = Algorithm::all().filter_map(|a| a.hash().map(Hash::output_len));
        Ok(Self {
            key,
            expected,
            digest: input::copy("digest", digest, lengths.max())?,
        })
    }
}

impl Steps for Sign {
    fn name(&self) -> &'static str {
        "sign"
    }

    fn title(&self) -> String {
        format!("sign with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Bytes
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_signing(self.expected, &self.digest)?;
        api::sign(key.location(), &self.digest).map(Some)
    }

    fn output(
        &self,
        shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let key = target.key()?;
        let signature = api::read_signature(key.location(), &required(response)?)?;
        let checked = key.checked_signature(&self.digest, &signature, shared.verify)?;
        Ok(Output::Bytes(Zeroizing::new(checked)))
    }
}
