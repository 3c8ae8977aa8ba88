//! A response before it is sent, when faults can still change its content and its delivery.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SERVER};
use hyper::{Response, StatusCode, Version};

use super::body::Body;
use super::connection::Control;
use super::error::ApiError;
use crate::operations::Reply;

pub const SERVER_NAME: &str = concat!("scwkms-emulator/", env!("CARGO_PKG_VERSION"));

pub struct Draft {
    pub status: StatusCode,
    pub content_type: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub delivery: Delivery,
    /// Whether the connection closes after the response.
    pub close: bool,
}

/// How much of the body is sent.
pub enum Delivery {
    Whole,
    /// Half of it, then the end of the body.
    Short,
    /// Half of it, then a reset of the connection.
    ResetHalfway,
    /// Bytes without an end instead of the body.
    Endless,
}

impl Default for Draft {
    fn default() -> Self {
        Draft {
            status: StatusCode::OK,
            content_type: Some("application/json".to_owned()),
            headers: Vec::new(),
            body: Vec::new(),
            delivery: Delivery::Whole,
            close: false,
        }
    }
}

impl From<Result<Reply, ApiError>> for Draft {
    fn from(result: Result<Reply, ApiError>) -> Self {
        let (status, body) = match result {
            Ok(Reply::Json(json)) => (StatusCode::OK, json),
            Ok(Reply::Empty) => (StatusCode::NO_CONTENT, Vec::new()),
            Err(error) => (error.status, error.body.into_bytes()),
        };
        Draft {
            status,
            body,
            ..Draft::default()
        }
    }
}

impl From<ApiError> for Draft {
    fn from(error: ApiError) -> Self {
        Err(error).into()
    }
}

impl Draft {
    /// The response of the gateway to a request above the rate limit.
    pub fn too_many_requests() -> Self {
        Draft {
            status: StatusCode::TOO_MANY_REQUESTS,
            content_type: None,
            headers: vec![("x-envoy-ratelimited", "true".to_owned())],
            ..Draft::default()
        }
    }

    pub fn into_response(
        self,
        control: &Arc<Control>,
        request_id: &str,
        version: Version,
    ) -> Response<Body> {
        let mut response = Response::new(Body::default());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(SERVER, HeaderValue::from_static(SERVER_NAME));
        let mut insert = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        if let Some(content_type) = &self.content_type {
            insert(CONTENT_TYPE, content_type);
        }
        insert(HeaderName::from_static("x-request-id"), request_id);
        for (name, value) in &self.headers {
            insert(HeaderName::from_static(name), value);
        }
        if self.close {
            if version != Version::HTTP_2 {
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            control.close();
        }
        let length = self.body.len();
        let body = self.into_body(control);
        if matches!(body, Body::Short { .. } | Body::Reset { .. }) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        *response.body_mut() = body;
        response
    }

    fn into_body(self, control: &Arc<Control>) -> Body {
        let half = || Bytes::copy_from_slice(&self.body[..self.body.len() / 2]);
        match self.delivery {
            Delivery::Short if !self.body.is_empty() => Body::short(half()),
            Delivery::ResetHalfway => Body::Reset {
                bytes: Some(half()),
                control: Arc::clone(control),
            },
            Delivery::Endless => Body::endless(),
            _ => Body::whole(self.body),
        }
    }
}
