//! Checks the spelling of names.

use crate::error::Result;
use crate::identifier;
use crate::uri::{KeyReference, Uri};

/// Checks the spelling of a key reference, of a client's URI, or of a URI that is both. Nothing is opened or sent.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument), with a description of the mistake.
pub fn validate_name(name: &str) -> Result<()> {
    if !Uri::has_scheme(name) {
        return KeyReference::parse(name).map(|_| ());
    }
    let uri = Uri::parse(name)?;
    let names_a_key =
        uri.bare().is_some() || uri.get("key-id").is_some() || uri.get("name").is_some();
    if names_a_key {
        KeyReference::parse(name)?;
    } else if let Some(region) = uri.get("region") {
        identifier::region(region, "URI")?;
    }
    Ok(())
}
