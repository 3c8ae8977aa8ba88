//! The beginning and the end of a connection.

use std::sync::Arc;
use std::time::Instant;

use super::event::Event;
use super::registration::emit;

/// A connection that is open. Its end is reported when this is dropped, which must not happen while a lock is held.
pub(crate) struct ConnectionRecord {
    server: Arc<str>,
    protocol: &'static str,
    opened: Instant,
    lost: Option<&'static str>,
}

impl ConnectionRecord {
    /// Reports that a connection was opened.
    pub(crate) fn opened(server: Arc<str>, protocol: &'static str, began: Instant) -> Self {
        let opened = Instant::now();
        emit(&Event::ConnectionOpened {
            server: &server,
            protocol,
            duration: opened.duration_since(began),
        });
        Self {
            server,
            protocol,
            opened,
            lost: None,
        }
    }

    /// Notes why the connection cannot be used any more.
    pub(crate) fn lost(&mut self, reason: &'static str) {
        self.lost = Some(reason);
    }
}

impl Drop for ConnectionRecord {
    fn drop(&mut self) {
        emit(&Event::ConnectionClosed {
            server: &self.server,
            protocol: self.protocol,
            duration: self.opened.elapsed(),
            reason: self.lost,
        });
    }
}
