//! The seeds, as plain unit tests: whoever has no fuzzer runs them all the same.

use std::path::Path;

fn run(target: &str, least: usize, function: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut ran = 0;
    for entry in std::fs::read_dir(&folder).expect("the seeds' folder") {
        let path = entry.expect("an entry").path();
        println!("{}", path.display());
        function(&std::fs::read(&path).expect("a seed"));
        ran += 1;
    }
    assert!(ran >= least, "{target} has only {ran} seeds");
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
fn request_uris() {
    run("request_uri", 20, super::request_uri);
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
fn answers() {
    run("answer", 20, super::answer);
}
