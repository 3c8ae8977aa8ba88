//! Checks the waits for an operation in many interleavings of the threads.

use shuttle::sync::atomic::{AtomicU32, Ordering::SeqCst};
use shuttle::{check_random, thread};

use super::*;

const ITERATIONS: usize = 5_000;

/// A thread completes an operation and calls its callback; another waits until `until`. Returns how often the callback
/// had been called when the wait returned, and at the end.
fn complete_and_wait(until: Instant) -> (u32, u32) {
    let completion = Arc::new(Completion::default());
    let calls = Arc::new(AtomicU32::new(0));
    let callback: Notify = Box::new({
        let calls = Arc::clone(&calls);
        move || {
            thread::yield_now();
            calls.fetch_add(1, SeqCst);
        }
    });
    let io = thread::spawn({
        let completion = Arc::clone(&completion);
        move || {
            completion.complete(|| Err(cancelled()));
            completion.call(Some(callback));
        }
    });
    drop(completion.wait_for_callback(until));
    let when_returned = calls.load(SeqCst);
    io.join().expect("no panic");
    (when_returned, calls.load(SeqCst))
}

#[test]
fn a_wait_ends_after_the_callback() {
    let wait = || {
        let until = Instant::now() + Duration::from_secs(3600);
        assert_eq!(complete_and_wait(until), (1, 1));
    };
    check_random(wait, ITERATIONS);
}

/// A wait whose time is over withdraws the callback, or waits for it if it is running.
#[test]
fn no_callback_starts_after_its_wait() {
    let wait = || {
        let (when_returned, at_the_end) = complete_and_wait(Instant::now());
        assert_eq!(when_returned, at_the_end);
    };
    check_random(wait, ITERATIONS);
}

/// A thread that waits until the result is available does not return before the callback, and leaves the result.
#[test]
fn a_wait_for_readiness_ends_after_the_callback() {
    let wait = || {
        let completion = Arc::new(Completion::default());
        let returned = Arc::new(AtomicU32::new(0));
        let callback: Notify = Box::new({
            let returned = Arc::clone(&returned);
            move || {
                thread::yield_now();
                returned.store(1, SeqCst);
            }
        });
        let io = thread::spawn({
            let completion = Arc::clone(&completion);
            move || {
                completion.complete(|| Err(cancelled()));
                completion.call(Some(callback));
            }
        });
        assert!(!completion.wait_ready(Duration::ZERO) || returned.load(SeqCst) == 1);
        assert!(completion.wait_ready(Duration::from_secs(3600)));
        assert_eq!(returned.load(SeqCst), 1);
        assert!(completion.is_ready());
        let taken = completion.take(Deadline::after(Duration::from_secs(3600)));
        assert_eq!(taken.err().map(|e| e.kind()), Some(ErrorKind::Cancelled));
        io.join().expect("no panic");
    };
    check_random(wait, ITERATIONS);
}

/// The callback is stuck behind another one. One thread withdraws it; then the others stop waiting, too.
#[test]
fn a_withdrawn_callback_ends_all_waits() {
    let wait = || {
        let completion = Arc::new(Completion::default());
        let until = Instant::now() + Duration::from_secs(3600);
        let waits: [fn(&Completion, Instant); 2] = [
            |completion, until| drop(completion.wait_for_callback(until)),
            |completion, _| assert!(completion.wait_ready(Duration::from_secs(3600))),
        ];
        let threads = waits.map(|wait| {
            let completion = Arc::clone(&completion);
            thread::spawn(move || wait(&completion, until))
        });
        drop(completion.wait_for_callback(Instant::now()));
        for thread in threads {
            thread.join().expect("no panic");
        }
    };
    check_random(wait, ITERATIONS);
}

#[test]
fn one_of_several_waiting_threads_gets_the_result() {
    let wait = || {
        let completion = Arc::new(Completion::default());
        let deadline = Deadline::after(Duration::from_secs(3600));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let completion = Arc::clone(&completion);
                thread::spawn(move || completion.take(deadline).err().map(|e| e.kind()))
            })
            .collect();
        completion.complete(|| Err(cancelled()));
        completion.call(None);
        let got: Vec<_> = threads
            .into_iter()
            .map(|t| t.join().expect("no panic"))
            .collect();
        let results = got
            .iter()
            .filter(|kind| **kind == Some(ErrorKind::Cancelled));
        assert_eq!(results.count(), 1, "{got:?}");
    };
    check_random(wait, ITERATIONS);
}
