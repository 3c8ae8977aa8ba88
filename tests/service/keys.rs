//! Creating, finding, describing and deleting keys.

use crate::support::Emulator;
use scwkms::{Algorithm, ErrorKind, ProtectionLevel};

#[test]
fn a_keys_life() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let created = client
        .create_key(
            "scwkms:name=my+root;tags=ca,prod;description=the+root;unprotected=true",
            Some(Algorithm::EcP384Sha384),
            Some(ProtectionLevel::Software),
        )
        .expect("a key");
    assert_eq!(created.name, "my root");
    assert_eq!(
        created.uri,
        format!("scwkms:key-id={};region=fr-par", created.id)
    );
    assert_eq!(created.algorithm, Some(Algorithm::EcP384Sha384));
    assert_eq!(created.state, "enabled");
    assert_eq!(created.tags, ["ca", "prod"]);
    assert!(!created.protected && !created.locked);
    assert_eq!(
        client.key_info("scwkms:name=my+root").expect("metadata"),
        created
    );

    client.delete_key(&created.uri).expect("deleted");
    assert!(client.find_keys("").expect("keys").is_empty());
    let info = emulator.client().key_info(&created.uri).expect("metadata");
    assert_eq!(info.state, "scheduled_for_deletion");
}

#[test]
fn defaults_of_a_new_key() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = client
        .create_key("plain name; with=signs", None, None)
        .expect("a key");
    assert_eq!(key.name, "plain name; with=signs");
    assert_eq!(key.algorithm, Some(Algorithm::EcP256Sha256));
    assert!(key.protected);
    let key = client
        .create_key(
            "scwkms:name=mail;algorithm=rsa_oaep_2048_sha256;region=nl-ams",
            None,
            None,
        )
        .expect("a key");
    assert_eq!(
        (key.region.as_str(), key.usage.as_str()),
        ("nl-ams", "asymmetric_encryption")
    );

    emulator.reset_requests();
    let error = client
        .create_key(
            "scwkms:name=x;algorithm=ec_p384_sha384",
            Some(Algorithm::EcP256Sha256),
            None,
        )
        .expect_err("two algorithms");
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(
        error
            .to_string()
            .contains("ec_p384_sha384 in its URI and ec_p256_sha256 beside it"),
        "{error}"
    );
    let error = client
        .create_key(
            "scwkms:name=x;protection-level=hsm",
            None,
            Some(ProtectionLevel::Software),
        )
        .expect_err("two levels");
    assert!(
        error
            .to_string()
            .contains("hsm in its URI and software beside it"),
        "{error}"
    );
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
    client
        .create_key("scwkms:name=far;region=pl-waw", None, None)
        .expect("a key");
    for (query, expected) in [
        ("", "a a2 b c"),
        ("scwkms:", "a a2 b c"),
        ("scwkms:name=a", "a"),
        ("scwkms:name=nobody", ""),
        ("scwkms:tags=ca", "a b"),
        ("scwkms:tags=ca,prod", "b"),
        ("scwkms:usage=symmetric_encryption", "c"),
        ("scwkms:usage=asymmetric_signing", "a a2 b"),
        ("scwkms:algorithm=ec_p256_sha256", "a2 b"),
        ("scwkms:region=pl-waw", "far"),
        ("scwkms:project-id=00000000-0000-4000-8000-000000000000", ""),
    ] {
        let found = client
            .find_keys(query)
            .unwrap_or_else(|e| panic!("{query}: {e}"));
        let names: Vec<&str> = found.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names.join(" "), expected, "{query}");
    }
}

#[test]
fn all_pages_are_read() {
    let emulator = Emulator::start();
    let client = emulator.client();
    for i in 0..205 {
        client
            .create_key(&format!("scwkms:name=k{i:03}"), None, None)
            .expect("a key");
    }
    emulator.reset_requests();
    let found = client.find_keys("").expect("keys");
    assert_eq!(found.len(), 205);
    assert!(found.windows(2).all(|pair| pair[0].name < pair[1].name));
    assert_eq!(emulator.requests(), 3);
}

#[test]
fn keys_are_looked_for_in_a_project_or_an_organization() {
    let emulator = Emulator::start();
    let key = emulator
        .client()
        .create_key("scwkms:name=k", None, None)
        .expect("a key");
    let project = format!("project-id={};", emulator.get("project_id"));
    let organization = format!("organization-id={};", emulator.get("organization_id"));
    let open = |project: &str| {
        let uri = emulator.uri("config=/dev/null;").replace(
            &format!("project-id={};", emulator.get("project_id")),
            project,
        );
        scwkms::Client::open(&uri).expect("a client")
    };
    for scope in [project.as_str(), organization.as_str()] {
        let found = open(scope).key_info("scwkms:name=k").expect(scope);
        assert_eq!(found.id, key.id);
    }
    emulator.reset_requests();
    let nowhere = open("");
    for error in [
        nowhere.key_info("scwkms:name=k").expect_err("no scope"),
        nowhere.find_keys("").expect_err("no scope"),
        nowhere.create_key("x", None, None).expect_err("no project"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(
            error.to_string().contains("SCW_DEFAULT_PROJECT_ID"),
            "{error}"
        );
    }
    assert_eq!(emulator.requests(), 0);
}
