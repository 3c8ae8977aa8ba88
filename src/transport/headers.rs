//! The headers that all requests of a client have, with the secret key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

use super::deadline::Deadline;
use super::helper_thread::run_on_thread;
use crate::config::{self, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::redact::{self, Redactor};

const AUTH_HEADER: HeaderName = HeaderName::from_static("x-auth-token");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The headers with one secret key.
pub(super) struct Headers {
    pub(super) without_body: HeaderMap,
    pub(super) with_body: HeaderMap,
    /// For HTTP/2. Each request replaces Content-Length; to add it to a copy would reallocate the copy. HTTP/1.1 adds its own.
    pub(super) with_length: HeaderMap,
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
        let mut with_length = with_body.clone();
        with_length.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        Ok(Self {
            without_body,
            with_body,
            with_length,
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
    redactor: Arc<Redactor>,
    file: Option<SecretKeyFile>,
}

struct SecretKeyFile {
    path: PathBuf,
    read: ReadFile,
    /// Locked while a thread reads the file, so that there is one such thread at a time.
    last_read: Arc<Mutex<LastRead>>,
}

type ReadFile = Box<dyn Fn(&Path) -> Result<SecretString, String> + Send + Sync>;

/// The last read of the file that was completed.
#[derive(Default)]
struct LastRead {
    began: Option<Instant>,
    /// Why the file contains no usable key.
    failure: Option<String>,
}

impl CurrentHeaders {
    pub(super) fn new(settings: &Settings, redactor: Arc<Redactor>) -> Result<Self> {
        let user_agent = header_value(&user_agent(settings), "the user agent")?;
        let headers = Headers::new(&settings.secret_key, &user_agent)?;
        let file = settings.secret_key_file.clone();
        let read: ReadFile = Box::new(config::read_again);
        Ok(Self::with_file(
            headers,
            user_agent,
            redactor,
            file.map(|path| (path, read)),
        ))
    }

    fn with_file(
        headers: Headers,
        user_agent: HeaderValue,
        redactor: Arc<Redactor>,
        file: Option<(PathBuf, ReadFile)>,
    ) -> Self {
        Self {
            current: ArcSwap::from_pointee(headers),
            user_agent,
            redactor,
            file: file.map(|(path, read)| SecretKeyFile {
                path,
                read,
                last_read: Arc::default(),
            }),
        }
    }

    pub(super) fn load(&self) -> Arc<Headers> {
        self.current.load_full()
    }

    pub(super) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// Headers with another secret key than those that the service did not accept, if there are any. The file is read on
    /// a thread of its own. An error is the reason why it could not be read before the deadline.
    pub(super) async fn renewed(
        self: &Arc<Self>,
        rejected: &Headers,
        deadline: Deadline,
    ) -> Result<Option<Arc<Headers>>, String> {
        let Some(file) = &self.file else {
            return Ok(self.other_than(rejected));
        };
        let read = timeout(
            deadline.left(),
            self.read_since(file, rejected, Instant::now()),
        )
        .await;
        let read = read.unwrap_or_else(|_| Err("the read did not end before the deadline".into()));
        match (self.other_than(rejected), read) {
            (None, Err(why)) => Err(format!(
                "the secret key could not be read again from {}: {why}",
                redact::path(&file.path)
            )),
            (headers, _) => Ok(headers),
        }
    }

    fn other_than(&self, rejected: &Headers) -> Option<Arc<Headers>> {
        Some(self.load()).filter(|current| !current.has_same_key(rejected))
    }

    /// Reads the file, unless another operation has done so since the given time, or has found another key.
    async fn read_since(
        self: &Arc<Self>,
        file: &SecretKeyFile,
        rejected: &Headers,
        time: Instant,
    ) -> Result<(), String> {
        let mut last_read = Arc::clone(&file.last_read).lock_owned().await;
        let is_recent = last_read.began.is_some_and(|began| began >= time);
        if !is_recent && self.other_than(rejected).is_none() {
            let this = Arc::clone(self);
            let read = run_on_thread("scwkms-file", move || this.read(last_read)).await;
            last_read = read.map_err(|e| e.to_string())?;
        }
        last_read.failure.clone().map_or(Ok(()), Err)
    }

    /// Reads the file, and stores the headers with its key. This completes even if no operation waits for it any more.
    fn read(&self, mut last_read: OwnedMutexGuard<LastRead>) -> OwnedMutexGuard<LastRead> {
        let began = Some(Instant::now());
        let failure = self.file.as_ref().and_then(|file| self.update(file).err());
        *last_read = LastRead { began, failure };
        last_read
    }

    fn update(&self, file: &SecretKeyFile) -> Result<(), String> {
        let secret_key = (file.read)(&file.path)?;
        let headers = Headers::new(&secret_key, &self.user_agent).map_err(|e| e.to_string())?;
        if !headers.has_same_key(&self.load()) {
            // Errors may show the response to a request with the new key as soon as the key is used.
            self.redactor.add(&secret_key);
            self.current.store(Arc::new(headers));
        }
        Ok(())
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

#[cfg(all(test, not(feature = "model-checking")))]
mod tests;
