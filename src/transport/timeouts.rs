//! Times that several kinds of connections share.

use std::time::Duration;

/// For name lookup, proxy, TCP and TLS together.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A shared connection without requests is closed after this time.
pub(super) const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Time between two checks of a connection.
pub(super) const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);
