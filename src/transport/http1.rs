//! An HTTP/1.1 connection. It carries one request at a time.

use std::pin::pin;

use super::timeouts::KEEP_ALIVE_INTERVAL;
use crate::observer::ConnectionRecord;

/// Polls a connection until it ends: when its sender is dropped, or when it breaks. Its request then gets an error.
/// `clean_up` is called regularly and at the end.
pub(super) async fn drive<E>(
    connection: impl Future<Output = Result<(), E>>,
    clean_up: impl Fn(),
    mut record: ConnectionRecord,
) {
    let mut connection = pin!(connection);
    let ended = loop {
        match tokio::time::timeout(KEEP_ALIVE_INTERVAL, connection.as_mut()).await {
            Ok(ended) => break ended,
            Err(_) => clean_up(),
        }
    };
    if ended.is_err() {
        record.lost("the connection broke");
    }
    clean_up();
}
