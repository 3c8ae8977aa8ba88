//! Keys whose public keys are in files: `public-key=` in a key's URI.

use scwkms::{Algorithm, Client, ErrorKind};

use crate::asynchronous;
use crate::call_paths::CallPath;
use crate::emulator::Emulator;
use crate::support::check_error;
use crate::temp_dir::TempDir;

const DIGEST: [u8; 32] = [5; 32];

/// The key's URI with a file that has this content.
fn with_file(folder: &TempDir, key: &str, content: &str, parameters: &str) -> String {
    folder.write("public.pem", content.as_bytes());
    let file = folder.path("public.pem");
    format!("{key};public-key={}{parameters}", file.display())
}

fn create(client: &Client, algorithm: Algorithm) -> (String, String) {
    let key = client.create_key("scwkms:name=k", Some(algorithm), None);
    let key = key.expect("a key").uri;
    let spki = client.public_key(&key).expect("a public key").spki;
    (key, pem::encode(&pem::Pem::new("PUBLIC KEY", spki)))
}

/// A certificate of a public key, made by OpenSSL.
fn certificate(folder: &TempDir, public_key: &str) -> String {
    folder.write("key.pem", public_key.as_bytes());
    folder.openssl("genpkey -algorithm ed25519 -out issuer.key");
    // With an extension it is an X.509 certificate of version 3.
    folder.write("extensions", b"basicConstraints = CA:TRUE");
    let certificate = folder.openssl(
        "x509 -new -subj /CN=x -force_pubkey key.pem -key issuer.key -days 1 -extfile extensions",
    );
    String::from_utf8(certificate).expect("PEM")
}

#[test]
fn opening_sends_no_request_and_signing_sends_one() {
    let folder = TempDir::new();
    let emulator = Emulator::start();
    for (algorithm, parameters) in [
        (Algorithm::EcP256Sha256, ""),
        (
            Algorithm::RsaPss2048Sha256,
            ";algorithm=rsa_pss_2048_sha256",
        ),
    ] {
        let (key, public_key) = create(&emulator.client(), algorithm);
        let chain = certificate(&folder, &public_key);
        for content in [public_key, chain] {
            let key = with_file(&folder, &key, &content, parameters);
            for path in CallPath::ALL {
                let client = emulator.client();
                emulator.reset_requests();
                let opened = client.public_key(&key).expect("a public key");
                assert_eq!(opened.algorithm, algorithm);
                assert_eq!(emulator.count("requests"), 0, "{path:?}");
                path.must_sign(&client, &key, &DIGEST);
                assert_eq!(emulator.count("requests"), 1, "{path:?}");
            }
        }
    }
}

/// No process writes into the pipe, so reading it does not end before the deadline.
#[test]
fn a_file_that_cannot_be_read_in_time_delays_no_other_operation() {
    let folder = TempDir::new();
    let emulator = Emulator::start();
    let other = emulator.client();
    let (key, public_key) = create(&other, Algorithm::EcP256Sha256);
    let by_id = with_file(&folder, &key, &public_key, "");
    let by_name = with_file(&folder, "scwkms:name=k", &public_key, "");
    folder.replace_by_pipe("public.pem");
    let client = Client::open(&emulator.uri("timeout=1s")).expect("a client");
    for key_with_pipe in [by_id, by_name] {
        let waiting = asynchronous::start_sign(&client, &key_with_pipe, &DIGEST);
        let waiting = waiting.expect("an operation");
        other.sign(&key, None, &DIGEST).expect("a signature");
        let errors = [waiting.wait(), client.sign(&key_with_pipe, None, &DIGEST)];
        for error in errors.map(|result| result.expect_err("no data")) {
            check_error(&error, ErrorKind::Timeout, &["public.pem", "within 1s"]);
        }
    }
}

#[test]
fn a_signature_of_another_key_is_refused_and_the_error_names_the_file() {
    let folder = TempDir::new();
    let emulator = Emulator::start();
    let client = emulator.client();
    let (key, _) = create(&client, Algorithm::EcP256Sha256);
    let (_, other) = create(&client, Algorithm::EcP256Sha256);
    let key = with_file(&folder, &key, &other, "");
    let error = client.sign(&key, None, &DIGEST).expect_err("another key");
    let parts = ["public.pem", "may belong to another key"];
    check_error(&error, ErrorKind::Integrity, &parts);
}

#[test]
fn metadata_is_that_of_the_service() {
    let folder = TempDir::new();
    let emulator = Emulator::start();
    let client = emulator.client();
    let (key, public_key) = create(&client, Algorithm::EcP256Sha256);
    let key = with_file(&folder, &key, &public_key, "");
    let info = client.key_info(&key).expect("metadata");
    assert_eq!(info.name, "k");
    assert_eq!(info.state, "enabled");
}

#[test]
fn mistakes_are_found_before_a_request() {
    let folder = TempDir::new();
    let emulator = Emulator::start();
    let client = emulator.client();
    let (rsa, rsa_public) = create(&client, Algorithm::RsaPkcs1_2048Sha256);
    let (_, ec_public) = create(&client, Algorithm::EcP256Sha256);
    emulator.reset_requests();
    for (content, parameters, expected) in [
        (rsa_public.as_str(), "", "for an RSA key add algorithm="),
        (
            &rsa_public,
            ";algorithm=ec_p256_sha256",
            "not one of ec_p256_sha256",
        ),
        (
            &rsa_public,
            ";algorithm=rsa_pkcs1_3072_sha256",
            "not one of rsa_pkcs1_3072_sha256",
        ),
        (
            &ec_public,
            ";algorithm=rsa_pkcs1_2048_sha256",
            "not one of rsa_pkcs1_2048_sha256",
        ),
        ("", "", "no public key and no certificate"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "",
            "cannot be read",
        ),
    ] {
        let key = with_file(&folder, &rsa, content, parameters);
        // A client reads a file once.
        let client = emulator.client();
        let error = client.sign(&key, None, &DIGEST).expect_err(expected);
        check_error(&error, ErrorKind::Configuration, &["public.pem", expected]);
    }
    let missing = format!("{rsa};public-key=/does/not/exist.pem");
    let error = client.sign(&missing, None, &DIGEST).expect_err("no file");
    let parts = ["/does/not/exist.pem", "No such file"];
    check_error(&error, ErrorKind::Configuration, &parts);
    let (key, digest) = (with_file(&folder, &rsa, &ec_public, ""), [0; 48]);
    let error = client.sign(&key, None, &digest).expect_err("a digest");
    check_error(&error, ErrorKind::InvalidArgument, &["48 bytes"]);
    assert_eq!(emulator.count("requests"), 0);
}
