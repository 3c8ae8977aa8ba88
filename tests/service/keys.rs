//! Creating, finding, describing and deleting keys.

use scwkms::{Algorithm, Client, ErrorKind, ProtectionLevel, StartOptions};
use serde_json::json;

use crate::emulator::Emulator;
use crate::support::check_error;

#[test]
fn a_key_is_created_found_and_deleted() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let uri = "scwkms:name=my+root;tags=ca,prod;description=the+root;unprotected=true";
    let (algorithm, level) = (Algorithm::EcP384Sha384, ProtectionLevel::Software);
    let created = client.create_key(uri, Some(algorithm), Some(level));
    let created = created.expect("a key");
    assert_eq!(created.name, "my root");
    let uri = format!("scwkms:key-id={};region=fr-par", created.id);
    assert_eq!(created.uri, uri);
    assert_eq!(created.algorithm, Some(algorithm));
    assert_eq!(created.state, "enabled");
    assert_eq!(created.tags, ["ca", "prod"]);
    assert!(!created.protected && !created.locked);
    let mut found = client.key_info("scwkms:name=my+root").expect("metadata");
    let spki = client.public_key(&created.uri).expect("a public key").spki;
    assert_eq!(found.public_key.take(), Some(spki));
    assert_eq!(found, created);

    client.delete_key(&created.uri).expect("deleted");
    assert!(client.find_keys("").expect("keys").is_empty());
    let info = emulator.client().key_info(&created.uri).expect("metadata");
    assert_eq!(info.state, "scheduled_for_deletion");
}

#[test]
fn defaults_of_a_new_key() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = client.create_key("plain name; with=signs", None, None);
    let key = key.expect("a key");
    assert_eq!(key.name, "plain name; with=signs");
    assert_eq!(key.algorithm, Some(Algorithm::EcP256Sha256));
    assert!(key.protected);
    let uri = "scwkms:name=mail;algorithm=rsa_oaep_2048_sha256;region=nl-ams";
    let key = client.create_key(uri, None, None).expect("a key");
    assert_eq!(key.region, "nl-ams");
    assert_eq!(key.usage, "asymmetric_encryption");
}

#[test]
fn contradicting_parameters_of_a_new_key() {
    let emulator = Emulator::start();
    let client = emulator.client();
    emulator.reset_requests();
    let uri = "scwkms:name=x;algorithm=ec_p384_sha384";
    let created = client.create_key(uri, Some(Algorithm::EcP256Sha256), None);
    let error = created.expect_err("two algorithms");
    let part = "ec_p384_sha384 in its URI and ec_p256_sha256 as an argument";
    check_error(&error, ErrorKind::InvalidArgument, &[part]);
    let uri = "scwkms:name=x;protection-level=hsm";
    let created = client.create_key(uri, None, Some(ProtectionLevel::Software));
    let error = created.expect_err("two levels");
    let part = "hsm in its URI and software as an argument";
    check_error(&error, ErrorKind::InvalidArgument, &[part]);
    assert_eq!(emulator.requests(), 0);
}

#[test]
fn queries() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for (name, algorithm, tags) in [
        ("b", "ec_p256_sha256", "ca,prod"),
        ("a", "ec_p384_sha384", "ca"),
        ("c", "aes_256_gcm", ""),
        ("a2", "ec_p256_sha256", "prod"),
    ] {
        let uri = format!("scwkms:name={name};algorithm={algorithm};tags={tags}");
        client.create_key(&uri, None, None).expect("a key");
    }
    let created = client.create_key("scwkms:name=far;region=pl-waw", None, None);
    created.expect("a key");
    for (query, expected) in [
        ("", "a a2 b c"),
        ("scwkms:", "a a2 b c"),
        ("scwkms:name=a", "a"),
        ("scwkms:name=unused", ""),
        ("scwkms:tags=ca", "a b"),
        ("scwkms:tags=ca,prod", "b"),
        ("scwkms:usage=symmetric_encryption", "c"),
        ("scwkms:usage=asymmetric_signing", "a a2 b"),
        ("scwkms:algorithm=ec_p256_sha256", "a2 b"),
        ("scwkms:region=pl-waw", "far"),
        ("scwkms:project-id=00000000-0000-4000-8000-000000000000", ""),
    ] {
        assert_eq!(names_of(&client, query), expected, "{query}");
    }
}

fn names_of(client: &Client, query: &str) -> String {
    let found = client.find_keys(query);
    let found = found.unwrap_or_else(|e| panic!("{query}: {e}"));
    let names: Vec<&str> = found.iter().map(|key| key.name.as_str()).collect();
    names.join(" ")
}

#[test]
fn all_pages_of_a_list_are_read() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for i in 0..205 {
        let created = client.create_key(&format!("scwkms:name=k{i:03}"), None, None);
        created.expect("a key");
    }
    emulator.reset_requests();
    let found = client.find_keys("").expect("keys");
    assert_eq!(found.len(), 205);
    assert!(found.windows(2).all(|pair| pair[0].name < pair[1].name));
    assert_eq!(emulator.requests(), 3);
}

#[test]
fn keys_are_found_in_a_project_or_an_organization() {
    let emulator = Emulator::start();
    let created = emulator.client().create_key("scwkms:name=k", None, None);
    let key = created.expect("a key");
    let organization = format!("organization-id={}", emulator.get("organization_id"));
    let project = format!("project-id={}", emulator.get("project_id"));
    for scope in [project, organization] {
        let found = open_with_scope(&emulator, &scope).key_info("scwkms:name=k");
        assert_eq!(found.expect(&scope).id, key.id);
    }
}

#[test]
fn without_a_project_no_key_is_found_or_created() {
    let emulator = Emulator::start();
    let client = open_with_scope(&emulator, "");
    for error in [
        client.key_info("scwkms:name=k").err(),
        client.find_keys("").err(),
        client.create_key("x", None, None).err(),
    ] {
        let error = error.expect("no project");
        check_error(
            &error,
            ErrorKind::Configuration,
            &["SCW_DEFAULT_PROJECT_ID"],
        );
    }
    assert_eq!(emulator.requests(), 0);
}

/// A client whose project or organization is named by this parameter only.
fn open_with_scope(emulator: &Emulator, scope: &str) -> Client {
    let project = format!("project-id={}", emulator.get("project_id"));
    let uri = emulator.uri("config=/dev/null;").replace(&project, scope);
    Client::open(&uri).expect("a client")
}

/// Many operations need a key that does not exist. They share the result of one request.
#[test]
fn all_waiters_share_a_failed_load() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = "00000000-0000-4000-8000-000000000000";
    let delay = json!({"kind": "delay", "milliseconds": 1500});
    emulator.fault("GetKey", 1, delay);
    let start = || client.start_public_key(key, StartOptions::default());
    let operations: Vec<_> = (0..200).map(|_| start().expect("an operation")).collect();
    for operation in operations {
        let error = operation.wait().expect_err("no such key");
        check_error(&error, ErrorKind::NotFound, &[key]);
    }
    assert_eq!(emulator.stats()["operations"]["GetKey"], 1);
}

/// Fields that the operation does not need may be null in a list.
#[test]
fn a_key_with_null_fields_does_not_fail_a_list() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let created = client.create_key("k", None, None).expect("a key");
    client.create_key("other", None, None).expect("a key");
    let fields =
        json!({"name": null, "project_id": null, "state": null, "tags": null, "description": null});
    emulator.set_key_fields(&created.id, fields);
    let found = client.find_keys("").expect("keys");
    assert_eq!(found.len(), 2);
    let info = client.key_info(&created.id).expect("metadata");
    assert_eq!((info.name.as_str(), info.state.as_str()), ("", ""));
    client
        .sign(&created.id, None, &[1; 32])
        .expect("a signature");
}
