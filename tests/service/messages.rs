//! Signing and verifying messages.

use scwkms::{Algorithm, Client, ErrorKind, Result, Scheme, StartOptions};
use serde_json::{Value, json};

use crate::emulator::Emulator;
use crate::ml_dsa;
use crate::support::check_error;
use crate::verify;

const ML_DSA: [Algorithm; 3] = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];
const MESSAGE: &[u8] =
    b"a message that is longer than any digest, so that no digest can be mistaken for it";

/// A client of an emulator that treats the digests of ML-DSA keys in one way.
struct Fixture {
    emulator: Emulator,
    client: Client,
}

/// A key with its public key.
struct Key {
    uri: String,
    algorithm: Algorithm,
    spki: Vec<u8>,
}

impl Fixture {
    fn new(digest: &str) -> Self {
        let emulator = Emulator::start_with(&["--ml-dsa-digest", digest]);
        let client = emulator.client();
        Self { emulator, client }
    }

    /// A new client, which does not know yet what the service signs.
    fn reopen(&mut self, parameters: &str) {
        self.client = Client::open(&self.emulator.uri(parameters)).expect("a client");
    }

    fn key(&self, algorithm: Algorithm) -> Key {
        let name = format!("scwkms:name={algorithm};unprotected=true");
        let key = self.client.create_key(&name, Some(algorithm), None);
        let uri = key.expect("a key").uri;
        let public = self.client.public_key(&uri).expect("a public key");
        assert_eq!(public.algorithm, algorithm);
        self.emulator.reset_requests();
        Key {
            uri,
            algorithm,
            spki: public.spki,
        }
    }

    fn sign(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>> {
        self.client
            .sign_message(&key.uri, Some(key.algorithm), message)
    }

    fn sign_asynchronously(&self, key: &Key, message: &[u8]) -> Result<Vec<u8>> {
        let options = StartOptions::default();
        let operation = self
            .client
            .start_sign_message(&key.uri, None, message, options);
        operation?.wait()
    }

    /// Signs in both forms. Each signature must be valid, and take this number of requests.
    fn check_signatures(&self, key: &Key, message: &[u8], requests: u64) {
        for sign in [Self::sign, Self::sign_asynchronously] {
            let signature = sign(self, key, message)
                .unwrap_or_else(|e| panic!("{}, {} bytes: {e}", key.algorithm, message.len()));
            self.check_signature(key, message, &signature);
            self.check_requests(requests);
        }
    }

    fn check_signature(&self, key: &Key, message: &[u8], signature: &[u8]) {
        assert!(key.is_valid(message, signature), "{}", key.algorithm);
        let verify = |message: &[u8]| {
            self.client
                .verify_message(&key.uri, None, message, signature)
        };
        verify(message).expect("a valid signature");
        let error = verify(&[message, b"x"].concat()).expect_err("another message");
        check_error(
            &error,
            ErrorKind::Integrity,
            &["not a signature of the message"],
        );
    }

    /// Checks the number of requests since the last check. All of them must have been signatures.
    fn check_requests(&self, expected: u64) {
        assert_eq!(self.emulator.requests(), expected);
        if expected > 0 {
            assert_eq!(self.emulator.stats()["operations"]["Sign"], expected);
        }
        self.emulator.reset_requests();
    }

    /// Checks the error of a signature in both forms, each with this number of requests.
    fn check_error(
        &self,
        key: &Key,
        message: &[u8],
        (kind, part): (ErrorKind, &str),
        requests: u64,
    ) {
        for sign in [Self::sign, Self::sign_asynchronously] {
            let error = sign(self, key, message).expect_err(part);
            check_error(&error, kind, &[part, "sign a message with"]);
            self.check_requests(requests);
        }
    }
}

impl Key {
    fn is_valid(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            algorithm if algorithm.scheme() == Scheme::MlDsa => {
                ml_dsa::is_valid(algorithm, &self.spki, message, signature)
            }
            algorithm => {
                let hash = match algorithm.bits() {
                    384 => &aws_lc_rs::digest::SHA384,
                    _ => &aws_lc_rs::digest::SHA256,
                };
                let digest = aws_lc_rs::digest::digest(hash, message);
                verify::is_valid(algorithm, &self.spki, digest.as_ref(), signature)
            }
        }
    }
}

fn flip() -> Value {
    json!({"kind": "flip"})
}

#[test]
fn keys_that_sign_digests_sign_messages_of_any_length() {
    let fixture = Fixture::new("message");
    for algorithm in Algorithm::all().filter(|a| a.can_sign_digests()) {
        // The generation of larger RSA keys takes seconds.
        if algorithm.scheme() == Scheme::Ecdsa || algorithm.bits() == 2048 {
            let key = fixture.key(algorithm);
            for message in [&[][..], b"x", MESSAGE, &[0x5a; 100_000]] {
                fixture.check_signatures(&key, message, 1);
            }
        }
    }
}

#[test]
fn ml_dsa_signs_any_message_if_the_service_expects_mu() {
    let fixture = Fixture::new("mu");
    for algorithm in ML_DSA {
        let key = fixture.key(algorithm);
        for message in [
            &[][..],
            b"x",
            &[1; 64],
            MESSAGE,
            &[0x5a; 65_536],
            &[0x5a; 1_000_000],
        ] {
            fixture.check_signatures(&key, message, 1);
        }
    }
}

#[test]
fn ml_dsa_sends_the_message_if_the_service_signs_it() {
    let mut fixture = Fixture::new("message");
    for algorithm in ML_DSA {
        fixture.reopen("");
        let key = fixture.key(algorithm);
        // The first signature shows what the service signs. It is one of mu, and is discarded.
        let signature = fixture.sign(&key, MESSAGE).expect("a signature");
        fixture.check_signature(&key, MESSAGE, &signature);
        fixture.check_requests(2);
        for message in [b"x", &[1; 64][..], MESSAGE, &[0x5a; 65_535]] {
            fixture.check_signatures(&key, message, 1);
        }
        for len in [0, 65_536] {
            let part = format!("the message has {len} bytes; the service signs the message itself");
            let message = vec![0; len];
            fixture.check_error(&key, &message, (ErrorKind::Unsupported, &part), 0);
        }
    }
}

#[test]
fn the_asynchronous_form_finds_out_what_the_service_signs() {
    for (digest, requests) in [("mu", 1), ("message", 2)] {
        let fixture = Fixture::new(digest);
        let key = fixture.key(Algorithm::MlDsa44);
        let signature = fixture.sign_asynchronously(&key, MESSAGE);
        fixture.check_signature(&key, MESSAGE, &signature.expect("a signature"));
        fixture.check_requests(requests);
        fixture.check_signatures(&key, MESSAGE, 1);
    }
}

#[test]
fn a_message_that_is_too_long_is_found_out_with_one_request() {
    let fixture = Fixture::new("message");
    let key = fixture.key(Algorithm::MlDsa44);
    let error = fixture.sign(&key, &[0; 65_536]).expect_err("too long");
    check_error(
        &error,
        ErrorKind::Unsupported,
        &["the message has 65536 bytes"],
    );
    fixture.check_requests(1);
    fixture.check_signatures(&key, MESSAGE, 1);
}

/// A HashML-DSA signature is never one of pure ML-DSA. No further request is sent.
#[test]
fn hash_ml_dsa_is_recognised() {
    for digest in ["prehash", "prehash-message"] {
        let mut fixture = Fixture::new(digest);
        for algorithm in ML_DSA {
            fixture.reopen("");
            let key = fixture.key(algorithm);
            let error = fixture.sign(&key, MESSAGE).expect_err(digest);
            check_error(&error, ErrorKind::Unsupported, &["signs with HashML-DSA"]);
            fixture.check_requests(1);
            let expected = (ErrorKind::Unsupported, "signs with HashML-DSA");
            fixture.check_error(&key, MESSAGE, expected, 0);
        }
    }
}

#[test]
fn a_service_that_expects_a_hash_is_unsupported() {
    let fixture = Fixture::new("sha256");
    let key = fixture.key(Algorithm::MlDsa65);
    let expected = (ErrorKind::Unsupported, "does not sign the external mu");
    fixture.check_error(&key, MESSAGE, expected, 1);

    let fixture = Fixture::new("sha512");
    let key = fixture.key(Algorithm::MlDsa65);
    let part = "does not accept this message of 82 bytes";
    let error = fixture.sign(&key, MESSAGE).expect_err(part);
    check_error(
        &error,
        ErrorKind::Unsupported,
        &[part, "needs a digest of 64 bytes"],
    );
    fixture.check_requests(2);
    fixture.check_error(&key, MESSAGE, (ErrorKind::Unsupported, part), 1);
    fixture.check_signatures(&key, &[1; 64], 1);
}

/// The service's support asks for the request id.
#[test]
fn the_error_of_a_rejected_request_has_its_status_and_request_id() {
    // The second request is rejected with `sha512`: the first one shows that the service does not expect mu.
    for (digest, requests) in [("sha256", 1), ("sha512", 2)] {
        let mut fixture = Fixture::new(digest);
        for sign in [Fixture::sign, Fixture::sign_asynchronously] {
            fixture.reopen("");
            let key = fixture.key(Algorithm::MlDsa65);
            let error = sign(&fixture, &key, MESSAGE).expect_err("a rejected request");
            let log = fixture.emulator.log();
            assert_eq!(log.len(), requests);
            let rejected = log.last().expect("a request");
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert_eq!(
                (error.http_status(), &rejected["status"]),
                (Some(400), &json!(400))
            );
            assert_eq!(json!(error.request_id()), rejected["request_id"]);
        }
    }
}

/// Also with `verify=false`, and whether or not the client knows already what the service signs.
#[test]
fn an_invalid_ml_dsa_signature_is_never_returned() {
    for digest in ["mu", "message", "prehash", "prehash-message", "sha512"] {
        let mut fixture = Fixture::new(digest);
        for (algorithm, parameters) in ML_DSA.into_iter().zip(["", "verify=false", "verify=true"]) {
            fixture.reopen(parameters);
            let key = fixture.key(algorithm);
            for fault in [flip(), json!({"kind": "other_key"})] {
                fixture.emulator.permanent_fault("Sign", fault);
                let part = "are not a signature of the message by the key";
                fixture.check_error(&key, &[1; 64], (ErrorKind::Integrity, part), 1);
                fixture.emulator.clear_faults();
            }
            if ["mu", "message", "sha512"].contains(&digest) {
                fixture.sign(&key, &[1; 64]).expect("a signature");
                fixture.emulator.fault("Sign", 1, flip());
                let error = fixture
                    .sign(&key, &[1; 64])
                    .expect_err("an invalid signature");
                check_error(
                    &error,
                    ErrorKind::Integrity,
                    &["not a signature of the message"],
                );
                // The client finds out again what the service signs.
                let signature = fixture.sign(&key, &[1; 64]).expect("a signature");
                fixture.check_signature(&key, &[1; 64], &signature);
            }
        }
    }
}

#[test]
fn the_second_signature_is_verified_too() {
    let fixture = Fixture::new("message");
    let key = fixture.key(Algorithm::MlDsa44);
    // The first request is delayed, the second corrupted.
    fixture
        .emulator
        .fault("Sign", 1, json!({"kind": "delay", "milliseconds": 1}));
    fixture.emulator.fault("Sign", 1, flip());
    let error = fixture
        .sign(&key, MESSAGE)
        .expect_err("an invalid signature");
    check_error(
        &error,
        ErrorKind::Integrity,
        &["not a signature of the message"],
    );
    fixture.check_requests(2);
}

#[test]
fn ml_dsa_keys_sign_and_verify_no_digests() {
    let fixture = Fixture::new("mu");
    for algorithm in ML_DSA {
        let (client, key) = (&fixture.client, fixture.key(algorithm));
        for len in [32, 48] {
            let digest = vec![0; len];
            let error = client.sign(&key.uri, None, &digest).expect_err("a digest");
            check_error(&error, ErrorKind::Unsupported, &["use sign_message"]);
            let error = client
                .verify(&key.uri, None, &digest, b"s")
                .expect_err("a digest");
            check_error(&error, ErrorKind::Unsupported, &["use verify_message"]);
        }
        let error = client
            .decrypt(&key.uri, &[0; 32])
            .expect_err("a signing key");
        check_error(&error, ErrorKind::Unsupported, &["cannot decrypt"]);
        fixture.check_requests(0);
    }
}

#[test]
fn a_message_needs_a_key_that_signs_with_the_expected_algorithm() {
    let fixture = Fixture::new("mu");
    let key = fixture.key(Algorithm::MlDsa44);
    let client = &fixture.client;
    let error = client.sign_message(&key.uri, Some(Algorithm::MlDsa65), MESSAGE);
    let part = "the key is ml_dsa_44, but a signature by ml_dsa_65 was requested";
    check_error(&error.expect_err(part), ErrorKind::Unsupported, &[part]);
    for (algorithm, part) in [
        (Algorithm::RsaOaep2048Sha256, "cannot sign"),
        (
            Algorithm::EcSecp256k1Sha256,
            "signing with ec_secp256k1_sha256 is not supported",
        ),
    ] {
        let created = client.create_key("scwkms:name=k;unprotected=true", Some(algorithm), None);
        let error = client.sign_message(&created.expect("a key").uri, None, MESSAGE);
        check_error(&error.expect_err(part), ErrorKind::Unsupported, &[part]);
    }
    assert_eq!(fixture.emulator.stats()["operations"]["Sign"], Value::Null);
}
