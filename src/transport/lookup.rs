//! Name lookups. They block, so each runs on a thread of its own, a few at a time.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tower_service::Service;

/// The number of lookups of a client at a time.
const MAX_LOOKUPS: usize = 4;

/// Looks up the addresses of a host. tokio's own resolver panics if no thread can be started.
#[derive(Clone)]
pub(super) struct Resolver {
    permits: Arc<Semaphore>,
}

impl Resolver {
    pub(super) fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(MAX_LOOKUPS)),
        }
    }
}

type Addresses = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Addresses;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Addresses>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let permits = Arc::clone(&self.permits);
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            let (thread, result) = start_lookup(name, permit)?;
            let addresses = result.await.map_err(io::Error::other)?;
            // The thread has sent its result and is ending.
            let _ = thread.join();
            addresses
        })
    }
}

/// A lookup cannot be cancelled. Its thread continues after the connection attempt has timed out, and keeps the permit.
fn start_lookup(
    name: Name,
    permit: OwnedSemaphorePermit,
) -> io::Result<(JoinHandle<()>, oneshot::Receiver<io::Result<Addresses>>)> {
    let (sender, result) = oneshot::channel();
    let lookup = move || {
        let _permit = permit;
        // The port is replaced by the connector. An error means that the connection attempt has ended.
        let _ = sender.send((name.as_str(), 0).to_socket_addrs());
    };
    let thread = thread::Builder::new()
        .name("scwkms-lookup".into())
        .spawn(lookup)
        .map_err(|e| {
            let message = format!("the thread for the name lookup cannot be started: {e}");
            io::Error::new(e.kind(), message)
        })?;
    Ok((thread, result))
}
