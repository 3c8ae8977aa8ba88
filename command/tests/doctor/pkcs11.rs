//! `scwkms doctor --pkcs11`.

use super::DoctorFixture;
use crate::fixture::Run;

const CONFIG: &str = ".config/scwkms/pkcs11.toml";

fn doctor(fixture: &DoctorFixture, arguments: &[&str]) -> Run {
    fixture
        .fixture
        .run(&[&["doctor", "--pkcs11"], arguments].concat())
}

fn configure(fixture: &DoctorFixture, text: &str) {
    let path = fixture.fixture.dir.path(CONFIG);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
    std::fs::write(path, text).expect("written");
}

#[test]
fn the_module_shows_keys() {
    let fixture = DoctorFixture::new();
    let id = fixture.key.replace('-', "");
    let run = doctor(&fixture, &["--sign"]);
    assert_eq!(run.status, 0, "{}", run.text());
    let expected = format!(
        "ok      configuration: no configuration file, 1 tokens\n\
         ok      token: \"scwkms\": 1 keys, 0 certificates; read-only\n          \
         my-key  ec_p256_sha256, id {id}, signature valid\nAll steps work.\n"
    );
    assert_eq!(run.text(), expected);
}

#[test]
fn a_token_without_keys_is_a_failure() {
    let fixture = DoctorFixture::new();
    configure(
        &fixture,
        "[[token]]\nlabel = \"ca\"\nkeys = [{ name = \"other\" }]\n",
    );
    let run = doctor(&fixture, &[]);
    assert_eq!(run.status, 1);
    assert!(
        run.text().contains("failed  token: \"ca\": 0 keys"),
        "{}",
        run.text()
    );
}

#[test]
fn mistakes_are_shown_with_their_line() {
    let fixture = DoctorFixture::new();
    configure(&fixture, "[[token]]\nlabel = \"ca\"\nread-only = \"no\"\n");
    let run = doctor(&fixture, &[]);
    assert_eq!(run.status, 1);
    let expected =
        "pkcs11.toml line 3: invalid type: string \"no\", expected a boolean: read-only = \"no\"";
    assert!(run.text().contains(expected), "{}", run.text());
}

#[test]
fn a_signature_that_fails_is_a_failure() {
    let fixture = DoctorFixture::new();
    let fault = r#"{"operation": "Sign", "times": 10, "fault": {"kind": "status", "status": 403}}"#;
    fixture.fixture.admin("POST", "faults", fault);
    let run = doctor(&fixture, &["--sign"]);
    assert_eq!(run.status, 1);
    assert!(
        run.text().contains("CKR_FUNCTION_REJECTED"),
        "{}",
        run.text()
    );
}
