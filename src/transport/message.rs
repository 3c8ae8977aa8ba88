//! A request in the form in which it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT,
};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, Method, Uri, Version};
use http_body_util::Full;
use secrecy::ExposeSecret;

use super::attempt_error::Delivery;
use super::request::Request;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};

const AUTH_HEADER: HeaderName = HeaderName::from_static("x-auth-token");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The body of a request over HTTP/1.1.
pub(super) type Body = Full<Bytes>;

/// The service's address, and the headers that all requests have.
pub(super) struct RequestTemplate {
    scheme: Scheme,
    authority: Authority,
    /// The path of the API URL, without a trailing slash.
    prefix: String,
    host: HeaderValue,
    headers: HeaderMap,
    headers_with_body: HeaderMap,
}

impl RequestTemplate {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let mut token = header_value(settings.secret_key.expose_secret(), "the secret key")?;
        token.set_sensitive(true);
        let user_agent = header_value(&user_agent(settings), "the user agent")?;
        let headers = HeaderMap::from_iter([
            (AUTH_HEADER, token),
            (ACCEPT, JSON),
            (USER_AGENT, user_agent),
        ]);
        let mut headers_with_body = headers.clone();
        headers_with_body.insert(CONTENT_TYPE, JSON);
        let url = &settings.api_url;
        Ok(Self {
            scheme: match url.is_unencrypted() {
                true => Scheme::HTTP,
                false => Scheme::HTTPS,
            },
            host: header_value(url.authority().as_str(), "the API URL's host")?,
            authority: url.authority().clone(),
            prefix: url.uri().path().trim_end_matches('/').to_owned(),
            headers,
            headers_with_body,
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

    /// Whether the request was delivered in an attempt that timed out.
    pub(super) fn delivery(&self) -> Delivery {
        match self.handed_over.load(Relaxed) {
            true => Delivery::Unknown,
            false => Delivery::NotSent,
        }
    }

    /// The request for HTTP/1.1, which names the host in a header.
    pub(super) fn for_http1(&self) -> http::Request<Body> {
        let body = Full::new(self.body.clone().unwrap_or_default());
        let mut request = self.request(Uri::from(self.path.clone()), body);
        let host = self.template.host.clone();
        request.headers_mut().insert(HOST, host);
        request
    }

    /// The request's head for HTTP/2, which names the host in the request's target, and its body.
    pub(super) fn for_http2(&self) -> (http::Request<()>, Option<Bytes>) {
        let mut target = http::uri::Parts::default();
        target.scheme = Some(self.template.scheme.clone());
        target.authority = Some(self.template.authority.clone());
        target.path_and_query = Some(self.path.clone());
        // These three parts are always a valid URI.
        let mut request = self.request(Uri::from_parts(target).unwrap_or_default(), ());
        *request.version_mut() = Version::HTTP_2;
        if let Some(body) = &self.body {
            let length = HeaderValue::from(body.len());
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        (request, self.body.clone())
    }

    fn request<B>(&self, target: Uri, body: B) -> http::Request<B> {
        self.handed_over.store(true, Relaxed);
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = target;
        *request.headers_mut() = match self.body {
            Some(_) => self.template.headers_with_body.clone(),
            None => self.template.headers.clone(),
        };
        request
    }
}

fn header_value(text: &str, name: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            ErrorKind::Configuration,
            format!("{name} cannot be sent in a header"),
        )
    })
}

fn user_agent(settings: &Settings) -> String {
    let own = concat!("scwkms/", env!("CARGO_PKG_VERSION"));
    match &settings.user_agent {
        Some(configured) => format!("{own} {configured}"),
        None => own.to_owned(),
    }
}
