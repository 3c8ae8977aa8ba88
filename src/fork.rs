//! State that belongs to one process. After fork() the child has a copy of its parent's memory, but none of its
//! threads: their work never continues, and the locks that they held stay locked. The child therefore creates
//! its own state and does not use the inherited one.

use std::sync::Arc;

use once_cell::race::OnceBox;

use crate::error::Result;

/// The number of forks between the first process that used the library and this process. Process ids would not do: a
/// child in a new pid namespace can have its parent's id, and ids are reused.
#[cfg(unix)]
#[allow(unsafe_code)]
mod generation {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use crate::error::{Error, ErrorKind, Result};

    static GENERATION: AtomicU64 = AtomicU64::new(0);
    static HANDLER_REGISTERED: AtomicBool = AtomicBool::new(false);

    /// Runs in the child before fork() returns. A child process may then only do what a signal handler may.
    extern "C" fn count_fork() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }

    /// The generation of this process. The first call of a process counts forks from then on.
    pub(super) fn current() -> Result<u64> {
        if !HANDLER_REGISTERED.load(Ordering::Acquire) {
            register_handler()?;
        }
        Ok(existing())
    }

    /// The generation of this process, if it has state. Without state there is nothing to tell apart.
    pub(super) fn existing() -> u64 {
        GENERATION.load(Ordering::Relaxed)
    }

    /// Threads that call this at the same time register the handler more than once. A fork then counts more than once,
    /// which has no effect on the result. No lock is used, because a child could inherit it locked.
    fn register_handler() -> Result<()> {
        // SAFETY: the handler is a function of this library. It only adds to an atomic number, which is allowed in the
        // child of a process with several threads. If the library is unloaded, the C library removes the handler.
        let failure = unsafe { libc::pthread_atfork(None, None, Some(count_fork)) };
        if failure != 0 {
            let cause = std::io::Error::from_raw_os_error(failure);
            return Err(Error::new(
                ErrorKind::Internal,
                format!("the library cannot prepare for fork(): {cause}"),
            ));
        }
        HANDLER_REGISTERED.store(true, Ordering::Release);
        Ok(())
    }
}

/// Without fork() there is one process.
#[cfg(not(unix))]
mod generation {
    use crate::error::Result;

    pub(super) fn current() -> Result<u64> {
        Ok(0)
    }

    pub(super) fn existing() -> u64 {
        0
    }
}

/// A number that differs between this process, its ancestors and its descendants.
///
/// The PKCS#11 module recognises a child of fork() by it.
///
/// # Errors
/// [`ErrorKind::Internal`](crate::ErrorKind::Internal) if the C library cannot register a function for fork().
pub fn process() -> Result<u64> {
    generation::current()
}

/// One value for each process of a chain of forks. It is found without a lock.
pub(crate) struct PerProcess<T: Send + Sync + 'static> {
    head: Link<T>,
}

/// Set atomically, so that a fork never copies a partly written value.
type Link<T> = OnceBox<Node<T>>;

struct Node<T> {
    generation: u64,
    value: Arc<T>,
    next: Link<T>,
}

impl<T: Send + Sync + 'static> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self {
            head: OnceBox::new(),
        }
    }

    /// This process's value. It is created if there is none yet. Threads that call this at the same time may each
    /// create a value; all of them get the same one, and the others are dropped.
    pub(crate) fn get(&self, create: impl FnOnce() -> Result<T>) -> Result<&T> {
        let generation = generation::current()?;
        let mut tail = match self.find(generation) {
            Ok(value) => return Ok(value),
            Err(tail) => tail,
        };
        let mut unplaced = Some(Box::new(Node {
            generation,
            value: Arc::new(create()?),
            next: OnceBox::new(),
        }));
        loop {
            if let Some(node) = unplaced.take() {
                unplaced = tail.set(node).err();
            }
            match self.find(generation) {
                Ok(value) => return Ok(value),
                Err(next) => tail = next,
            }
        }
    }

    /// This process's value, if it has one.
    pub(crate) fn existing(&self) -> Option<&T> {
        self.find(generation::existing()).ok()
    }

    /// The value of a generation, or the link to which it must be appended.
    fn find(&self, generation: u64) -> Result<&T, &Link<T>> {
        let mut link = &self.head;
        while let Some(node) = link.get() {
            if node.generation == generation {
                return Ok(&node.value);
            }
            link = &node.next;
        }
        Err(link)
    }
}

impl<T: Send + Sync + 'static> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let generation = generation::existing();
        let mut link = &self.head;
        while let Some(node) = link.get() {
            if node.generation != generation {
                // An inherited value is leaked: dropping it could wait for a lock that stays locked.
                std::mem::forget(Arc::clone(&node.value));
            }
            link = &node.next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn a_value_is_made_once_and_a_failure_is_not_kept() {
        let values = PerProcess::new();
        let failing = || Err(Error::new(ErrorKind::Internal, "not now"));
        assert!(values.get(failing).is_err());
        assert_eq!(values.get(|| Ok(1)).ok(), Some(&1));
        assert_eq!(values.get(|| Ok(2)).ok(), Some(&1));
    }

    #[test]
    fn threads_get_the_same_value() {
        let values = PerProcess::new();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|i| {
                    let values = &values;
                    scope.spawn(move || values.get(|| Ok(i)).copied().ok())
                })
                .collect();
            let got: Vec<_> = threads.into_iter().map(|t| t.join().ok()).collect();
            assert!(got.windows(2).all(|pair| pair[0] == pair[1]), "{got:?}");
        });
    }
}
