//! Runs the command against the emulator, in pipes and on a terminal.

mod certificates;
mod doctor;
mod documentation;
// Other tests need more of it.
#[allow(dead_code)]
#[path = "../../tests/rust/emulator_process.rs"]
mod emulator_process;
mod encryption;
mod failures;
mod files;
mod fixture;
mod keys;
mod signatures;
#[path = "../../tests/rust/temp_dir.rs"]
mod temp_dir;
mod terminal;
