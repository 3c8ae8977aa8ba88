//! Sends requests as fast as the service allows, and not faster.
//!
//! 1. The service reports in each response how many requests it accepts in a window of time (`rate_limit`).
//! 2. `schedule` decides from that when the next request may be sent. It is a pure function of times and responses.
//! 3. `pacer` lets requests wait for their turn, in the order in which their operations began. A request whose turn comes
//!    after its deadline fails at once.
//! 4. All clients of the process with the same API URL and secret key share a pacer (`registry`).
//!
//! If the responses report no limit, nothing waits.

mod pacer;
mod rate_limit;
mod registry;
mod schedule;

pub(super) use pacer::{Pacer, Permit, TooLate};
pub(super) use rate_limit::RateLimit;
pub(super) use registry::shared_pacer;

#[cfg(all(test, not(feature = "model-checking")))]
mod tests;
