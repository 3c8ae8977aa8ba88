//! Asynchronous signatures, for the tests that need an operation in flight.

use scwkms::{Client, Operation, Result, StartOptions};

pub(crate) fn start_sign(client: &Client, key: &str, digest: &[u8]) -> Result<Operation<Vec<u8>>> {
    client.start_sign(key, None, digest, StartOptions::default())
}

/// `notify` is called when the operation has ended.
pub(crate) fn start_sign_and_notify(
    client: &Client,
    key: &str,
    digest: &[u8],
    notify: impl FnOnce() + Send + 'static,
) -> Result<Operation<Vec<u8>>> {
    let options = StartOptions {
        notify: Some(Box::new(notify)),
        ..StartOptions::default()
    };
    client.start_sign(key, None, digest, options)
}
