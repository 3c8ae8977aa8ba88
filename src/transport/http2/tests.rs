use std::sync::Arc;

use tokio::runtime::Builder as Runtime;
use tokio::time::{sleep, timeout};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A connection to a server that does nothing at all for so long, from its fourth second on. The
/// clock is not the real one: it jumps whenever everybody waits.
async fn to_a_server_that_stands_still(how_long: Duration) -> Arc<Multiplexed> {
    let (near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        let mut server = h2::server::handshake(far).await.expect("HTTP/2");
        let _ = timeout(4 * SECOND, server.accept()).await;
        sleep(how_long).await;
        server.accept().await.transpose().expect("no error");
    });
    let (connection, driver) = handshake(near, 0).await.expect("HTTP/2");
    let connection = Arc::new(connection);
    tokio::spawn(drive(driver, Arc::downgrade(&connection), Weak::new()));
    connection
}

fn with_a_clock_that_jumps(test: impl Future<Output = ()>) {
    let runtime = Runtime::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(test);
}

#[test]
fn a_server_that_stands_still_for_a_moment_is_avoided_meanwhile() {
    with_a_clock_that_jumps(async {
        let connection = to_a_server_that_stands_still(8 * SECOND).await;
        sleep(7 * SECOND).await;
        assert!(!connection.is_doubtful() && !connection.is_closed());
        sleep(4 * SECOND).await;
        assert!(connection.is_doubtful() && !connection.is_closed());
        sleep(2 * SECOND).await;
        assert!(!connection.is_doubtful() && !connection.is_closed());
        sleep(60 * SECOND).await;
        assert!(!connection.is_doubtful() && !connection.is_closed());
    });
}

#[test]
fn a_server_that_is_gone_is_given_up() {
    with_a_clock_that_jumps(async {
        let connection = to_a_server_that_stands_still(1000 * SECOND).await;
        sleep(12 * SECOND).await;
        assert!(connection.is_doubtful() && !connection.is_closed());
        sleep(2 * SECOND).await;
        assert!(connection.is_closed());
    });
}
