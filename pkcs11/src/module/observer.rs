//! Writes the core's warnings and operations to the log. Without an observer the core would write warnings to standard
//! error.

use std::sync::Arc;

use scwkms::{Event, Observer, OperationEvent, set_observer};

use crate::failure::Result;
use crate::log::entry;

struct Log;

impl Observer for Log {
    fn observe(&self, event: &Event<'_>) {
        match event {
            Event::Warning { message, .. } => entry!(Warning, "{message}"),
            Event::Operation(operation) => entry!(Debug, "{}", describe(operation)),
            Event::ConnectionFailed { server, error, .. } => {
                entry!(Warning, "no connection to {server}: {error}");
            }
            other => entry!(Debug, "{other:?}"),
        }
    }
}

fn describe(operation: &OperationEvent<'_>) -> String {
    format!(
        "{} of {}: {} after {} requests, {} attempts, {:?}",
        operation.operation,
        operation.key_id.unwrap_or("no key"),
        operation.error.map_or("ok".to_owned(), ToString::to_string),
        operation.requests,
        operation.attempts,
        operation.total
    )
}

/// Registers the observer. Panics are written to the log too, not to standard error.
pub(super) fn set() -> Result<()> {
    std::panic::set_hook(Box::new(|panic| entry!(Error, "{panic}")));
    Ok(set_observer(Some(Arc::new(Log)))?)
}
