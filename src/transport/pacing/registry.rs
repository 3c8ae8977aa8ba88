//! The pacers of the process.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::ExposeSecret;

use super::pacer::Pacer;
use crate::config::Settings;
use crate::error::Result;
use crate::transport::weak_cache::WeakCache;

/// The API URL, and the SHA-256 digest of the secret key. Each access key has its own secret key.
#[derive(PartialEq, Eq)]
struct Account {
    api_url: String,
    secret_key_digest: Vec<u8>,
}

static PACERS: WeakCache<Account, Pacer> = WeakCache::new();

/// The pacer that all clients with the same API URL and secret key share.
pub(in crate::transport) fn shared_pacer(settings: &Settings) -> Result<Arc<Pacer>> {
    let secret_key = settings.secret_key.expose_secret();
    let account = Account {
        api_url: settings.api_url.as_str().to_owned(),
        secret_key_digest: digest(&SHA256, secret_key.as_bytes()).as_ref().to_vec(),
    };
    PACERS.get(account, || Ok(Arc::new(Pacer::new())))
}
