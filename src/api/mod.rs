//! Key Manager's endpoints, as far as the client needs them: typed request, typed answer.
//!
//! Source: Scaleway's Key Manager API, version v1alpha1, as its official Go SDK speaks it.

mod failure;
mod listing;
mod wire;

use http::{Method, StatusCode};
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
pub(crate) use crate::transport::Answer;
use crate::transport::{Deadline, Exchange, Repeatable, Request, Transport};

use listing::Listing;
use wire::{
    Base64, Ciphertext, DecryptAnswer, Digest, EncryptAnswer, Plaintext, PublicKeyAnswer,
    SignAnswer,
};
pub(crate) use wire::{CreateKey, Key, KeyPage};

/// Everything but RFC 3986's unreserved characters is escaped in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The most that the service gives on a page.
const PAGE_SIZE: usize = 100;

/// A key's place in the service. Both parts were checked when they were parsed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KeyPath {
    pub(crate) region: String,
    pub(crate) id: String,
}

/// The endpoints.
pub(crate) struct Api {
    transport: Arc<Transport>,
}

impl Api {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport: Arc::new(transport),
        }
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.transport.deadline()
    }

    pub(crate) async fn get_key(&self, key: &KeyPath, deadline: Deadline) -> Result<Key> {
        let request = get(key_path(key, ""));
        self.read_key(key, self.transport.send(request, deadline).await?)
    }

    pub(crate) fn read_key(&self, asked: &KeyPath, answer: Answer) -> Result<Key> {
        let key: Key = self.read(answer)?;
        same_key(asked, &key.id)?;
        Ok(key)
    }

    /// The public key in PEM, with the service's own labels.
    pub(crate) async fn get_public_key(&self, key: &KeyPath, deadline: Deadline) -> Result<String> {
        let request = get(key_path(key, "/public-key"));
        self.read_public_key(self.transport.send(request, deadline).await?)
    }

    pub(crate) fn read_public_key(&self, answer: Answer) -> Result<String> {
        let answer: PublicKeyAnswer = self.read(answer)?;
        Ok(answer.pem)
    }

    /// Creates a key. Where it cannot be known whether the service did, the error says so.
    pub(crate) async fn create_key(
        &self,
        region: &str,
        key: &CreateKey<'_>,
        deadline: Deadline,
    ) -> Result<Key> {
        let request = Request {
            method: Method::POST,
            path: keys_path(region),
            body: Some(json(key)?),
            repeatable: Repeatable::IfNotProcessed,
        };
        self.read(self.transport.send(request, deadline).await?)
    }

    /// Schedules a key for deletion.
    pub(crate) async fn delete_key(&self, key: &KeyPath, deadline: Deadline) -> Result<()> {
        let request = Request {
            method: Method::DELETE,
            path: key_path(key, ""),
            body: None,
            repeatable: Repeatable::IfNotProcessed,
        };
        let answer = self.check(self.transport.send(request, deadline).await?)?;
        // There is nothing to read, but the page of a proxy is no sign that the key is gone.
        if answer.status != StatusCode::NO_CONTENT && !answer.body.is_empty() {
            parse::<IgnoredAny>(&answer)?;
        }
        Ok(())
    }

    /// The keys on all pages, in the order of their names.
    pub(crate) async fn list_keys(
        &self,
        region: &str,
        filter: &KeyFilter<'_>,
        deadline: Deadline,
    ) -> Result<Vec<Key>> {
        let mut listing = Listing::default();
        for page in 1.. {
            let path = format!("{}?{}", keys_path(region), filter.query(page));
            let answer = self.transport.send(get(path), deadline).await?;
            let bytes = answer.body.len();
            if !listing.add(self.read_page(answer)?, bytes)? {
                break;
            }
        }
        Ok(listing.into_keys())
    }

    pub(crate) fn read_page(&self, answer: Answer) -> Result<KeyPage> {
        self.read(answer)
    }

    /// Ends all waiting for another attempt.
    pub(crate) fn close(&self) {
        self.transport.close();
    }

    /// Carries out a cryptographic operation; the caller waits for it.
    pub(crate) fn operate(
        &self,
        operation: Operation,
        key: &KeyPath,
        input: &[u8],
        deadline: Deadline,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let request = operation.request(key, input)?;
        let answer = self.transport.send_blocking(request, deadline)?;
        self.output(operation, key, answer)
    }

    /// A cryptographic operation that can be sent off.
    pub(crate) fn prepare(
        &self,
        operation: Operation,
        key: &KeyPath,
        input: &[u8],
        deadline: Deadline,
    ) -> Result<Exchange> {
        self.transport
            .prepare(operation.request(key, input)?, deadline)
    }

    /// Sends a prepared operation and awaits its answer.
    pub(crate) fn pursue<'a>(
        &'a self,
        exchange: &'a mut Exchange,
    ) -> impl Future<Output = Result<Answer>> + 'a {
        self.transport.pursue(exchange)
    }

    /// What an operation's answer holds.
    pub(crate) fn output(
        &self,
        operation: Operation,
        key: &KeyPath,
        answer: Answer,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let answer = self.check(answer)?;
        let (key_id, output) = match operation {
            Operation::Sign => {
                let read: SignAnswer = parse(&answer)?;
                (read.key_id, read.signature)
            }
            Operation::Encrypt => {
                let read: EncryptAnswer = parse(&answer)?;
                (read.key_id, read.ciphertext)
            }
            Operation::Decrypt => {
                let read: DecryptAnswer = parse(&answer)?;
                (read.key_id, read.plaintext)
            }
        };
        same_key(key, &key_id)?;
        Ok(output.0)
    }

    /// An answer of success, or the error that it is.
    fn check(&self, answer: Answer) -> Result<Answer> {
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(failure::of_answer(&answer, &|text| {
            self.transport.redact(text)
        }))
    }

    fn read<T: DeserializeOwned>(&self, answer: Answer) -> Result<T> {
        parse(&self.check(answer)?)
    }
}

/// The operations that take bytes and give bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Sign,
    Encrypt,
    Decrypt,
}

impl Operation {
    fn request(self, key: &KeyPath, input: &[u8]) -> Result<Request> {
        let input = Base64::new(input);
        match self {
            Operation::Sign => post(key_path(key, "/sign"), &Digest { digest: input }),
            Operation::Encrypt => post(key_path(key, "/encrypt"), &Plaintext { plaintext: input }),
            Operation::Decrypt => {
                post(key_path(key, "/decrypt"), &Ciphertext { ciphertext: input })
            }
        }
    }
}

fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    let senseless = |what: String| {
        Error::new(ErrorKind::Protocol, format!("the service's answer {what}"))
            .with_http_status(answer.status.as_u16())
            .with_request_id(answer.request_id.clone())
            .uncertain()
    };
    if !answer.is_json {
        return Err(senseless(
            "is not JSON: something other than Key Manager answers here".into(),
        ));
    }
    serde_json::from_slice(&answer.body).map_err(|e| {
        // serde_json's own text may quote a value, which may be a plaintext.
        senseless(match e.classify() {
            serde_json::error::Category::Data => format!(
                "lacks a field or has one of the wrong type (column {})",
                e.column()
            ),
            _ => format!("is malformed JSON (column {})", e.column()),
        })
    })
}

/// Whose keys to list: the service requires one or the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'a> {
    Project(&'a str),
    Organization(&'a str),
}

/// Which keys to list. Keys that are scheduled for deletion are never among them.
#[derive(Debug)]
pub(crate) struct KeyFilter<'a> {
    pub(crate) scope: Scope<'a>,
    pub(crate) name: Option<&'a str>,
    pub(crate) usage: Option<&'a str>,
    pub(crate) tags: &'a [String],
}

impl KeyFilter<'_> {
    fn query(&self, page: usize) -> String {
        let mut query = format!(
            "page={page}&page_size={PAGE_SIZE}&order_by=name_asc&scheduled_for_deletion=false"
        );
        let scope = match self.scope {
            Scope::Project(id) => ("project_id", Some(id)),
            Scope::Organization(id) => ("organization_id", Some(id)),
        };
        let single = [scope, ("name", self.name), ("usage", self.usage)];
        let given = single.iter().filter_map(|(k, v)| v.map(|v| (*k, v)));
        let tags = self.tags.iter().map(|tag| ("tags", tag.as_str()));
        for (name, value) in given.chain(tags) {
            query.push_str(&format!("&{name}={}", utf8_percent_encode(value, QUERY)));
        }
        query
    }
}

fn keys_path(region: &str) -> String {
    format!("/key-manager/v1alpha1/regions/{region}/keys")
}

fn key_path(key: &KeyPath, operation: &str) -> String {
    format!("{}/{}{operation}", keys_path(&key.region), key.id)
}

fn get(path: String) -> Request {
    Request {
        method: Method::GET,
        path,
        body: None,
        repeatable: Repeatable::Always,
    }
}

fn post(path: String, body: &impl Serialize) -> Result<Request> {
    Ok(Request {
        method: Method::POST,
        path,
        body: Some(json(body)?),
        repeatable: Repeatable::Always,
    })
}

fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|e| {
        Error::new(
            ErrorKind::Internal,
            format!("the request cannot be written as JSON: {e}"),
        )
    })
}

/// An answer about another key than the one asked for must not be used.
fn same_key(asked: &KeyPath, answered: &str) -> Result<()> {
    if asked.id.eq_ignore_ascii_case(answered) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Integrity,
        "the service's answer is about another key",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_escaped() {
        let tags = ["a&b".to_owned(), "é".to_owned()];
        let filter = KeyFilter {
            scope: Scope::Organization("o"),
            name: Some("my key=1"),
            usage: None,
            tags: &tags,
        };
        assert_eq!(
            filter.query(2),
            "page=2&page_size=100&order_by=name_asc&scheduled_for_deletion=false\
             &organization_id=o&name=my%20key%3D1&tags=a%26b&tags=%C3%A9"
        );
    }
}
