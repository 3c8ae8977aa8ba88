//! Mistakes of the caller: in the client's URI, credentials, key references. No error contains the
//! secret key.

use scwkms::{Client, ErrorKind};

use super::{UNKNOWN_SECRET, check_error_and_secrets};
use crate::emulator::{Emulator, url_encode};
use crate::support::create_p256_key;

/// The emulator's client URI with a replaced text.
fn uri_with(emulator: &Emulator, from: &str, to: &str) -> String {
    emulator.uri("").replace(from, to)
}

#[test]
fn invalid_client_uris() {
    let emulator = Emulator::start();
    let secret = emulator.get("secret_key");
    let with = |from: &str, to: &str| uri_with(&emulator, from, to);
    let invalid = [
        emulator.uri("reigon=x"),
        emulator.uri("nl-ams"),
        emulator.uri("region=nl-ams"),
        with(secret, &format!("{secret}%zz")),
    ];
    let misconfigured = [
        emulator.uri("timeout=never"),
        with("access-key=SCW", "access-key=ABC"),
        with("region=fr-par", "region=Paris"),
        with("ca-file=", "ca-file=%2Fnowhere"),
        with("api-url=https", "api-url=ftp"),
        with(secret, &format!("{secret}0")),
    ];
    let check = |uri: &str, kind| {
        let error = Client::open(uri).err().expect(uri);
        check_error_and_secrets(&emulator, &error, kind, &["open a client"]);
    };
    for uri in &invalid {
        check(uri, ErrorKind::InvalidArgument);
    }
    for uri in &misconfigured {
        check(uri, ErrorKind::Configuration);
    }
}

#[test]
fn clients_that_cannot_reach_the_service() {
    let emulator = Emulator::start();
    let key = create_p256_key(&emulator.client());
    let check = |uri: &str, kind, parts: &[&str]| {
        let client = Client::open(uri).expect("a client");
        let error = client.sign(&key, None, &[0; 32]).expect_err(uri);
        check_error_and_secrets(&emulator, &error, kind, parts);
    };
    check(
        &uri_with(&emulator, emulator.get("secret_key"), UNKNOWN_SECRET),
        ErrorKind::Authentication,
        &["denied_authentication", "check the secret key"],
    );
    let ca_file = format!("ca-file={};", url_encode(emulator.get("ca_file")));
    check(
        &uri_with(&emulator, &ca_file, ""),
        ErrorKind::Network,
        &["cannot connect to", "ca-file="],
    );
    let (_, port) = emulator.get("url").rsplit_once(':').expect("a port");
    check(
        &uri_with(&emulator, &format!("%3A{port}"), "%3A1"),
        ErrorKind::Network,
        &[
            "cannot connect to https://127.0.0.1:1",
            "4 attempts were made",
        ],
    );
}

/// A key reference that also has client parameters is not quoted unchanged.
#[test]
fn key_references_with_client_parameters() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let reference = emulator.uri("key-id=00000000-0000-4000-8000-000000000000");
    let check = |error: Option<scwkms::Error>, kind, part: &str| {
        check_error_and_secrets(&emulator, &error.expect(part), kind, &[part]);
    };
    check(
        client.sign(&reference, None, &[0; 32]).err(),
        ErrorKind::NotFound,
        "00000000-0000-4000-8000-000000000000 in fr-par",
    );
    let twice = format!("{reference};name=x");
    check(
        client.sign(&twice, None, &[0; 32]).err(),
        ErrorKind::InvalidArgument,
        "twice",
    );
    check(
        client.create_key(&reference, None, None).err(),
        ErrorKind::InvalidArgument,
        "no id yet",
    );
    check(
        client.find_keys(&reference).err(),
        ErrorKind::InvalidArgument,
        "needs no query",
    );
}
