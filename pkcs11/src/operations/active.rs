//! Active operations. They are taken and put back atomically, so that no lock is necessary.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use cryptoki_sys::*;

use crate::failure::{Failure, Result, fail};

/// An operation between its initialization and its end.
pub(crate) struct Active<T>(ArcSwapOption<Mutex<T>>);

impl<T> Default for Active<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T> Active<T> {
    /// Begins an operation.
    pub(crate) fn begin(&self, operation: T) -> Result<()> {
        let operation = Some(Arc::new(Mutex::new(operation)));
        let previous = self.0.compare_and_swap(&None::<Arc<Mutex<T>>>, operation);
        match *previous {
            None => Ok(()),
            Some(_) => fail(
                CKR_OPERATION_ACTIVE,
                "the session has an active operation of this kind",
            ),
        }
    }

    /// Takes the operation. Meanwhile the session has none.
    pub(crate) fn take(&self) -> Result<T> {
        // It is the only reference, unless two threads use the session at the same time.
        let operation = self.0.swap(None).and_then(Arc::into_inner);
        let operation =
            operation.map(|mutex| mutex.into_inner().unwrap_or_else(PoisonError::into_inner));
        operation.ok_or_else(|| {
            Failure::new(
                CKR_OPERATION_NOT_INITIALIZED,
                "the session has no active operation of this kind",
            )
        })
    }

    /// Puts the operation back, which continues.
    pub(crate) fn put(&self, operation: T) {
        self.0.store(Some(Arc::new(Mutex::new(operation))));
    }

    /// Ends the operation, if there is one.
    pub(crate) fn cancel(&self) {
        self.0.store(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_taken_once() {
        let active = Active::default();
        let code = |result: Result<i32>| result.map_err(|failure| failure.code);
        assert_eq!(code(active.take()), Err(CKR_OPERATION_NOT_INITIALIZED));
        active.begin(1).expect("begun");
        assert_eq!(
            active.begin(2).map_err(|f| f.code),
            Err(CKR_OPERATION_ACTIVE)
        );
        assert_eq!(code(active.take()), Ok(1));
        active.put(3);
        active.cancel();
        assert!(active.take().is_err());
    }
}
