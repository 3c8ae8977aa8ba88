//! The input of a cryptographic operation.

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// Copies an input, unless it is longer than any key accepts. It may be secret, so it is wiped.
pub(super) fn copy(name: &str, input: &[u8], max_len: Option<usize>) -> Result<Zeroizing<Vec<u8>>> {
    let max_len = max_len.unwrap_or(0);
    if input.len() > max_len {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "the {name} has {} bytes; no key accepts more than {max_len}",
                input.len()
            ),
        ));
    }
    Ok(Zeroizing::new(input.to_vec()))
}
