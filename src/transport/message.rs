//! A request in the form in which it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Uri, Version};
use http_body_util::Full;

use super::attempt_error::Delivery;
use super::deadline::Deadline;
use super::headers::{CurrentHeaders, Headers, header_value};
use super::request::Request;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::redact::Redactor;

/// The body of a request over HTTP/1.1.
pub(super) type Body = Full<Bytes>;

/// The service's address, and the headers that all requests have.
pub(super) struct RequestTemplate {
    scheme: Scheme,
    authority: Authority,
    /// The path of the API URL, without a trailing slash.
    prefix: String,
    host: HeaderValue,
    headers: Arc<CurrentHeaders>,
}

impl RequestTemplate {
    pub(super) fn new(settings: &Settings, redactor: Arc<Redactor>) -> Result<Self> {
        let url = &settings.api_url;
        Ok(Self {
            scheme: match url.is_unencrypted() {
                true => Scheme::HTTP,
                false => Scheme::HTTPS,
            },
            host: header_value(url.authority().as_str(), "the API URL's host")?,
            authority: url.authority().clone(),
            prefix: url.uri().path().trim_end_matches('/').to_owned(),
            headers: Arc::new(CurrentHeaders::new(settings, redactor)?),
        })
    }

    /// The message of a request. It can be sent more than once.
    pub(super) fn message(self: &Arc<Self>, request: Request) -> Result<Message> {
        let path =
            PathAndQuery::try_from(format!("{}{}", self.prefix, request.path)).map_err(|e| {
                Error::new(
                    ErrorKind::Internal,
                    format!("the request cannot be built: {e}"),
                )
            })?;
        Ok(Message {
            template: Arc::clone(self),
            headers: self.headers.load(),
            method: request.method,
            path,
            body: request.body.map(Bytes::from_owner),
            handed_over: AtomicBool::new(false),
        })
    }
}

/// A request that can be sent over any connection, and more than once.
pub(super) struct Message {
    template: Arc<RequestTemplate>,
    headers: Arc<Headers>,
    method: Method,
    path: PathAndQuery,
    /// Wiped when the last copy is dropped.
    body: Option<Bytes>,
    /// Whether a connection has received the request in the current attempt.
    handed_over: AtomicBool,
}

impl Message {
    pub(super) fn begin_attempt(&self) {
        self.handed_over.store(false, Relaxed);
    }

    /// Whether the secret key comes from a file, which may contain another one now.
    pub(super) fn has_secret_key_file(&self) -> bool {
        self.template.headers.has_file()
    }

    /// Uses another secret key from now on, and returns whether there is one. The service did not accept the last one. An
    /// error is the reason why the file was not read again. It is called on the I/O thread.
    pub(super) async fn renew_secret_key(&mut self, deadline: Deadline) -> Result<bool, String> {
        let renewed = self.template.headers.renewed(&self.headers, deadline);
        let Some(headers) = renewed.await? else {
            return Ok(false);
        };
        self.headers = headers;
        Ok(true)
    }

    /// Whether the request was delivered in an attempt that timed out.
    pub(super) fn delivery(&self) -> Delivery {
        match self.handed_over.load(Relaxed) {
            true => Delivery::Unknown,
            false => Delivery::NotSent,
        }
    }

    /// The request for HTTP/1.1, which names the host in a header.
    pub(super) fn for_http1(&self) -> http::Request<Body> {
        let headers = match self.body {
            Some(_) => &self.headers.with_body,
            None => &self.headers.without_body,
        };
        let mut request = self.request(Uri::from(self.path.clone()), headers);
        let host = self.template.host.clone();
        request.headers_mut().insert(HOST, host);
        request.map(|()| Full::new(self.body.clone().unwrap_or_default()))
    }

    /// The request's head for HTTP/2, which names the host in the request's target, and its body.
    pub(super) fn for_http2(&self) -> (http::Request<()>, Option<Bytes>) {
        let mut target = http::uri::Parts::default();
        target.scheme = Some(self.template.scheme.clone());
        target.authority = Some(self.template.authority.clone());
        target.path_and_query = Some(self.path.clone());
        // These three parts are always a valid URI.
        let target = Uri::from_parts(target).unwrap_or_default();
        let headers = match self.body {
            Some(_) => &self.headers.with_length,
            None => &self.headers.without_body,
        };
        let mut request = self.request(target, headers);
        *request.version_mut() = Version::HTTP_2;
        if let Some(body) = &self.body {
            let length = HeaderValue::from(body.len());
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        (request, self.body.clone())
    }

    fn request(&self, target: Uri, headers: &HeaderMap) -> http::Request<()> {
        self.handed_over.store(true, Relaxed);
        let mut request = http::Request::new(());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = target;
        *request.headers_mut() = headers.clone();
        request
    }
}
