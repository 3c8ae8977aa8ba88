//! Errors that safe Rust prevents. This is the only code outside src/ffi with raw memory; it is not part of the library.
//!
//! `scwkms-canary use-after-free | leak | race` makes one such error; without a sanitizer it runs to its end.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Barrier;

fn use_after_free() -> u8 {
    let place = Box::into_raw(Box::new([7_u8; 64]));
    // SAFETY: none, on purpose: the second access is to freed memory.
    unsafe {
        drop(Box::from_raw(place));
        black_box(place.cast::<u8>().add(3)).read_volatile()
    }
}

/// Not inlined, so that later calls overwrite its frame: memory with a pointer on the stack is not reported as a leak.
#[inline(never)]
fn leak() {
    black_box(Box::into_raw(Box::new([7_u8; 4321])));
}

/// Memory that threads share without a lock.
struct Shared(*mut u64);

// SAFETY: none, on purpose.
unsafe impl Sync for Shared {}

impl Shared {
    fn add(&self) {
        // SAFETY: none, on purpose: another thread does the same.
        unsafe { *self.0 += 1 }
    }
}

fn race() {
    let mut number = 0;
    let shared = Shared(&raw mut number);
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..1000 {
                    black_box(&shared).add();
                }
            });
        }
    });
    println!("{number}");
}

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("use-after-free") => println!("{}", use_after_free()),
        Some("leak") => leak(),
        Some("race") => race(),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
