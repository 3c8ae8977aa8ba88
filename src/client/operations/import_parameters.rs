//! Gets the parameters of an import of key material.

use crate::api;
use crate::client::results::{ImportParameters, WrappingAlgorithm};
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::KeyReference;

pub(in crate::client) struct GetImportParameters {
    pub(in crate::client) key: KeyReference,
    pub(in crate::client) wrapping_algorithm: WrappingAlgorithm,
}

impl Steps for GetImportParameters {
    fn name(&self) -> &'static str {
        "get_import_parameters"
    }

    fn title(&self) -> String {
        format!("import parameters of key {}", self.key)
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::ImportParameters
    }

    fn target(&self) -> Target<'_> {
        Target::CurrentLocation(&self.key)
    }

    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>> {
        let wrapping_algorithm = self.wrapping_algorithm.wire_name();
        api::import_parameters(target.location()?, wrapping_algorithm).map(Some)
    }

    fn output(
        &self,
        _shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let location = target.location()?;
        let (mut public_key, mut token) =
            api::read_import_parameters(location, &required(response)?)?;
        Ok(Output::ImportParameters(ImportParameters {
            public_key: std::mem::take(&mut *public_key),
            import_token: std::mem::take(&mut *token),
        }))
    }
}
