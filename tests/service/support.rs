//! Helpers for a client under test.

use scwkms::{Client, Error, ErrorKind};

use crate::emulator::Emulator;

/// Creates a P-256 key that can be deleted, and returns its URI.
pub(crate) fn create_p256_key(client: &Client) -> String {
    let created = client.create_key("scwkms:name=k;unprotected=true", None, None);
    created.expect("a key").uri
}

/// A client, and a P-256 key that the client has loaded.
pub(crate) fn client_and_key(uri: &str) -> (Client, String) {
    let client = Client::open(uri).expect("a client");
    let key = create_p256_key(&client);
    client.public_key(&key).expect("a public key");
    (client, key)
}

/// As [`client_and_key`], and resets the counters of the emulator.
pub(crate) fn client_and_key_of(emulator: &Emulator, parameters: &str) -> (Client, String) {
    let (client, key) = client_and_key(&emulator.uri(parameters));
    emulator.reset_requests();
    (client, key)
}

/// Checks the kind of an error, and that its text contains all parts.
pub(crate) fn check_error(error: &Error, kind: ErrorKind, parts: &[&str]) {
    assert_eq!(error.kind(), kind, "{error}");
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {error}");
    }
}

/// The texts in which an error can show a secret.
pub(crate) fn texts_of(error: &Error) -> [String; 3] {
    [
        error.to_string(),
        format!("{error:?}"),
        error.message().to_owned(),
    ]
}
