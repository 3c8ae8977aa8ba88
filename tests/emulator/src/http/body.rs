//! Response bodies: whole ones, and those of faults.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::connection::Control;

/// The time for bytes to be sent before the connection breaks. Breaking it discards its buffers.
const FLUSH: Duration = Duration::from_millis(50);

const CHUNK: usize = 16 * 1024;

pub enum Body {
    Whole(Option<Bytes>),
    /// Ends before its content-length, a moment after its bytes.
    Short {
        bytes: Option<Bytes>,
        pause: Pin<Box<Sleep>>,
    },
    /// The connection is reset after these bytes.
    Reset {
        bytes: Option<Bytes>,
        control: Arc<Control>,
    },
    /// Never ends. Pauses after each chunk, to use little processor time.
    Endless(Pin<Box<Sleep>>),
}

impl Default for Body {
    fn default() -> Self {
        Body::Whole(None)
    }
}

impl Body {
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Body::Whole(Some(bytes.into()).filter(|bytes: &Bytes| !bytes.is_empty()))
    }

    pub fn short(bytes: Bytes) -> Self {
        Body::Short {
            bytes: Some(bytes),
            pause: Box::pin(sleep(FLUSH)),
        }
    }

    pub fn endless() -> Self {
        Body::Endless(Box::pin(sleep(Duration::ZERO)))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |bytes| Some(Ok(Frame::data(bytes)));
        match self.get_mut() {
            Body::Whole(bytes) => Poll::Ready(bytes.take().and_then(frame)),
            Body::Short { bytes, pause } => match bytes.take() {
                Some(bytes) => Poll::Ready(frame(bytes)),
                None => pause.as_mut().poll(context).map(|()| None),
            },
            Body::Reset { bytes, control } => match bytes.take() {
                Some(bytes) => Poll::Ready(frame(bytes)),
                None => {
                    let control = Arc::clone(control);
                    tokio::spawn(async move {
                        sleep(FLUSH).await;
                        control.reset();
                    });
                    Poll::Pending
                }
            },
            Body::Endless(pause) => {
                std::task::ready!(pause.as_mut().poll(context));
                *pause = Box::pin(sleep(Duration::from_millis(1)));
                Poll::Ready(frame(Bytes::from_static(&[b' '; CHUNK])))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            _ => SizeHint::default(),
        }
    }
}
