//! Generates a data key.

use crate::api;
use crate::client::results::DataKey;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GenerateDataKey {
    pub(in crate::client) key: KeyReference,
    pub(in crate::client) with_plaintext: bool,
}

/// The length of a key for AES-256.
const DATA_KEY_LEN: usize = 32;

impl Steps for GenerateDataKey {
    fn name(&self) -> &'static str {
        "generate_data_key"
    }

    fn title(&self) -> String {
        format!("generate a data key with key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::DataKey
    }

    fn target(&self) -> Target<'_> {
        Target::Key(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let key = target.key()?;
        key.check_data_key("generate data keys")?;
        api::generate_data_key(key.location(), self.with_plaintext).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.key()?.location();
        let (mut ciphertext, plaintext) = api::read_data_key(location, &required(response)?)?;
        let plaintext = plaintext.filter(|_| self.with_plaintext);
        let is_complete = match &plaintext {
            Some(plaintext) => plaintext.len() == DATA_KEY_LEN,
            None => !self.with_plaintext,
        };
        if ciphertext.is_empty() || !is_complete {
            return Err(Error::new(
                ErrorKind::Protocol,
                format!("the service's response has no data key of {DATA_KEY_LEN} bytes"),
            ));
        }
        Ok(Output::DataKey(DataKey {
            key_id: location.id.clone(),
            region: location.region.clone(),
            ciphertext: std::mem::take(&mut *ciphertext),
            plaintext,
        }))
    }
}
