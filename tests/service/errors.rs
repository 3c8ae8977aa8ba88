//! Errors: the right kind, what a person needs to know, and never a secret.

use crate::support::{Emulator, check, with_parameter};
use scwkms::{Client, Error, ErrorKind};
use serde_json::json;

const NO_SUCH_KEY: &str = "scwkms:key-id=00000000-0000-4000-8000-000000000000";

#[test]
fn the_service_is_quoted() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let error = client
        .sign(NO_SUCH_KEY, None, &[0; 32])
        .expect_err("no such key");
    check(
        &error,
        ErrorKind::NotFound,
        &[
            "sign with key 00000000-0000-4000-8000-000000000000",
            "not_found",
            "check the id, the region",
        ],
    );
    assert_eq!(error.http_status(), Some(404));
    assert!(
        error
            .request_id()
            .is_some_and(|id| error.to_string().contains(id))
    );

    let error = client
        .delete_key("scwkms:name=nobody")
        .expect_err("no such name");
    check(
        &error,
        ErrorKind::NotFound,
        &["no key is named \"nobody\" in fr-par", "exactly"],
    );

    for _ in 0..2 {
        client
            .create_key("scwkms:name=twin;unprotected=true", None, None)
            .expect("a key");
    }
    let error = client
        .public_key("scwkms:name=twin")
        .expect_err("two of them");
    check(
        &error,
        ErrorKind::InvalidArgument,
        &["2 keys are named \"twin\"", "by its id"],
    );

    let key = client.create_key("kept", None, None).expect("a key");
    assert!(key.protected);
    let error = client.delete_key(&key.uri).expect_err("a protected key");
    check(
        &error,
        ErrorKind::KeyState,
        &["delete key", "must be unprotected first"],
    );
}

#[test]
fn every_kind_of_trouble_has_its_error_and_no_error_holds_the_secret_key() {
    let emulator = Emulator::start();
    let secret = emulator.get("secret_key").to_owned();
    let other_secret = "99999999-9999-4999-8999-999999999999";
    let key = emulator
        .client()
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    let client = emulator.client();
    client.public_key(&key).expect("a public key");
    let mut errors: Vec<Error> = Vec::new();
    let mut note = |error: Error, kind: ErrorKind, parts: &[&str]| {
        check(&error, kind, parts);
        errors.push(error);
    };

    for (fault, times, kind, part) in [
        (
            json!({"kind": "status", "status": 503}),
            4,
            ErrorKind::Unavailable,
            "4 attempts were made",
        ),
        (
            json!({"kind": "status", "status": 403}),
            1,
            ErrorKind::PermissionDenied,
            "IAM",
        ),
        (
            json!({"kind": "redirect", "location": "https://127.0.0.1:1/"}),
            1,
            ErrorKind::Protocol,
            "redirects are not followed",
        ),
        (
            json!({"kind": "garbage"}),
            1,
            ErrorKind::Protocol,
            "the service's answer",
        ),
        (
            json!({"kind": "html"}),
            1,
            ErrorKind::Protocol,
            "is not JSON",
        ),
        (
            json!({"kind": "oversized", "bytes": 2_000_000}),
            1,
            ErrorKind::Protocol,
            "over 1 MiB",
        ),
        (
            json!({"kind": "reset", "when": "after"}),
            4,
            ErrorKind::Network,
            "4 attempts were made",
        ),
        (
            json!({"kind": "key_id"}),
            1,
            ErrorKind::Integrity,
            "about another key",
        ),
        (
            json!({"kind": "flip"}),
            1,
            ErrorKind::Integrity,
            "not a signature of the digest",
        ),
        (
            json!({"kind": "other_key"}),
            1,
            ErrorKind::Integrity,
            "not a signature of the digest",
        ),
        (
            json!({"kind": "status", "status": 400, "body": {"message": format!("you sent {secret}")}}),
            1,
            ErrorKind::InvalidArgument,
            "you sent [secret key]",
        ),
    ] {
        emulator.fault("Sign", times, fault.clone());
        emulator.reset_requests();
        let error = client.sign(&key, None, &[1; 32]).expect_err(part);
        assert_eq!(emulator.requests(), u64::from(times), "{fault}: {error}");
        note(error, kind, &[part, "sign with key"]);
        client
            .sign(&key, None, &[1; 32])
            .expect("a signature after the fault");
    }

    let open = |uri: &str| match Client::open(uri) {
        Ok(_) => panic!("opened"),
        Err(e) => e,
    };
    let with = |from: &str, to: &str| emulator.uri("").replace(from, to);
    for (uri, kind) in [
        (emulator.uri("reigon=x"), ErrorKind::InvalidArgument),
        (emulator.uri("nl-ams"), ErrorKind::InvalidArgument),
        (emulator.uri("region=nl-ams"), ErrorKind::InvalidArgument),
        (emulator.uri("timeout=never"), ErrorKind::Configuration),
        (
            with("access-key=SCW", "access-key=ABC"),
            ErrorKind::Configuration,
        ),
        (
            with("region=fr-par", "region=Paris"),
            ErrorKind::Configuration,
        ),
        (
            with("ca-file=", "ca-file=%2Fnowhere"),
            ErrorKind::Configuration,
        ),
        (
            with("api-url=https", "api-url=ftp"),
            ErrorKind::Configuration,
        ),
        (
            with(&secret, &format!("{secret}%zz")),
            ErrorKind::InvalidArgument,
        ),
        (
            with(&secret, &format!("{secret}0")),
            ErrorKind::Configuration,
        ),
    ] {
        note(open(&uri), kind, &["open a client"]);
    }

    let wrong = Client::open(&with(&secret, other_secret)).expect("a client");
    note(
        wrong
            .sign(&key, None, &[0; 32])
            .expect_err("unknown credentials"),
        ErrorKind::Authentication,
        &["denied_authentication", "check the secret key"],
    );
    let ca: String = form_urlencoded::byte_serialize(emulator.get("ca_file").as_bytes()).collect();
    let untrusting = Client::open(&with(&format!("ca-file={ca};"), "")).expect("a client");
    note(
        untrusting
            .sign(&key, None, &[0; 32])
            .expect_err("an unknown authority"),
        ErrorKind::Network,
        &["cannot connect to", "ca-file="],
    );
    let port = emulator
        .get("url")
        .rsplit(':')
        .next()
        .expect("a port")
        .to_owned();
    let nobody = Client::open(&with(&format!("%3A{port}"), "%3A1")).expect("a client");
    note(
        nobody
            .sign(&key, None, &[0; 32])
            .expect_err("nobody listens"),
        ErrorKind::Network,
        &[
            "cannot connect to https://127.0.0.1:1",
            "4 attempts were made",
        ],
    );
    // A key reference with client parameters is not quoted as it stands.
    let reference = format!(
        "{};key-id=00000000-0000-4000-8000-000000000000",
        emulator.uri("").trim_end_matches(';')
    );
    note(
        client
            .sign(&reference, None, &[0; 32])
            .expect_err("no such key"),
        ErrorKind::NotFound,
        &["00000000-0000-4000-8000-000000000000 in fr-par"],
    );
    note(
        client
            .sign(&format!("{reference};name=x"), None, &[0; 32])
            .expect_err("two names"),
        ErrorKind::InvalidArgument,
        &["twice"],
    );
    note(
        client
            .create_key(&reference, None, None)
            .expect_err("an id"),
        ErrorKind::InvalidArgument,
        &["no id yet"],
    );
    note(
        client.find_keys(&reference).expect_err("an id"),
        ErrorKind::InvalidArgument,
        &["needs no query"],
    );

    assert!(errors.len() > 25);
    for error in errors {
        for text in [
            error.to_string(),
            format!("{error:?}"),
            error.message().to_owned(),
        ] {
            assert!(
                !text.contains(&secret) && !text.contains(other_secret),
                "{text}"
            );
        }
    }
}

#[test]
fn a_slow_service_meets_the_deadline() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    let client = Client::open(&emulator.uri("timeout=900ms")).expect("a client");
    client.public_key(&key).expect("a public key");
    emulator.fault("Sign", 4, json!({"kind": "delay", "milliseconds": 60_000}));
    let error = client.sign(&key, None, &[0; 32]).expect_err("no answer");
    check(
        &error,
        ErrorKind::Timeout,
        &[
            "no answer within 900ms",
            "timeout=",
            " attempts were made in ",
        ],
    );
}

#[test]
fn a_creation_is_not_repeated_where_it_may_have_happened() {
    let emulator = Emulator::start();
    let client = emulator.client();
    emulator.fault("CreateKey", 1, json!({"kind": "reset", "when": "after"}));
    emulator.reset_requests();
    let error = client
        .create_key("scwkms:name=once;unprotected=true", None, None)
        .expect_err("a reset");
    check(
        &error,
        ErrorKind::Network,
        &[
            "create key \"once\"",
            "may have been created all the same",
            "look for \"once\" in fr-par",
        ],
    );
    assert_eq!(emulator.requests(), 1);
    assert_eq!(client.find_keys("scwkms:name=once").expect("keys").len(), 1);

    emulator.fault(
        "CreateKey",
        1,
        json!({"kind": "status", "status": 429, "retry_after": "0"}),
    );
    client
        .create_key("scwkms:name=twice;unprotected=true", None, None)
        .expect("a key");
    assert_eq!(
        client.find_keys("scwkms:name=twice").expect("keys").len(),
        1
    );
}

#[test]
fn after_a_deletion_that_may_have_happened_the_keys_state_is_not_from_memory() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = client
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    assert_eq!(client.key_info(&key).expect("metadata").state, "enabled");
    emulator.fault("DeleteKey", 1, json!({"kind": "reset", "when": "after"}));
    let error = client.delete_key(&key).expect_err("a reset");
    check(
        &error,
        ErrorKind::Network,
        &[
            "delete key",
            "all the same: look at its state before you try again",
        ],
    );
    assert_eq!(
        client.key_info(&key).expect("metadata").state,
        "scheduled_for_deletion"
    );
}

#[test]
fn fixed_width_ecdsa_and_other_pem_labels_are_understood() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("scwkms:name=k;unprotected=true", None, None)
        .expect("a key")
        .uri;
    let client = emulator.client();
    emulator.fault(
        "GetPublicKey",
        1,
        json!({"kind": "pem", "label": "PUBLIC KEY"}),
    );
    emulator.fault("Sign", 1, json!({"kind": "raw_ecdsa"}));
    let signature = client.sign(&key, None, &[7; 32]).expect("a signature");
    assert_eq!(signature.first(), Some(&0x30), "ASN.1 DER");

    let fresh = emulator.client();
    emulator.fault("GetPublicKey", 1, json!({"kind": "bad_pem"}));
    let error = fresh.public_key(&key).expect_err("no PEM");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

#[test]
fn no_message_grows_with_what_the_service_has() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for _ in 0..30 {
        client.create_key("crowd", None, None).expect("a key");
    }
    let error = client.public_key("scwkms:name=crowd").expect_err("thirty");
    check(
        &error,
        ErrorKind::InvalidArgument,
        &["30 keys are named \"crowd\"", " and 25 more", "by its id"],
    );
    assert!(error.to_string().len() < 500, "{error}");
}

#[cfg(unix)]
#[test]
fn a_ca_file_without_an_end_is_refused() {
    let emulator = Emulator::start();
    let endless = with_parameter(&emulator.uri(""), "ca-file", "/dev/zero");
    let error = Client::open(&endless).err().expect("an endless file");
    check(
        &error,
        ErrorKind::Configuration,
        &["/dev/zero", "over 8 MiB"],
    );
}
