//! Thread cancellation. pthread_cancel() during a call would unwind through Rust code, which aborts the process. So a
//! thread cannot be cancelled while it is inside the module. A pending cancellation takes effect afterwards.

#[cfg(target_os = "linux")]
use std::ffi::c_int;

/// Linux, with glibc and musl.
#[cfg(target_os = "linux")]
const PTHREAD_CANCEL_DISABLE: c_int = 1;

#[cfg(target_os = "linux")]
unsafe extern "C" {
    /// pthread_setcancelstate(3). Changing the state is not a cancellation point.
    safe fn pthread_setcancelstate(state: c_int, old_state: Option<&mut c_int>) -> c_int;
}

/// Disables the cancellation of the calling thread until it is dropped.
pub(super) struct CancellationDisabled {
    #[cfg(target_os = "linux")]
    before: c_int,
}

impl CancellationDisabled {
    pub(super) fn new() -> Self {
        #[cfg(target_os = "linux")]
        {
            let mut before = 0;
            // It fails only for an invalid state.
            pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, Some(&mut before));
            Self { before }
        }
        #[cfg(not(target_os = "linux"))]
        Self {}
    }
}

impl Drop for CancellationDisabled {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        pthread_setcancelstate(self.before, None);
    }
}
