//! What the emulator knows: keys in memory, and on disk where a data directory is given.

mod data_dir;
pub mod identity;
pub mod key;
mod store;
pub mod timestamp;

pub use data_dir::{DataDir, write_private};
pub use store::Store;
