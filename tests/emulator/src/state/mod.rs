//! The state of the emulator: keys in memory, and on disk with a data directory.

mod data_dir;
pub mod identity;
pub mod key;
mod store;
pub mod timestamp;

pub use data_dir::{DataDir, write_private};
pub use store::Store;
