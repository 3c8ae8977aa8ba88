//! Sign answers that are made once and then repeated, so that a benchmark measures its client.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Method, Request, Response};
use parking_lot::RwLock;
use uuid::{Builder, Variant, Version};

use super::body::Body;
use super::service::SERVER_NAME;

/// Answers kept; whatever comes after them is made anew each time.
const ANSWERS_MAX: usize = 65_536;

/// A digest and what surrounds it are far shorter; only ML-DSA keys sign more.
const REQUEST_MAX: usize = 512;

/// The answers, by path and body.
#[derive(Default)]
pub struct Prepared {
    keys: RwLock<HashMap<String, HashMap<Bytes, Bytes>>>,
}

/// Whether this may be a request whose answer is repeated; its body decides.
pub fn concerns<B>(request: &Request<B>) -> bool {
    request.method() == Method::POST
        && request.uri().query().is_none()
        && request.uri().path().ends_with("/sign")
}

impl Prepared {
    /// The answer that this request had before.
    pub fn answer(&self, path: &str, body: &[u8]) -> Option<Response<Body>> {
        let body = self.keys.read().get(path)?.get(body)?.clone();
        // A good source of randomness is not needed, and would cost a system call.
        let request_id = Builder::from_u128(fastrand::u128(..))
            .with_variant(Variant::RFC4122)
            .with_version(Version::Random);
        let request_id = HeaderValue::try_from(request_id.into_uuid().to_string()).ok()?;
        let mut response = Response::new(Body::whole(body));
        let headers = response.headers_mut();
        headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("x-request-id"), request_id);
        Some(response)
    }

    pub fn keep(&self, path: &str, request: Bytes, answer: &[u8]) {
        let mut keys = self.keys.write();
        let full = keys.values().map(HashMap::len).sum::<usize>() >= ANSWERS_MAX;
        if full || request.len() > REQUEST_MAX {
            return;
        }
        let answers = keys.entry(path.to_owned()).or_default();
        // Of several that are made at once the first stays.
        answers
            .entry(request)
            .or_insert_with(|| Bytes::copy_from_slice(answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_kept_and_none_that_are_long() {
        let prepared = Prepared::default();
        prepared.keep("/long", Bytes::from(vec![0; REQUEST_MAX + 1]), b"{}");
        assert!(prepared.keys.read().is_empty());
        for number in 0..=ANSWERS_MAX {
            let request = Bytes::from(number.to_string());
            prepared.keep("/sign", request, b"{}");
        }
        assert!(prepared.answer("/sign", b"0").is_some());
        let past = ANSWERS_MAX.to_string();
        assert!(prepared.answer("/sign", past.as_bytes()).is_none());
        assert!(prepared.answer("/other", b"0").is_none());
    }
}
