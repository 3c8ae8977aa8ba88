//! Lists the algorithms that the service offers.

use crate::api;
use crate::client::shared::Shared;
use crate::client::steps::{Output, OutputKind, Steps, required};
use crate::client::target::{LoadedTarget, Target};
use crate::error::Result;
use crate::transport::{Request, Response};
use crate::uri::AlgorithmQuery;

pub(in crate::client) struct ListAlgorithms {
    pub(in crate::client) query: AlgorithmQuery,
    pub(in crate::client) region: String,
}

impl Steps for ListAlgorithms {
    fn name(&self) -> &'static str {
        "list_algorithms"
    }

    fn title(&self) -> String {
        "list algorithms".to_owned()
    }

    fn output_kind(&self) -> OutputKind {
        OutputKind::Algorithms
    }

    fn target(&self) -> Target<'_> {
        Target::Region(&self.region)
    }

    fn request(&self, _target: &LoadedTarget) -> Result<Option<Request>> {
        let usage = self.query.usage.map(|usage| usage.wire_name());
        Ok(Some(api::list_algorithms(&self.region, usage)))
    }

    fn output(
        &self,
        _shared: &Shared,
        _target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output> {
        let algorithms = api::read_algorithms(&required(response)?)?;
        // The service's filter need not be exact.
        let matches = |usage: &str| self.query.usage.is_none_or(|u| u.wire_name() == usage);
        Ok(Output::Algorithms(
            algorithms
                .into_iter()
                .filter(|algorithm| matches(&algorithm.usage))
                .map(Into::into)
                .collect(),
        ))
    }
}
