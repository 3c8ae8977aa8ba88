//! Random numbers.

use cryptoki_sys::*;

use super::call::with_session;
use super::input::length;
use super::output::check_not_null;
use crate::failure::fail;
use crate::operations;

pub(super) unsafe extern "C" fn C_SeedRandom(
    session: CK_SESSION_HANDLE,
    seed: *mut CK_BYTE,
    seed_len: CK_ULONG,
) -> CK_RV {
    with_session("C_SeedRandom", session, |_| {
        if seed_len > 0 {
            check_not_null(seed, "pSeed")?;
        }
        fail(
            CKR_RANDOM_SEED_NOT_SUPPORTED,
            "random numbers come from the operating system",
        )
    })
}

pub(super) unsafe extern "C" fn C_GenerateRandom(
    session: CK_SESSION_HANDLE,
    data: *mut CK_BYTE,
    len: CK_ULONG,
) -> CK_RV {
    with_session("C_GenerateRandom", session, |_| {
        if len == 0 {
            return Ok(());
        }
        check_not_null(data, "pRandomData")?;
        // The buffer may be uninitialized, so the numbers are copied in parts.
        const PART: usize = 4096;
        let mut part = [0; PART];
        let len = length(len)?;
        for start in (0..len).step_by(PART) {
            let count = PART.min(len - start);
            operations::random(&mut part[..count])?;
            // SAFETY: the program passes a buffer of `len` bytes.
            unsafe { std::ptr::copy_nonoverlapping(part.as_ptr(), data.add(start), count) };
        }
        Ok(())
    })
}
