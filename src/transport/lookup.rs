//! Name lookups. They block, so each runs on a thread of its own, a few at a time.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::Semaphore;
use tower_service::Service;

use super::helper_thread::run_on_thread;

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
            // A lookup cannot be cancelled. Its thread continues after the connection attempt has timed out, and keeps the
            // permit.
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            let look_up = move || {
                // The port is replaced by the connector.
                let addresses = (name.as_str(), 0).to_socket_addrs();
                (addresses, permit)
            };
            let (addresses, _permit) = run_on_thread("scwkms-lookup", look_up).await?;
            addresses
        })
    }
}
