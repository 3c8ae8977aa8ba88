//! Wrapping with ML-KEM keys.

use scwkms::{ErrorKind, Result};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Fixture, decode, encode};
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

const SECRET: &[u8] = &[0x5a; 32];

fn wrap(path: CallPath, fixture: &Fixture, key: &str, associated: &[u8]) -> Vec<u8> {
    let client = &fixture.client;
    call!(path, client, wrap, start_wrap(key, SECRET, associated)).expect("a ciphertext")
}

fn unwrap(
    path: CallPath,
    fixture: &Fixture,
    key: &str,
    ciphertext: &[u8],
    associated: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let client = &fixture.client;
    call!(
        path,
        client,
        unwrap,
        start_unwrap(key, ciphertext, associated)
    )
}

/// A request with associated data, if there is any.
fn body(field: &str, bytes: &[u8], associated: &[u8]) -> Value {
    match associated {
        [] => json!({field: encode(bytes)}),
        _ => json!({field: encode(bytes), "associated_data": encode(associated)}),
    }
}

/// The service unwraps what the client wraps, and the client unwraps what the service wraps.
#[test]
fn keys_are_wrapped_and_unwrapped() {
    let fixture = Fixture::new();
    for algorithm in ["ml_kem_768", "ml_kem_1024"] {
        let key = fixture.create(&format!("name={algorithm};algorithm={algorithm}"));
        for path in CallPath::FORMS {
            for associated in [&b""[..], b"associated"] {
                let wrapped = wrap(path, &fixture, &key, associated);
                let request = body("ciphertext", &wrapped, associated);
                let response = fixture.post(&key, "unwrap", request);
                assert_eq!(decode(&response["plaintext"]), SECRET);

                let request = body("plaintext", SECRET, associated);
                let wrapped = decode(&fixture.post(&key, "wrap", request)["ciphertext"]);
                let unwrapped = unwrap(path, &fixture, &key, &wrapped, associated);
                assert_eq!(*unwrapped.expect("a plaintext"), SECRET);
            }
        }
    }
}

#[test]
fn a_wrapped_key_needs_its_key_and_its_associated_data() {
    let fixture = Fixture::new();
    let key = fixture.create("name=kem;algorithm=ml_kem_768");
    let other = fixture.create("name=other;algorithm=ml_kem_768");
    for path in CallPath::FORMS {
        let wrapped = wrap(path, &fixture, &key, b"right");
        for (key, associated) in [(&key, &b"wrong"[..]), (&key, b""), (&other, b"right")] {
            let result = unwrap(path, &fixture, key, &wrapped, associated);
            let error = result.expect_err("a wrong key or wrong associated data");
            check_error(&error, ErrorKind::InvalidArgument, &["unwrap with key"]);
        }
    }
}

/// The longest plaintext, and a ciphertext that no key has made.
#[test]
fn lengths_up_to_the_limit_are_sent() {
    let fixture = Fixture::new();
    let key = fixture.create("name=kem;algorithm=ml_kem_1024");
    let longest = vec![1; 2048];
    let wrapped = fixture
        .client
        .wrap(&key, &longest, b"")
        .expect("a ciphertext");
    let unwrapped = fixture.client.unwrap(&key, &wrapped, b"");
    assert_eq!(*unwrapped.expect("a plaintext"), longest);
    let error = fixture.client.unwrap(&key, &[0; 4096], b"");
    let error = error.expect_err("zeros");
    check_error(&error, ErrorKind::InvalidArgument, &[]);
    assert_eq!(error.http_status(), Some(400));
}
