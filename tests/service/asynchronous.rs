//! The asynchronous operations of the client, for the tests. No other module calls their API.

use scwkms::{Algorithm, Client, Pending, PublicKeyInfo, Result};

/// An asynchronous operation in flight.
pub(crate) struct Operation<T> {
    pending: Pending,
    convert: fn(&[u8]) -> T,
}

impl<T> Operation<T> {
    pub(crate) fn wait(self) -> Result<T> {
        self.pending.wait().map(|output| (self.convert)(&output))
    }

    pub(crate) fn cancel(&self) {
        self.pending.cancel();
    }
}

pub(crate) fn start_public_key(client: &Client, key: &str) -> Result<Operation<PublicKeyInfo>> {
    let pending = client.prepare_public_key(key)?.start(|| ())?;
    let convert = |spki: &[u8]| PublicKeyInfo {
        // All callers use keys of this algorithm.
        algorithm: Algorithm::EcP256Sha256,
        spki: spki.to_vec(),
    };
    Ok(Operation { pending, convert })
}

pub(crate) fn start_sign(client: &Client, key: &str, digest: &[u8]) -> Result<Operation<Vec<u8>>> {
    start_sign_and_notify(client, key, digest, || ())
}

/// `notify` is called when the operation has ended.
pub(crate) fn start_sign_and_notify(
    client: &Client,
    key: &str,
    digest: &[u8],
    notify: impl FnOnce() + Send + 'static,
) -> Result<Operation<Vec<u8>>> {
    let pending = client.prepare_sign(key, None, digest)?.start(notify)?;
    let convert = <[u8]>::to_vec;
    Ok(Operation { pending, convert })
}

pub(crate) fn start_decrypt(
    client: &Client,
    key: &str,
    ciphertext: &[u8],
) -> Result<Operation<Vec<u8>>> {
    let pending = client.prepare_decrypt(key, ciphertext)?.start(|| ())?;
    let convert = <[u8]>::to_vec;
    Ok(Operation { pending, convert })
}
