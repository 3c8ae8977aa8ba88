//! What the service answers: operations, metadata, lists, and errors.

use std::sync::LazyLock;

use super::{Nothing, SECRET, is_fit_to_print, text, trip};
use crate::algorithm::Algorithm;
use crate::api::{Api, Key, KeyPath, Operation};
use crate::client::KeyInfo;
use crate::config;
use crate::error::ErrorKind;
use crate::transport::{Answer, Transport};
use crate::uri::Uri;

const ID: &str = "8a83f62f-2b00-4e17-9bef-bc10faef3098";

const STATUSES: [u16; 16] = [
    200, 201, 204, 302, 400, 401, 403, 404, 408, 409, 412, 423, 429, 500, 503, 600,
];

/// The endpoints with a secret key of their own. Nothing is ever sent.
static API: LazyLock<Api> = LazyLock::new(|| {
    let uri = format!(
        "scwkms:access-key=SCWEXAMPLE0000000000;secret-key={SECRET};api-url=http://127.0.0.1:9"
    );
    let uri = Uri::parse(&uri).expect("a URI");
    let settings = config::resolve(&uri, &Nothing).expect("settings");
    Api::new(Transport::new(&settings).expect("a transport"))
});

/// A letter for the endpoint, a letter for the status (`A` is the first of [`STATUSES`]; in lower
/// case the answer is not JSON), and a body. What is accepted is about the key that was asked for;
/// what is refused is fit to print, whatever the service wrote.
pub fn answer(data: &[u8]) {
    trip(data);
    let Some(text) = text(data, &[""]) else {
        return;
    };
    let (Some(endpoint), Some(status), Some(body)) = (text.get(..1), text.get(1..2), text.get(2..))
    else {
        return;
    };
    let letter = status.as_bytes()[0];
    let Some(status) = STATUSES.get(usize::from(letter.to_ascii_uppercase().wrapping_sub(b'A')))
    else {
        return;
    };
    let came = || Answer::of(*status, letter.is_ascii_uppercase(), body);
    let path = KeyPath {
        region: "fr-par".to_owned(),
        id: ID.to_owned(),
    };
    let failed = match endpoint {
        "s" => output(Operation::Sign, &path, came(), "signature", body),
        "e" => output(Operation::Encrypt, &path, came(), "ciphertext", body),
        "d" => output(Operation::Decrypt, &path, came(), "plaintext", body),
        "k" => API
            .read_key(&path, came())
            .inspect(|key| {
                assert!(key.id.eq_ignore_ascii_case(ID));
                describe(key);
            })
            .err(),
        "p" => API.read_public_key(came()).err(),
        "l" => API
            .read_page(came())
            .inspect(|page| page.keys.iter().for_each(describe))
            .err(),
        _ => return,
    };
    if let Some(e) = failed {
        is_fit_to_print(&e);
        let success = (200..300).contains(status);
        assert_eq!(e.http_status().is_some(), e.kind() != ErrorKind::Integrity);
        assert!(!success || matches!(e.kind(), ErrorKind::Protocol | ErrorKind::Integrity));
    } else {
        assert!((200..300).contains(status) && letter.is_ascii_uppercase());
    }
}

/// What an operation gives is what the body says, and only if it says so about this key.
fn output(
    operation: Operation,
    path: &KeyPath,
    answer: Answer,
    field: &str,
    body: &str,
) -> Option<crate::error::Error> {
    use base64::Engine;
    let output = match API.output(operation, path, answer) {
        Ok(output) => output,
        Err(e) => return Some(e),
    };
    let value: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let said = |name: &str| value[name].as_str().expect(name).to_owned();
    assert!(said("key_id").eq_ignore_ascii_case(ID));
    let encoded = base64::engine::general_purpose::STANDARD.encode(&*output);
    assert_eq!(said(field), encoded);
    None
}

/// Metadata as callers see it, and as errors show it.
fn describe(key: &Key) {
    for shown in [&key.id, &key.state, &key.usage.usage, &key.usage.algorithm] {
        assert!(shown.len() <= 64 && shown.bytes().all(|b| b.is_ascii_graphic()));
    }
    match KeyInfo::new(key, "fr-par") {
        Ok(info) => {
            assert_eq!(info.uri, format!("scwkms:key-id={};region=fr-par", info.id));
            assert!(info.id.eq_ignore_ascii_case(&key.id));
            assert_eq!(
                info.algorithm.map(Algorithm::wire_name),
                Algorithm::all()
                    .map(Algorithm::wire_name)
                    .find(|name| *name == info.algorithm_name)
            );
        }
        Err(e) => assert_eq!(e.kind(), ErrorKind::Protocol),
    }
}
