//! The result of the operations that change a key.

use crate::api;
use crate::client::key_info::KeyInfo;
use crate::client::shared::Shared;
use crate::client::steps::{Output, required};
use crate::client::target::LoadedTarget;
use crate::error::Result;
use crate::transport::Response;

/// The metadata in the response to a change of a key.
pub(super) fn changed_key(
    shared: &Shared,
    target: &LoadedTarget,
    response: Option<Response>,
) -> Result<Output> {
    let location = target.location()?;
    let key = api::read_key(location, &required(response)?)?;
    let info = KeyInfo::new(&key, &location.region)?;
    shared.note_metadata(&location.region, &key)?;
    Ok(Output::Key(Box::new(info)))
}
