//! Events. The observer belongs to the process, so these tests run one after the other, and each looks only at events of its
//! own clients.

mod failures;
mod operations;
mod recording;
mod transport;
