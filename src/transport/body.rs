//! Reading an answer's body, up to a limit.

use http::Response;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use zeroize::Zeroizing;

use super::failure::{self, Failure};
use crate::error::ErrorKind;

/// The largest answer is a page of 100 keys, some 100 KiB.
const LARGEST: usize = 1 << 20;

pub(super) async fn read(response: Response<Incoming>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut incoming = response.into_body();
    let expected = incoming.size_hint().lower();
    if expected > LARGEST as u64 {
        return Err(too_large());
    }
    // Reserved at once, so that no half-read copy stays behind unwiped.
    let mut body = Zeroizing::new(Vec::with_capacity(expected as usize));
    loop {
        match incoming.frame().await {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(chunk) if body.len() + chunk.len() > LARGEST => return Err(too_large()),
                Ok(chunk) => append(&mut body, &chunk),
                // Trailers say nothing that is needed.
                Err(_) => {}
            },
            None => return Ok(body),
            Some(Err(e)) => {
                return Err(Failure::broken(
                    ErrorKind::Network,
                    format!("the answer broke off: {}", failure::chain(&e)),
                ));
            }
        }
    }
}

/// Appends; where the buffer must grow, the old one is wiped.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * body.capacity())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

fn too_large() -> Failure {
    Failure::lasting(
        ErrorKind::Protocol,
        "the answer is over 1 MiB, more than Key Manager ever sends".to_owned(),
    )
}
