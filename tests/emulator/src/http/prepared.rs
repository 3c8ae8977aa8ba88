//! Sign responses that are made once and then repeated, so that a benchmark measures its client.

use std::collections::HashMap;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Method, Request, Response};
use parking_lot::RwLock;
use uuid::{Builder, Variant, Version};

use super::body::Body;
use super::response::SERVER_NAME;

/// The number of responses that are kept. Further ones are not repeated.
const MAX_RESPONSES: usize = 65_536;

/// A body with a digest is far shorter. Only ML-DSA keys sign longer messages.
const MAX_REQUEST: usize = 512;

/// The responses, by path and body.
#[derive(Default)]
pub struct Prepared {
    keys: RwLock<HashMap<String, HashMap<Bytes, Bytes>>>,
}

/// Whether the response to this request may be repeated, depending on its body.
pub fn may_repeat<B>(request: &Request<B>) -> bool {
    request.method() == Method::POST
        && request.uri().query().is_none()
        && request.uri().path().ends_with("/sign")
}

impl Prepared {
    /// The response to an earlier request with this path and body.
    pub fn response(&self, path: &str, body: &[u8]) -> Option<Response<Body>> {
        let body = self.keys.read().get(path)?.get(body)?.clone();
        // A request id needs no secure random numbers, which would cost a system call.
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

    pub fn keep(&self, path: &str, request: Bytes, response: &[u8]) {
        let mut keys = self.keys.write();
        let full = keys.values().map(HashMap::len).sum::<usize>() >= MAX_RESPONSES;
        if full || request.len() > MAX_REQUEST {
            return;
        }
        let responses = keys.entry(path.to_owned()).or_default();
        // If equal requests are in flight at the same time, the first response is kept.
        responses
            .entry(request)
            .or_insert_with(|| Bytes::copy_from_slice(response));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_and_the_size_are_limited() {
        let prepared = Prepared::default();
        prepared.keep("/long", Bytes::from(vec![0; MAX_REQUEST + 1]), b"{}");
        assert!(prepared.keys.read().is_empty());
        for number in 0..=MAX_RESPONSES {
            let request = Bytes::from(number.to_string());
            prepared.keep("/sign", request, b"{}");
        }
        assert!(prepared.response("/sign", b"0").is_some());
        let past = MAX_RESPONSES.to_string();
        assert!(prepared.response("/sign", past.as_bytes()).is_none());
        assert!(prepared.response("/other", b"0").is_none());
    }
}
