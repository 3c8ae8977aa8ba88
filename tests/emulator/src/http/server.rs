//! Accepts connections and serves their requests.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::connection::{Control, Socket};
use super::service::{App, serve};

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// On a busy machine a client may cancel many requests of a connection before one is accepted.
const MAX_CANCELLED: u32 = 1000;

/// Runs until the process ends.
pub async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    max_streams: u32,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http2()
        .max_concurrent_streams(max_streams)
        .max_pending_accept_reset_streams(max_streams.max(MAX_CANCELLED) as usize);
    let builder = Arc::new(builder);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (tls, app, builder) = (tls.clone(), Arc::clone(&app), Arc::clone(&builder));
                tokio::spawn(async move {
                    // Errors of a connection are the client's.
                    let _ = connection(stream, tls, app, &builder).await;
                });
            }
            Err(error) => {
                // Probably no file descriptor is free. The pause lets connections end.
                eprintln!("scwkms-emulator: cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    app: Arc<App>,
    builder: &Builder<TokioExecutor>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (number, _open) = app.stats.connection();
    let control = Control::new(number);
    let socket = Socket {
        stream,
        control: Arc::clone(&control),
    };
    match tls {
        Some(tls) => {
            let stream = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(socket)).await??;
            requests(stream, control, &app, builder).await;
        }
        None => requests(socket, control, &app, builder).await,
    }
    Ok(())
}

async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    control: Arc<Control>,
    app: &Arc<App>,
    builder: &Builder<TokioExecutor>,
) {
    let service = service_fn(|request| {
        let response = serve(Arc::clone(app), Arc::clone(&control), request);
        async { Ok::<_, Infallible>(response.await) }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        tokio::select! {
            // In this order the client receives the announcement of a close before the response, so
            // that it sends no more requests on this connection.
            biased;
            // Dropping the connection drops the socket, which then sends the reset.
            () = control.reset_wanted() => return,
            () = control.close_wanted() => connection.as_mut().graceful_shutdown(),
            _ = connection.as_mut() => return,
        }
    }
}
