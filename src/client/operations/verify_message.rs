//! Verifies a signature of a message with the public key.

use zeroize::Zeroizing;

use super::verify::MAX_SIGNATURE_LEN;
use crate::algorithm::Algorithm;
use crate::client::input;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct VerifyMessage {
    key: KeyReference,
    expected: Option<Algorithm>,
    message: Zeroizing<Vec<u8>>,
    signature: Vec<u8>,
}

impl VerifyMessage {
    pub(in crate::client) fn new(
        key: KeyReference,
        expected: Option<Algorithm>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<Self> {
        Ok(Self {
            key,
            expected,
            message: input::copy_message(message)?,
            signature: input::copy("signature", signature, Some(MAX_SIGNATURE_LEN))?.to_vec(),
        })
    }
}

impl Steps for VerifyMessage {
    fn name(&self) -> &'static str {
        "verify_message"
    }

    fn title(&self) -> String {
        format!("verify a message with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Nothing
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        target.key()?.check_message("verify", self.expected)?;
        Ok(None)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        _response: Option<Response>,
    ) -> Result<Output> {
        let key = target.key()?;
        let is_valid = match key.digest(&self.message) {
            Some(digest) => key.is_signature(digest.as_ref(), &self.signature),
            None => key.ml_dsa()?.is_pure_ml_dsa(&self.message, &self.signature),
        };
        match is_valid {
            true => Ok(Output::Nothing),
            false => Err(Error::new(
                ErrorKind::Integrity,
                "the signature is not a signature of the message by the key",
            )),
        }
    }
}
