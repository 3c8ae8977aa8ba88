//! Creating, listing and changing keys.

use serde_json::json;

use crate::fixture::{Fixture, Run};

/// The words in the line of a table that contains a text.
fn line_with<'a>(table: &'a str, text: &str) -> Vec<&'a str> {
    let line = table.lines().find(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("{text} is not in {table}"))
        .split_whitespace()
        .collect()
}

#[test]
fn keys_are_created_and_listed() {
    let fixture = Fixture::new();
    let created = fixture.succeed(&["create", "first key", "--description", "a;b=c&d"]);
    let table = created.text();
    assert!(
        table.starts_with("NAME       ALGORITHM       STATE"),
        "{table}"
    );
    let id = line_with(&table, "first key").pop().expect("an id");
    let tagged = [
        "create",
        "second",
        "--algorithm",
        "aes_256_gcm",
        "--tags",
        "x,y",
    ];
    fixture.succeed(&[&tagged[..], &["--rotation-period", "30d"]].concat());
    fixture.succeed(&[
        "create",
        "third",
        "--region",
        "nl-ams",
        "--external",
        "--algorithm",
        "aes_256_gcm",
    ]);

    let all = fixture.succeed(&["keys"]).text();
    assert_eq!(all.lines().count(), 3, "{all}");
    let line = line_with(&all, "second");
    assert_eq!(line[1..5], ["aes_256_gcm", "enabled", "yes", "fr-par"]);
    for (filter, value, name) in [
        ("--name", "first key", "first key"),
        ("--tags", "y", "second"),
        ("--usage", "asymmetric_signing", "first key"),
        ("--algorithm", "aes_256_gcm", "second"),
        ("--region", "nl-ams", "third"),
    ] {
        let keys = fixture.succeed(&["keys", filter, value, "--json"]).json();
        let keys = keys.as_array().expect("a list");
        assert_eq!(keys.len(), 1, "{filter}: {keys:?}");
        assert_eq!(keys[0]["name"], name, "{filter}");
    }
    let key = &fixture
        .succeed(&["keys", "--name", "first key", "--json"])
        .json()[0];
    assert_eq!(key["id"], id);
    assert_eq!(key["description"], "a;b=c&d");
    assert_eq!(key["protected"], json!(true));
}

#[test]
fn the_state_of_a_key_is_changed() {
    let fixture = Fixture::new();
    let id = fixture.create_key("k", "aes_256_gcm");
    // The first key material counts as a rotation.
    let change = |action: &str| fixture.succeed(&[action, &id, "--json"]).json();
    assert_eq!(change("disable")["state"], "disabled");
    assert_eq!(change("enable")["state"], "enabled");
    assert_eq!(change("rotate")["rotation_count"], 2);
    assert_eq!(change("protect")["protected"], json!(true));
    let refused = fixture.run(&["delete", &id]);
    assert_eq!(refused.status, 5, "{}", refused.stderr);
    assert!(refused.stderr.contains("protected"), "{}", refused.stderr);
    assert_eq!(change("unprotect")["protected"], json!(false));
    assert_eq!(fixture.succeed(&["delete", &id]).text(), "");
    assert_eq!(fixture.succeed(&["keys", "--json"]).json(), json!([]));
    assert_eq!(change("restore")["state"], "enabled");
}

#[test]
fn attributes_of_a_key_are_changed() {
    let fixture = Fixture::new();
    let id = fixture.create_key("k", "aes_256_gcm");
    let update = [
        "update",
        &id,
        "--name",
        "new",
        "--description",
        "d",
        "--tags",
        "a, b",
    ];
    let key = fixture
        .succeed(&[&update[..], &["--rotation-period", "48h", "--json"]].concat())
        .json();
    assert_eq!(key["name"], "new");
    assert_eq!(key["description"], "d");
    assert_eq!(key["tags"], json!(["a", "b"]));
    assert_eq!(key["rotation_period_seconds"], 172_800);
    let key = fixture
        .succeed(&["update", &id, "--tags", "", "--json"])
        .json();
    assert_eq!((&key["tags"], &key["name"]), (&json!([]), &json!("new")));
    let Run { status, stderr, .. } = fixture.run(&["update", &id]);
    assert_eq!(status, 2, "{stderr}");
}
