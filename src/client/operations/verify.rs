//! Verifies a signature, with the public key or by the service.

use zeroize::Zeroizing;

use crate::algorithm::{Algorithm, Hash};
use crate::api;
use crate::client::input;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct Verify {
    key: KeyReference,
    expected: Option<Algorithm>,
    digest: Zeroizing<Vec<u8>>,
    signature: Vec<u8>,
    by_service: bool,
}

/// No signature of the service is longer: ML-DSA-87 has 4,627 bytes (FIPS 204, table 2).
pub(super) const MAX_SIGNATURE_LEN: usize = 8192;

impl Verify {
    pub(in crate::client) fn new(
        key: KeyReference,
        expected: Option<Algorithm>,
        digest: &[u8],
        signature: &[u8],
        by_service: bool,
    ) -> Result<Self> {
        let lengths = Algorithm::all().filter_map(|a| a.hash().map(Hash::output_len));
        Ok(Self {
            key,
            expected,
            digest: input::copy("digest", digest, lengths.max())?,
            signature: input::copy("signature", signature, Some(MAX_SIGNATURE_LEN))?.to_vec(),
            by_service,
        })
    }
}

impl Steps for Verify {
    fn name(&self) -> &'static str {
        "verify"
    }

    fn title(&self) -> String {
        format!("verify with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Nothing
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_verification(self.expected, &self.digest, self.by_service)?;
        match self.by_service {
            true => api::verify(key.location(), &self.digest, &self.signature).map(Some),
            false => Ok(None),
        }
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let key = target.key()?;
        let is_valid = match response {
            Some(response) => api::read_validity(key.location(), &response)?,
            None => key.is_signature(&self.digest, &self.signature),
        };
        match is_valid {
            true => Ok(Output::Nothing),
            false => Err(Error::new(
                ErrorKind::Integrity,
                "the signature is not a signature of the digest by the key",
            )),
        }
    }
}
