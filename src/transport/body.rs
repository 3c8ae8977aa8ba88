//! Reading an answer's body, up to a limit.

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use zeroize::Zeroizing;

use super::failure::{self, Failure, Reach};
use crate::error::{Error, ErrorKind};

/// The largest answer is a page of 100 keys, some 100 KiB.
const LARGEST: usize = 1 << 20;

/// A body that arrives.
pub(super) enum Arriving {
    Http1(Incoming),
    Http2(RecvStream),
}

impl Arriving {
    /// The next part, or `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        match self {
            Arriving::Http1(incoming) => loop {
                let Some(frame) = incoming.frame().await else {
                    return Ok(None);
                };
                // Trailers say nothing that is needed.
                if let Ok(data) = frame.map_err(|e| broken(&e))?.into_data() {
                    return Ok(Some(data));
                }
            },
            Arriving::Http2(stream) => {
                let Some(data) = stream.data().await else {
                    return Ok(None);
                };
                let data = data.map_err(|e| broken(&e))?;
                stream
                    .flow_control()
                    .release_capacity(data.len())
                    .map_err(|e| broken(&e))?;
                Ok(Some(data))
            }
        }
    }
}

pub(super) async fn read(
    headers: &HeaderMap,
    mut arriving: Arriving,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    let expected = announced.and_then(|n| n.parse().ok()).unwrap_or(0);
    if expected > LARGEST {
        return Err(too_large());
    }
    // Reserved at once, so that no half-read copy stays behind unwiped.
    let mut body = Zeroizing::new(Vec::with_capacity(expected));
    while let Some(chunk) = arriving.next().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err(too_large());
        }
        append(&mut body, &chunk);
    }
    Ok(body)
}

fn broken(e: &(dyn std::error::Error + 'static)) -> Failure {
    Failure::broken(
        ErrorKind::Network,
        format!("the answer broke off: {}", failure::chain(e)),
    )
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

/// Another try would end the same way, but what was asked for may have been done.
fn too_large() -> Failure {
    let error = Error::new(
        ErrorKind::Protocol,
        "the answer is over 1 MiB, more than Key Manager ever sends",
    );
    Failure {
        error: error.uncertain(),
        reach: Reach::Lasting,
    }
}
