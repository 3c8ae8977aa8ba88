//! Reads the body of a response, up to a maximum size.

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use zeroize::Zeroizing;

use super::attempt_error::AttemptError;
use super::cause;
use crate::error::ErrorKind;

/// The largest responses of the service are pages of 100 keys, about 100 KiB.
const MAX_SIZE: usize = 1 << 20;

/// A body that is being received.
pub(super) enum IncomingBody {
    Http1(Incoming),
    Http2(RecvStream),
}

impl IncomingBody {
    /// The next part, or `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, AttemptError> {
        match self {
            IncomingBody::Http1(incoming) => loop {
                let Some(frame) = incoming.frame().await else {
                    return Ok(None);
                };
                // Trailers are ignored.
                if let Ok(data) = frame.map_err(|e| broken(&e))?.into_data() {
                    return Ok(Some(data));
                }
            },
            IncomingBody::Http2(stream) => {
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
    mut incoming: IncomingBody,
) -> Result<Zeroizing<Vec<u8>>, AttemptError> {
    let content_length = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    let expected: usize = content_length.and_then(|n| n.parse().ok()).unwrap_or(0);
    if expected > MAX_SIZE {
        return Err(too_large());
    }
    // Allocated once, so that growing leaves no copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(expected));
    while let Some(chunk) = incoming.next().await? {
        if body.len() + chunk.len() > MAX_SIZE {
            return Err(too_large());
        }
        append(&mut body, &chunk);
    }
    Ok(body)
}

fn broken(e: &(dyn std::error::Error + 'static)) -> AttemptError {
    AttemptError::broken(
        ErrorKind::Network,
        format!("the response is incomplete: {}", cause::chain(e)),
    )
}

/// Appends. If the buffer must grow, the old one is wiped.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * body.capacity())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// Another attempt would fail in the same way. The service may have processed the request.
fn too_large() -> AttemptError {
    let mut e = AttemptError::permanent(
        ErrorKind::Protocol,
        "the response is over 1 MiB, more than Key Manager ever sends".to_owned(),
    );
    e.error = e.error.outcome_unknown();
    e
}
