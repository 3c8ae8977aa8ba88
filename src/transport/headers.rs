//! The headers that all requests of a client have, with the secret key.

use std::path::PathBuf;
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{self, ProcessEnvironment, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::Redactor;

const AUTH_HEADER: HeaderName = HeaderName::from_static("x-auth-token");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The headers with one secret key.
pub(super) struct Headers {
    pub(super) without_body: HeaderMap,
    pub(super) with_body: HeaderMap,
}

impl Headers {
    fn new(secret_key: &SecretString, user_agent: &HeaderValue) -> Result<Self> {
        let mut token = header_value(secret_key.expose_secret(), "the secret key")?;
        token.set_sensitive(true);
        let without_body = HeaderMap::from_iter([
            (AUTH_HEADER, token),
            (ACCEPT, JSON),
            (USER_AGENT, user_agent.clone()),
        ]);
        let mut with_body = without_body.clone();
        with_body.insert(CONTENT_TYPE, JSON);
        Ok(Self {
            without_body,
            with_body,
        })
    }

    fn has_same_key(&self, other: &Self) -> bool {
        self.without_body.get(AUTH_HEADER) == other.without_body.get(AUTH_HEADER)
    }
}

/// The headers with the current secret key. If the key comes from a file, the file may contain another one later.
pub(super) struct CurrentHeaders {
    current: ArcSwap<Headers>,
    user_agent: HeaderValue,
    file: Option<PathBuf>,
    redactor: Arc<Redactor>,
}

impl CurrentHeaders {
    pub(super) fn new(settings: &Settings, redactor: Arc<Redactor>) -> Result<Self> {
        let user_agent = header_value(&user_agent(settings), "the user agent")?;
        Ok(Self {
            current: ArcSwap::from_pointee(Headers::new(&settings.secret_key, &user_agent)?),
            user_agent,
            file: settings.secret_key_file.clone(),
            redactor,
        })
    }

    pub(super) fn load(&self) -> Arc<Headers> {
        self.current.load_full()
    }

    /// Headers with another secret key than those that the service did not accept, if there are any now.
    pub(super) fn renewed(&self, rejected: &Headers) -> Option<Arc<Headers>> {
        let current = self.load();
        if !current.has_same_key(rejected) {
            return Some(current);
        }
        let secret_key = config::read_again(self.file.as_deref()?, &ProcessEnvironment)?;
        let headers = Headers::new(&secret_key, &self.user_agent).ok()?;
        if headers.has_same_key(rejected) {
            return None;
        }
        // Errors may show the response to a request with the new key as soon as the key is used.
        self.redactor.add(&secret_key);
        let headers = Arc::new(headers);
        self.current.store(Arc::clone(&headers));
        Some(headers)
    }
}

pub(super) fn header_value(text: &str, name: &str) -> Result<HeaderValue> {
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
