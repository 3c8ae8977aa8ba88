//! State that belongs to one process. After fork() the child has a copy of its parent's memory, but none of its
//! threads: their work never continues, and the locks that they held stay locked. The child therefore creates
//! its own state and does not use the inherited one.

use std::sync::Arc;

use once_cell::race::OnceBox;

use crate::error::Result;

/// One value for each process of a chain of forks. It is found without a lock.
pub(crate) struct PerProcess<T: Send + Sync + 'static> {
    head: Link<T>,
}

/// Set atomically, so that a fork never copies a partly written value.
type Link<T> = OnceBox<Node<T>>;

struct Node<T> {
    pid: u32,
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
        let pid = std::process::id();
        let mut tail = match self.find(pid) {
            Ok(value) => return Ok(value),
            Err(tail) => tail,
        };
        let mut unplaced = Some(Box::new(Node {
            pid,
            value: Arc::new(create()?),
            next: OnceBox::new(),
        }));
        loop {
            if let Some(node) = unplaced.take() {
                unplaced = tail.set(node).err();
            }
            match self.find(pid) {
                Ok(value) => return Ok(value),
                Err(next) => tail = next,
            }
        }
    }

    /// This process's value, if it has one.
    pub(crate) fn existing(&self) -> Option<&T> {
        self.find(std::process::id()).ok()
    }

    /// The value of a process, or the link to which it must be appended.
    fn find(&self, pid: u32) -> Result<&T, &Link<T>> {
        let mut link = &self.head;
        while let Some(node) = link.get() {
            if node.pid == pid {
                return Ok(&node.value);
            }
            link = &node.next;
        }
        Err(link)
    }
}

impl<T: Send + Sync + 'static> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let pid = std::process::id();
        let mut link = &self.head;
        while let Some(node) = link.get() {
            if node.pid != pid {
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
