//! C_GenerateRandom.

use cryptoki_sys::CKR_FUNCTION_FAILED;

use crate::failure::{Failure, Result};

/// Fills the buffer with random numbers of the operating system.
pub(crate) fn random(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|e| {
        let cause = format!("the operating system provides no random numbers: {e}");
        Failure::new(CKR_FUNCTION_FAILED, cause)
    })
}
