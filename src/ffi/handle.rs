//! The numbers of clients and operations. A number is never reused in a process, and carries its kind and the instance
//! of the library, so that a number of another kind or of another copy of the library is an error.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// The kinds of handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandleKind {
    Client = 1,
    Operation = 2,
}

/// A number has 53 bits, so that languages whose numbers are doubles can represent it: 2 bits for the kind, 12 for the
/// instance, 39 for the counter.
const COUNTER_BITS: u32 = 39;
const INSTANCE_BITS: u32 = 12;

const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;
const INSTANCE_MASK: u64 = (1 << INSTANCE_BITS) - 1;

/// Its address differs between copies of the library in one process.
static INSTANCE: u8 = 0;

fn instance() -> u64 {
    // Copies differ in the number of their page. All of its bits influence the result.
    const PAGE_BITS: u32 = 12;
    let page = &raw const INSTANCE as u64 >> PAGE_BITS;
    (page ^ page >> INSTANCE_BITS ^ page >> (2 * INSTANCE_BITS)) & INSTANCE_MASK
}

/// Assigns the next number of a kind.
pub(super) fn next(kind: HandleKind) -> Result<u64> {
    static CLIENTS: AtomicU64 = AtomicU64::new(0);
    static OPERATIONS: AtomicU64 = AtomicU64::new(0);
    let counter = match kind {
        HandleKind::Client => &CLIENTS,
        HandleKind::Operation => &OPERATIONS,
    };
    // The first number is 1. Even at a million operations a second the counter lasts for six days.
    let count = counter.fetch_add(1, Ordering::Relaxed) + 1;
    if count > COUNTER_MASK {
        return Err(Error::new(
            ErrorKind::Internal,
            "all handle numbers of this process are used; restart it",
        ));
    }
    Ok(number(kind, count))
}

fn number(kind: HandleKind, count: u64) -> u64 {
    (kind as u64) << (INSTANCE_BITS + COUNTER_BITS) | instance() << COUNTER_BITS | count
}

/// The error for a number that is not in use.
pub(super) fn invalid(kind: HandleKind, handle: u64) -> Error {
    let (name, unused) = match kind {
        HandleKind::Client => ("client", "the client was freed or never opened"),
        HandleKind::Operation => (
            "operation",
            "the operation was never started, its result was taken, or its client was freed",
        ),
    };
    let expected = number(kind, 0);
    let reason = if handle == 0 {
        format!("the {name} is 0: it was never created, or creating it failed")
    } else if handle & !COUNTER_MASK == expected {
        unused.to_owned()
    } else if handle >> (INSTANCE_BITS + COUNTER_BITS) == kind as u64 {
        format!("the number is the {name} of another copy of the library in this process")
    } else {
        format!("the number is not a {name}'s")
    };
    Error::new(ErrorKind::InvalidHandle, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_distinct_and_below_2_to_the_53() {
        let mut numbers: Vec<u64> = (0..100)
            .flat_map(|_| [HandleKind::Client, HandleKind::Operation])
            .map(|kind| next(kind).expect("a number"))
            .collect();
        assert!(numbers.iter().all(|n| (1..1 << 53).contains(n)));
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 200);
    }

    #[test]
    fn errors_name_the_mistake() {
        let operation = next(HandleKind::Operation).expect("a number");
        for (handle, expected) in [
            (0, "is 0"),
            (operation, "is not a client's"),
            (u64::MAX, "is not a client's"),
            (
                number(HandleKind::Client, COUNTER_MASK),
                "was freed or never opened",
            ),
            (
                number(HandleKind::Client, 1) ^ 1 << COUNTER_BITS,
                "another copy of the library",
            ),
        ] {
            let e = invalid(HandleKind::Client, handle);
            assert_eq!(e.kind(), ErrorKind::InvalidHandle);
            assert!(e.message().contains(expected), "{handle}: {e}");
        }
    }
}
