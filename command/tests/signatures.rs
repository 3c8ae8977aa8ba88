//! Public keys, signing and verifying. OpenSSL verifies the signatures.

use crate::fixture::Fixture;

const MESSAGE: &[u8] = b"a message";

/// Algorithms, with the options of openssl for their signatures.
const ALGORITHMS: [(&str, &str); 4] = [
    ("ec_p256_sha256", "-sha256"),
    ("ec_p384_sha384", "-sha384"),
    ("rsa_pkcs1_2048_sha256", "-sha256"),
    (
        "rsa_pss_2048_sha256",
        "-sha256 -sigopt rsa_padding_mode:pss",
    ),
];

#[test]
fn signatures_are_valid_for_openssl() {
    let fixture = Fixture::new();
    fixture.dir.write("message", MESSAGE);
    for (algorithm, options) in ALGORITHMS {
        let key = fixture.create_key("k", algorithm);
        fixture.succeed(&["public-key", &key, "--out", "key.pem"]);
        fixture.succeed(&["sign", &key, "--in", "message", "--out", "signature"]);
        let verify = "-verify key.pem -signature signature message";
        let output = fixture.dir.openssl(&format!("dgst {options} {verify}"));
        assert_eq!(output, b"Verified OK\n", "{algorithm}");
    }
}

#[test]
fn digests_and_pipes() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "ec_p256_sha256");
    fixture.dir.write("message", MESSAGE);
    let digest = fixture.dir.openssl("dgst -sha256 -binary message");
    let signed = fixture.run_with_input(&["sign", &key, "--digest"], &digest);
    assert_eq!((signed.status, signed.stderr.as_str()), (0, ""));
    fixture.dir.write("signature", &signed.stdout);
    let verify = ["verify", &key, "--signature", "signature"];
    for more in [&[][..], &["--by-service"]] {
        let arguments = [&verify[..], more].concat();
        assert_eq!(fixture.run_with_input(&arguments, MESSAGE).status, 0);
        let invalid = fixture.run_with_input(&arguments, b"another message");
        assert_eq!(invalid.status, 7, "{}", invalid.stderr);
    }
    let arguments = [&verify[..], &["--digest"]].concat();
    assert_eq!(fixture.run_with_input(&arguments, &digest).status, 0);
    let short = fixture.run_with_input(&["sign", &key, "--digest"], b"short");
    assert_eq!(short.status, 2, "{}", short.stderr);
}

#[test]
fn public_keys_have_two_encodings() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "rsa_oaep_2048_sha256");
    fixture.succeed(&["public-key", &key, "--format", "der", "--out", "key.der"]);
    let pem = fixture.succeed(&["public-key", &key]).stdout;
    let converted = fixture.dir.openssl("pkey -pubin -inform der -in key.der");
    assert_eq!(String::from_utf8(pem), String::from_utf8(converted));
    let symmetric = fixture.create_key("s", "aes_256_gcm");
    let refused = fixture.run(&["public-key", &symmetric]);
    assert_eq!(
        (refused.status, refused.stdout.len()),
        (5, 0),
        "{}",
        refused.stderr
    );
}

/// Tests of the library verify such signatures independently.
#[test]
fn keys_that_sign_messages() {
    let fixture = Fixture::new();
    let key = fixture.create_key("k", "ml_dsa_44");
    let signed = fixture.run_with_input(&["sign", &key], MESSAGE);
    assert_eq!((signed.status, signed.stdout.len()), (0, 2420));
    fixture.dir.write("signature", &signed.stdout);
    let verify = ["verify", &key, "--signature", "signature"];
    assert_eq!(fixture.run_with_input(&verify, MESSAGE).status, 0);
    let invalid = fixture.run_with_input(&verify, b"another message");
    assert_eq!(invalid.status, 7, "{}", invalid.stderr);
    let arguments = [&verify[..], &["--by-service"]].concat();
    assert_eq!(fixture.run_with_input(&arguments, MESSAGE).status, 5);
    let digest = fixture.run_with_input(&["sign", &key, "--digest"], &[0; 32]);
    assert_eq!(digest.status, 5, "{}", digest.stderr);
}
