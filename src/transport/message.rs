//! A request as it goes over a connection.

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

use super::Request;
use super::failure::Reach;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};

const AUTH_HEADER: HeaderName = HeaderName::from_static("x-auth-token");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A request's body over HTTP/1.1.
pub(super) type Body = Full<Bytes>;

/// Where requests go, and what all of them carry.
pub(super) struct Endpoint {
    scheme: Scheme,
    authority: Authority,
    /// The path of the API URL, without a trailing slash.
    prefix: String,
    host: HeaderValue,
    headers: HeaderMap,
    headers_with_body: HeaderMap,
}

impl Endpoint {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let unusable = |what: &str| {
            Error::new(
                ErrorKind::Configuration,
                format!("{what} cannot be sent in a header"),
            )
        };
        let mut token = HeaderValue::from_str(settings.secret_key.expose_secret())
            .map_err(|_| unusable("the secret key"))?;
        token.set_sensitive(true);
        let user_agent =
            HeaderValue::from_str(&user_agent(settings)).map_err(|_| unusable("the user agent"))?;
        let url = settings.api_url.uri();
        let authority = settings.api_url.authority();
        let headers = HeaderMap::from_iter([
            (AUTH_HEADER, token),
            (ACCEPT, JSON),
            (USER_AGENT, user_agent),
        ]);
        let mut headers_with_body = headers.clone();
        headers_with_body.insert(CONTENT_TYPE, JSON);
        Ok(Self {
            scheme: match settings.api_url.is_cleartext() {
                true => Scheme::HTTP,
                false => Scheme::HTTPS,
            },
            host: HeaderValue::from_str(authority.as_str())
                .map_err(|_| unusable("the API URL's host"))?,
            authority: authority.clone(),
            prefix: url.path().trim_end_matches('/').to_owned(),
            headers,
            headers_with_body,
        })
    }

    /// The request as it will be sent, as often as it takes.
    pub(super) fn message(self: &Arc<Self>, request: Request) -> Result<Message> {
        let path =
            PathAndQuery::try_from(format!("{}{}", self.prefix, request.path)).map_err(|e| {
                Error::new(
                    ErrorKind::Internal,
                    format!("the request cannot be built: {e}"),
                )
            })?;
        Ok(Message {
            endpoint: Arc::clone(self),
            method: request.method,
            path,
            body: request.body.map(Bytes::from_owner),
            handed_over: AtomicBool::new(false),
        })
    }
}

/// A request that can be sent over any connection, more than once.
pub(super) struct Message {
    endpoint: Arc<Endpoint>,
    method: Method,
    path: PathAndQuery,
    /// Wiped once the last copy is gone.
    body: Option<Bytes>,
    /// A connection got it, in this attempt.
    handed_over: AtomicBool,
}

impl Message {
    pub(super) fn begin_attempt(&self) {
        self.handed_over.store(false, Relaxed);
    }

    /// How far an attempt got that has no end of its own.
    pub(super) fn reach(&self) -> Reach {
        match self.handed_over.load(Relaxed) {
            true => Reach::Unknown,
            false => Reach::NotSent,
        }
    }

    /// HTTP/1.1 names the host in a header.
    pub(super) fn for_http1(&self) -> http::Request<Body> {
        let body = Full::new(self.body.clone().unwrap_or_default());
        let mut request = self.request(Uri::from(self.path.clone()), body);
        let host = self.endpoint.host.clone();
        request.headers_mut().insert(HOST, host);
        request
    }

    /// HTTP/2 names the host in the request's target. The body goes beside the head.
    pub(super) fn for_http2(&self) -> (http::Request<()>, Option<Bytes>) {
        let mut target = http::uri::Parts::default();
        target.scheme = Some(self.endpoint.scheme.clone());
        target.authority = Some(self.endpoint.authority.clone());
        target.path_and_query = Some(self.path.clone());
        // These parts always make a URI.
        let mut request = self.request(Uri::from_parts(target).unwrap_or_default(), ());
        *request.version_mut() = Version::HTTP_2;
        if let Some(body) = &self.body {
            let length = HeaderValue::from(body.len());
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        (request, self.body.clone())
    }

    /// Whether a text holds the secret key.
    pub(super) fn is_betrayed_by(&self, text: &HeaderValue) -> bool {
        let token = self.endpoint.headers.get(AUTH_HEADER);
        token.is_some_and(|token| {
            let mut parts = text.as_bytes().windows(token.len().max(1));
            parts.any(|part| part == token.as_bytes())
        })
    }

    fn request<B>(&self, target: Uri, body: B) -> http::Request<B> {
        self.handed_over.store(true, Relaxed);
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = target;
        *request.headers_mut() = match self.body {
            Some(_) => self.endpoint.headers_with_body.clone(),
            None => self.endpoint.headers.clone(),
        };
        request
    }
}

fn user_agent(settings: &Settings) -> String {
    let own = concat!("scwkms/", env!("CARGO_PKG_VERSION"));
    match &settings.user_agent {
        Some(theirs) => format!("{own} {theirs}"),
        None => own.to_owned(),
    }
}
