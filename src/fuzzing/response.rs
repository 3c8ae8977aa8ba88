//! The service's responses: operations, metadata, lists and errors.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::support::{EmptyEnvironment, SECRET, check_error, text, trip};
use crate::algorithm::Algorithm;
use crate::api::{self, Api, Key, KeyLocation};
use crate::client::KeyInfo;
use crate::config;
use crate::error::{ErrorKind, Result};
use crate::transport::{Response, Transport, Trust};
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
    let settings = config::resolve(&uri, &EmptyEnvironment).expect("settings");
    let trust = Trust::load(&settings).expect("CA certificates");
    Api::new(Transport::new(&settings, &trust).expect("a transport"))
});

/// A letter for the endpoint, a letter for the status (`A` is the first of [`STATUSES`]; a lower-case letter means that the
/// media type is not JSON), and a body. An accepted response is about the requested key. A rejected one results in an error
/// that contains no secret, for any text of the service.
pub fn response(data: &[u8]) {
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
    let is_json = letter.is_ascii_uppercase();
    let response = API.check(Response::of(*status, is_json, body));
    let Some(result) = read(endpoint, response, body) else {
        return;
    };
    let success = (200..300).contains(status);
    match result {
        Ok(()) => assert!(success && is_json),
        Err(e) => {
            check_error(&e);
            assert_eq!(e.http_status().is_some(), e.kind() != ErrorKind::Integrity);
            assert!(!success || matches!(e.kind(), ErrorKind::Protocol | ErrorKind::Integrity));
        }
    }
}

type SecretBytes = Zeroizing<Vec<u8>>;

/// Reads the response of an endpoint. `None` if there is no such endpoint.
fn read(endpoint: &str, response: Result<Response>, body: &str) -> Option<Result<()>> {
    let path = KeyLocation {
        region: "fr-par".to_owned(),
        id: ID.to_owned(),
    };
    let read = |output: Result<(SecretBytes, Option<SecretBytes>)>, fields: [&str; 2]| {
        output.map(|(first, second)| {
            check_output(&first, fields[0], body);
            if let Some(second) = second {
                check_output(&second, fields[1], body);
            }
        })
    };
    Some(match endpoint {
        "s" => read(
            response.and_then(|r| Ok((api::read_signature(&path, &r)?, None))),
            ["signature", ""],
        ),
        "e" => read(
            response.and_then(|r| Ok((api::read_ciphertext(&path, &r)?, None))),
            ["ciphertext", ""],
        ),
        "d" => read(
            response.and_then(|r| api::read_plaintext(&path, &r)),
            ["plaintext", "ciphertext"],
        ),
        "g" => read(
            response.and_then(|r| api::read_data_key(&path, &r)),
            ["ciphertext", "plaintext"],
        ),
        "i" => read(
            response
                .and_then(|r| api::read_import_parameters(&path, &r))
                .map(|(key, token)| (key, Some(token))),
            ["public_key", "import_token"],
        ),
        "v" => response
            .and_then(|r| api::read_validity(&path, &r))
            .map(|_| ()),
        "k" => response
            .and_then(|r| api::read_key(&path, &r))
            .map(|key| check_key(&key)),
        "p" => response.and_then(|r| api::read_public_key(&r)).map(|_| ()),
        "l" => response
            .and_then(|r| api::read_page(&r))
            .map(|page| page.keys.iter().for_each(check_metadata)),
        "r" => response
            .and_then(|r| api::read_rotation_page(&path, &r))
            .map(|_| ()),
        "a" => response.and_then(|r| api::read_algorithms(&r)).map(|_| ()),
        _ => return None,
    })
}

/// The output of an operation is the body's field, and the body is about this key.
fn check_output(output: &[u8], field: &str, body: &str) {
    let value: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let text = |name: &str| value[name].as_str().expect(name).to_owned();
    assert!(text("key_id").eq_ignore_ascii_case(ID));
    assert_eq!(text(field), STANDARD.encode(output));
}

fn check_key(key: &Key) {
    assert!(key.id.eq_ignore_ascii_case(ID));
    check_metadata(key);
}

/// Checks metadata as callers see it, and as errors show it.
fn check_metadata(key: &Key) {
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
