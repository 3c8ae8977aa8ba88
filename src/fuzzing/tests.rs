//! Runs the committed corpus as unit tests, without a fuzzer.

use std::path::Path;

fn run(target: &str, least: usize, function: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut ran = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        println!("{}", path.display());
        function(&std::fs::read(&path).expect("an input"));
        ran += 1;
    }
    assert!(ran >= least, "{target} has only {ran} inputs");
}

#[test]
fn client_uris() {
    run("client_uri", 20, super::client_uri);
}

#[test]
fn key_uris() {
    run("key_uri", 20, super::key_uri);
}

#[test]
fn creation_uris() {
    run("creation_uri", 20, super::creation_uri);
}

#[test]
fn query_uris() {
    run("query_uri", 7, super::query_uri);
}

#[test]
fn config_files() {
    run("config_file", 15, super::config_file);
}

#[test]
fn public_keys() {
    run("public_key", 15, super::public_key);
}

#[test]
fn signatures() {
    run("signature", 15, super::signature);
}

#[test]
fn responses() {
    run("response", 20, super::response);
}

#[test]
fn envelopes() {
    run("envelope", 20, super::envelope);
}
