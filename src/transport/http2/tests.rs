use tokio::runtime::Builder as Runtime;
use tokio::time::{sleep, timeout};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A connection to a server that does nothing for `pause`, from its fourth second on. The clock is tokio's test
/// clock: it advances when all tasks wait.
async fn connection_to_pausing_server(pause: Duration) -> Arc<Http2Connection> {
    let (near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        let mut server = h2::server::handshake(far).await.expect("HTTP/2");
        let _ = timeout(4 * SECOND, server.accept()).await;
        sleep(pause).await;
        server.accept().await.transpose().expect("no error");
    });
    let (connection, driver) = handshake(near, 0, 100, Arc::default())
        .await
        .expect("HTTP/2");
    let connection = Arc::new(connection);
    let record = ConnectionRecord::opened("".into(), "h2", std::time::Instant::now());
    let this = Arc::downgrade(&connection);
    tokio::spawn(drive(driver, this, || {}, record));
    connection
}

fn with_test_clock(test: impl Future<Output = ()>) {
    let runtime = Runtime::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(test);
}

#[test]
fn a_pausing_server_gets_no_new_requests_meanwhile() {
    with_test_clock(async {
        let connection = connection_to_pausing_server(8 * SECOND).await;
        sleep(7 * SECOND).await;
        assert!(!connection.is_suspect() && !connection.is_closed());
        sleep(4 * SECOND).await;
        assert!(connection.is_suspect() && !connection.is_closed());
        sleep(2 * SECOND).await;
        assert!(!connection.is_suspect() && !connection.is_closed());
        sleep(60 * SECOND).await;
        assert!(!connection.is_suspect() && !connection.is_closed());
    });
}

#[test]
fn a_server_that_never_responds_is_disconnected() {
    with_test_clock(async {
        let connection = connection_to_pausing_server(1000 * SECOND).await;
        sleep(12 * SECOND).await;
        assert!(connection.is_suspect() && !connection.is_closed());
        sleep(2 * SECOND).await;
        assert!(connection.is_closed());
    });
}
