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

/// Copies a message, which has no maximum length.
pub(super) fn copy_message(message: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut copy = Zeroizing::new(Vec::new());
    copy.try_reserve_exact(message.len()).map_err(|_| {
        Error::new(
            ErrorKind::Internal,
            format!(
                "no memory for a copy of the {} bytes of the message",
                message.len()
            ),
        )
    })?;
    copy.extend_from_slice(message);
    Ok(copy)
}
