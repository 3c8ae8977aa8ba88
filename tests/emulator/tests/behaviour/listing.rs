use serde_json::{Value, json};

use crate::support::{Answer, Emulator};

fn list(emulator: &Emulator, query: &str) -> Answer {
    let project = emulator.get("project_id");
    let path = format!("/keys?project_id={project}{query}");
    emulator.send("GET", &path, None)
}

fn names(answer: Answer) -> Vec<String> {
    let list = answer.ok();
    let keys = list["keys"].as_array().expect("a list");
    keys.iter()
        .map(|key| key["name"].as_str().expect("a name").to_owned())
        .collect()
}

fn create(emulator: &Emulator, name: &str, algorithm: &str, more: Value) -> String {
    let mut more = more;
    more["name"] = json!(name);
    let key = emulator.ok("/keys", emulator.new_key(algorithm, more));
    key["id"].as_str().expect("an id").to_owned()
}

#[test]
fn orders_and_filters() {
    let emulator = Emulator::start(&[]);
    let b = create(&emulator, "b", "aes_256_gcm", json!({"tags": ["x", "y"]}));
    create(&emulator, "c", "ec_p256_sha256", json!({"tags": ["x"]}));
    create(
        &emulator,
        "a",
        "ml_kem_768",
        json!({"protection_level": "hsm"}),
    );
    let path = format!("/keys/{b}");
    emulator
        .send("PATCH", &path, Some(json!({"description": "newer"})))
        .ok();
    for (query, expected) in [
        ("", "abc"),
        ("&order_by=name_asc", "abc"),
        ("&order_by=name_desc", "cba"),
        ("&order_by=created_at_asc", "bca"),
        ("&order_by=created_at_desc", "acb"),
        ("&order_by=updated_at_asc", "cab"),
        ("&order_by=updated_at_desc", "bac"),
        ("&name=b", "b"),
        ("&name=B", ""),
        ("&tags=x", "bc"),
        ("&tags=x&tags=y", "b"),
        ("&tags=z", ""),
        ("&usage=unknown_usage", "abc"),
        ("&usage=symmetric_encryption", "b"),
        ("&usage=asymmetric_signing", "c"),
        ("&usage=key_encapsulation", "a"),
        ("&usage=asymmetric_encryption", ""),
        ("&protection_level=unknown_protection_level", "abc"),
        ("&protection_level=hsm", "a"),
        ("&protection_level=software", "bc"),
        ("&scheduled_for_deletion=false", "abc"),
        ("&scheduled_for_deletion=true", ""),
    ] {
        assert_eq!(names(list(&emulator, query)).concat(), expected, "{query}");
    }
    assert_eq!(emulator.send("DELETE", &path, None).status, 204);
    assert_eq!(names(list(&emulator, "")).concat(), "ac");
    assert_eq!(
        names(list(&emulator, "&scheduled_for_deletion=true")),
        ["b"]
    );
}

#[test]
fn projects_organizations_and_regions_are_apart() {
    let emulator = Emulator::start(&[]);
    let elsewhere = "3d0b8b5e-6b0e-4b5c-8f0e-0d8d3c0f3b11";
    create(&emulator, "own", "aes_256_gcm", json!({}));
    create(
        &emulator,
        "theirs",
        "aes_256_gcm",
        json!({"project_id": elsewhere}),
    );
    assert_eq!(names(list(&emulator, "")), ["own"]);
    let all = |query: &str| names(emulator.send("GET", &format!("/keys?{query}"), None));
    assert_eq!(all(&format!("project_id={elsewhere}")), ["theirs"]);
    let organization = emulator.get("organization_id");
    assert_eq!(
        all(&format!("organization_id={organization}")),
        ["own", "theirs"]
    );
    assert!(all(&format!("organization_id={elsewhere}")).is_empty());

    let url = emulator.url("/keys").replace("fr-par", "nl-ams");
    let body = emulator.new_key("aes_256_gcm", json!({})).to_string();
    let request = emulator.http.post(&url).body(body);
    let token = emulator.get("secret_key");
    let response = request.header("x-auth-token", token).send();
    let key = Answer::of(response.expect("an answer")).ok();
    assert_eq!(key["region"], "nl-ams");
    assert_eq!(names(list(&emulator, "")), ["own"]);
    let id = key["id"].as_str().expect("an id");
    let answer = emulator.send("GET", &format!("/keys/{id}"), None);
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json["resource"], "key");
}

#[test]
fn pages_have_twenty_keys_by_default() {
    let emulator = Emulator::start(&[]);
    for number in 0..25 {
        create(&emulator, &format!("{number:02}"), "aes_256_gcm", json!({}));
    }
    let first = list(&emulator, "").ok();
    assert_eq!(first["total_count"], 25);
    assert_eq!(names(list(&emulator, "")).len(), 20);
    assert_eq!(
        names(list(&emulator, "&page=2")),
        ["20", "21", "22", "23", "24"]
    );
    assert_eq!(
        names(list(&emulator, "&page=4&page_size=7")),
        ["21", "22", "23", "24"]
    );
    assert!(names(list(&emulator, "&page=5&page_size=7")).is_empty());
    assert_eq!(names(list(&emulator, "&page_size=100")).len(), 25);
    for (query, name) in [
        ("&page=0", "page"),
        ("&page=-1", "page"),
        ("&page_size=0", "page_size"),
        ("&page_size=101", "page_size"),
    ] {
        list(&emulator, query).refuses(&[(name, "constraint")]);
    }
    list(&emulator, "&page=x").refuses(&[("page", "format")]);
}

#[test]
fn what_a_list_cannot_be_asked_is_refused() {
    let emulator = Emulator::start(&[]);
    emulator
        .send("GET", "/keys", None)
        .refuses(&[("project_id", "required")]);
    emulator
        .send("GET", "/keys?project_id=x", None)
        .refuses(&[("project_id", "format")]);
    list(&emulator, "&order_by=age").refuses(&[("order_by", "constraint")]);
    list(&emulator, "&usage=singing").refuses(&[("usage", "constraint")]);
    list(&emulator, "&protection_level=paper").refuses(&[("protection_level", "constraint")]);
    list(&emulator, "&scheduled_for_deletion=perhaps")
        .refuses(&[("scheduled_for_deletion", "format")]);
    list(&emulator, "&name=a&name=b").refuses(&[("name", "format")]);
    list(&emulator, "&colour=red").refuses(&[("colour", "unknown")]);
}

#[test]
fn algorithms_are_listed_by_usage() {
    let emulator = Emulator::start(&[]);
    let algorithms = |query: &str| {
        let path = format!("/algorithms{query}");
        let answer = emulator.send("GET", &path, None).ok();
        answer["algorithms"].as_array().expect("a list").clone()
    };
    assert_eq!(algorithms("").len(), 18);
    assert_eq!(
        algorithms("?usages=symmetric_encryption"),
        [json!({"usage": "symmetric_encryption", "name": "aes_256_gcm", "recommended": true})]
    );
    assert_eq!(
        algorithms("?usages=key_encapsulation&usages=asymmetric_encryption").len(),
        5
    );
    assert_eq!(algorithms("?usages=unknown_usage").len(), 18);
    emulator
        .send("GET", "/algorithms?usages=x", None)
        .refuses(&[("usages", "constraint")]);
    // All that is listed can be made.
    for algorithm in algorithms("") {
        let name = algorithm["name"].as_str().expect("a name");
        if !name.contains("3072") && !name.contains("4096") {
            let usage = algorithm["usage"].as_str().expect("a usage");
            assert_eq!(
                emulator.key(&emulator.create(name))["usage"],
                json!({usage: name})
            );
        }
    }
}
