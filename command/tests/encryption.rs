//! Encrypting and decrypting.

use std::os::unix::fs::PermissionsExt;

use crate::fixture::Fixture;

#[test]
fn ciphertexts_are_decrypted() {
    let fixture = Fixture::new();
    for algorithm in ["aes_256_gcm", "rsa_oaep_2048_sha256"] {
        let key = fixture.create_key("k", algorithm);
        let encrypted = fixture.run_with_input(&["encrypt", &key], b"a secret");
        assert_eq!((encrypted.status, encrypted.stderr.as_str()), (0, ""));
        assert!(!encrypted.stdout.windows(8).any(|part| part == b"a secret"));
        let decrypted = fixture.run_with_input(&["decrypt", &key], &encrypted.stdout);
        assert_eq!(decrypted.stdout, b"a secret", "{}", decrypted.stderr);
    }
}

#[test]
fn openssl_encrypts_for_a_key() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "rsa_oaep_2048_sha256");
    fixture.succeed(&["public-key", &key, "--out", "key.pem"]);
    fixture.dir.write("plaintext", b"a secret");
    let oaep = "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256";
    let arguments = "-encrypt -pubin -inkey key.pem -in plaintext -out ciphertext";
    fixture.dir.openssl(&format!("pkeyutl {arguments} {oaep}"));
    let decrypted = fixture.succeed(&["decrypt", &key, "--in", "ciphertext"]);
    assert_eq!(decrypted.stdout, b"a secret");
}

#[test]
fn associated_data_is_authenticated_and_plaintext_files_are_private() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "aes_256_gcm");
    fixture.dir.write("plaintext", b"a secret");
    let encrypt = ["encrypt", &key, "--associated-data", "context"];
    fixture.succeed(&[&encrypt[..], &["--in", "plaintext", "--out", "ciphertext"]].concat());
    let decrypt = ["decrypt", &key, "--in", "ciphertext", "--out", "decrypted"];
    let wrong = fixture.run(&[&decrypt[..], &["--associated-data", "other"]].concat());
    assert_eq!(wrong.status, 2, "{}", wrong.stderr);
    assert!(!fixture.exists("decrypted"));
    fixture.succeed(&[&decrypt[..], &["--associated-data", "context"]].concat());
    assert_eq!(fixture.read("decrypted"), b"a secret");
    let metadata = std::fs::metadata(fixture.dir.path("decrypted")).expect("metadata");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn too_long_inputs_send_no_request() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "aes_256_gcm");
    let run = fixture.run_with_input(&["encrypt", &key], &vec![0; 2 << 20]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("at most 65,535 bytes"),
        "{}",
        run.stderr
    );
}
