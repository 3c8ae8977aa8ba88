//! The command on a terminal.

use crate::fixture::Fixture;

#[test]
fn binary_data_is_not_written_to_a_terminal() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "ec_p256_sha256");
    fixture.dir.write("message", b"a message");
    let refused = fixture.run_on_terminal(&["sign", &key, "--in", "message"]);
    assert_eq!(refused.status, 2);
    assert!(refused.text().contains("--out FILE"), "{}", refused.text());
    let forced = fixture.run_on_terminal(&["sign", &key, "--in", "message", "--force"]);
    assert_eq!(forced.status, 0);
    assert!(
        forced.stdout.starts_with(&[0x30]),
        "no DER: {:02x?}",
        forced.stdout
    );
    let pem = fixture.run_on_terminal(&["public-key", &key]);
    assert_eq!(pem.status, 0);
    assert!(pem.text().starts_with("-----BEGIN PUBLIC KEY-----\r\n"));
}

#[test]
fn text_plaintexts_are_written_to_a_terminal_and_others_are_not() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "aes_256_gcm");
    for (plaintext, status) in [("a text", 0), ("\u{1b}[2J", 2)] {
        fixture.dir.write("plaintext", plaintext.as_bytes());
        fixture.succeed(&["encrypt", &key, "--in", "plaintext", "--out", "ciphertext"]);
        let shown = fixture.run_on_terminal(&["decrypt", &key, "--in", "ciphertext"]);
        assert_eq!(shown.status, status, "{plaintext:?}");
        assert_eq!(shown.text().contains(plaintext), status == 0);
    }
}

#[test]
fn a_long_creation_shows_progress_on_a_terminal_only() {
    let fixture = Fixture::new();
    let delay = r#"{"operation": "CreateKey", "times": 2, "fault": {"kind": "delay", "milliseconds": 900}}"#;
    fixture.admin("POST", "faults", delay);
    let create = ["create", "k", "--json"];
    let shown = fixture.run_on_terminal(&create).text();
    assert!(
        shown.starts_with("\rcreating the ec_p256_sha256 key: "),
        "{shown:?}"
    );
    let (_, result) = shown.split_once("\r\u{1b}[K").expect("a cleared line");
    assert!(result.starts_with('{'), "{result}");
    fixture.succeed(&create);
}
