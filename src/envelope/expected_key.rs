//! Compares the key of a message with the key that the caller expects.

use crate::api::KeyLocation;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::uri::KeySelector;

/// Checks that a message was encrypted with a key. A key's name is looked up, which sends a request.
pub(super) fn check(client: &Client, expected: &str, key: &KeyLocation) -> Result<()> {
    let expected = location(client, expected)?;
    if expected == *key {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Integrity,
        format!(
            "the message was encrypted with key {} in {}, not with key {} in {}",
            key.id, key.region, expected.id, expected.region
        ),
    ))
}

fn location(client: &Client, key: &str) -> Result<KeyLocation> {
    let reference = client.key_reference(key)?;
    match (reference.selector, reference.region) {
        (KeySelector::Id(id), Some(region)) => Ok(KeyLocation { region, id }),
        _ => client.key_info(key).map(|info| KeyLocation {
            region: info.region,
            id: info.id,
        }),
    }
}
