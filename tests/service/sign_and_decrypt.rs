//! Signing, encrypting and decrypting with every classical algorithm. The results are checked with
//! OpenSSL, aws-lc and RustCrypto.

use scwkms::{Algorithm, Client, ErrorKind, Result, Scheme};

use crate::emulator::Emulator;
use crate::support::check_error;
use crate::temp_dir::TempDir;
use crate::verify;

fn create(client: &Client, algorithm: Algorithm) -> String {
    let name = format!("scwkms:name={algorithm};unprotected=true");
    let key = client
        .create_key(&name, Some(algorithm), None)
        .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
    assert_eq!(key.algorithm, Some(algorithm));
    key.uri
}

/// Creates a key, and writes its public key to `public.pem`. Returns the key and its SPKI.
fn create_with_public_key(
    client: &Client,
    dir: &TempDir,
    algorithm: Algorithm,
) -> (String, Vec<u8>) {
    let key = create(client, algorithm);
    let public = client.public_key(&key).expect("a public key");
    assert_eq!(public.algorithm, algorithm);
    dir.write("public.der", &public.spki);
    dir.openssl("pkey -pubin -inform DER -in public.der -out public.pem");
    (key, public.spki)
}

#[test]
fn signatures_are_valid() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let dir = TempDir::new();
    for algorithm in Algorithm::all().filter(|a| a.can_sign_digests()) {
        let (key, spki) = create_with_public_key(&client, &dir, algorithm);
        let len = algorithm.hash().expect("a hash").output_len();
        let digest: Vec<u8> = (0..len as u8).collect();
        let signature = client
            .sign(&key, Some(algorithm), &digest)
            .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
        verify_with_openssl(&dir, algorithm, &digest, &signature);
        let valid = verify::is_valid(algorithm, &spki, &digest, &signature);
        assert!(valid, "{algorithm}");
    }
}

/// Verifies with the key in `public.pem`.
fn verify_with_openssl(dir: &TempDir, algorithm: Algorithm, digest: &[u8], signature: &[u8]) {
    dir.write("digest", digest);
    dir.write("signature", signature);
    let hash = algorithm.hash().expect("a hash").to_string();
    let hash = hash.to_lowercase().replace('-', "");
    let padding = match algorithm.scheme() {
        Scheme::RsaPss => "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:auto",
        _ => "",
    };
    dir.openssl(&format!(
        "pkeyutl -verify -pubin -inkey public.pem -in digest -sigfile signature \
         -pkeyopt digest:{hash} {padding}"
    ));
}

#[test]
fn ciphertexts_of_openssl_are_decrypted() {
    // The client connects to a host name, not to an address.
    let emulator = Emulator::start_with(&["--listen", "localhost:0"]);
    let client = emulator.client();
    let dir = TempDir::new();
    for algorithm in Algorithm::all().filter(|a| a.scheme() == Scheme::RsaOaep) {
        let (key, _) = create_with_public_key(&client, &dir, algorithm);
        for len in [1, algorithm.max_plaintext_len()] {
            let plaintext = vec![0x5a; len];
            let ciphertext = encrypt_with_openssl(&dir, &plaintext);
            check_decryption(&client, &key, &ciphertext, &plaintext);
            let ciphertext = client.encrypt(&key, &plaintext).expect("a ciphertext");
            check_decryption(&client, &key, &ciphertext, &plaintext);
        }
    }
}

/// Encrypts with the key in `public.pem`.
fn encrypt_with_openssl(dir: &TempDir, plaintext: &[u8]) -> Vec<u8> {
    dir.write("plaintext", plaintext);
    dir.openssl(
        "pkeyutl -encrypt -pubin -inkey public.pem -in plaintext \
         -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256",
    )
}

fn check_decryption(client: &Client, key: &str, ciphertext: &[u8], plaintext: &[u8]) {
    let decrypted = client
        .decrypt(key, ciphertext)
        .unwrap_or_else(|e| panic!("{key}: {e}"));
    assert_eq!(decrypted.as_slice(), plaintext, "{key}");
}

#[test]
fn symmetric_keys_encrypt_and_decrypt_but_have_no_public_key() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = create(&client, Algorithm::Aes256Gcm);
    for plaintext in [&b"x"[..], &[0x5a; 65_535]] {
        let ciphertext = client.encrypt(&key, plaintext).expect("a ciphertext");
        check_decryption(&client, &key, &ciphertext, plaintext);
    }
    let error = client.public_key(&key).expect_err("a symmetric key");
    check_error(&error, ErrorKind::Unsupported, &[]);
    let error = client.sign(&key, None, &[0; 32]).expect_err("no signature");
    let part = "symmetric_encryption (aes_256_gcm) and cannot sign";
    check_error(&error, ErrorKind::Unsupported, &[part]);
}

/// A client with a signing key and an encryption key, for calls that must not send a request.
struct Fixture {
    emulator: Emulator,
    client: Client,
    signing: String,
    encryption: String,
}

impl Fixture {
    fn new() -> Self {
        let emulator = Emulator::start();
        let client = emulator.client();
        let signing = create(&client, Algorithm::EcP256Sha256);
        let encryption = create(&client, Algorithm::RsaOaep2048Sha256);
        for key in [&signing, &encryption] {
            client.public_key(key).expect("a public key");
        }
        emulator.reset_requests();
        Self {
            emulator,
            client,
            signing,
            encryption,
        }
    }

    /// Checks the error of a call, and that no request was sent.
    fn check<T>(&self, result: Result<T>, kind: ErrorKind, part: &str) {
        let error = result.err().expect(part);
        check_error(&error, kind, &[part]);
        assert_eq!(self.emulator.requests(), 0, "{error}");
    }
}

#[test]
fn a_wrong_digest_length_is_an_error_without_a_request() {
    let fixture = Fixture::new();
    for len in [0, 1, 31, 33, 48, 64] {
        let result = fixture.client.sign(&fixture.signing, None, &vec![0; len]);
        let part = format!("the digest has {len} bytes");
        fixture.check(result, ErrorKind::InvalidArgument, &part);
    }
}

#[test]
fn a_wrong_algorithm_is_an_error_without_a_request() {
    let fixture = Fixture::new();
    let (client, key) = (&fixture.client, &fixture.signing);
    for algorithm in Algorithm::all().filter(|a| *a != Algorithm::EcP256Sha256) {
        let result = client.sign(key, Some(algorithm), &[0; 32]);
        let part = format!("the key is ec_p256_sha256, but a signature by {algorithm}");
        fixture.check(result, ErrorKind::Unsupported, &part);
    }
}

#[test]
fn a_wrong_key_usage_is_an_error_without_a_request() {
    let fixture = Fixture::new();
    let (client, kind) = (&fixture.client, ErrorKind::Unsupported);
    let result = client.sign(&fixture.encryption, None, &[0; 32]);
    fixture.check(result, kind, "cannot sign");
    let result = client.decrypt(&fixture.signing, &[0; 256]);
    fixture.check(result, kind, "cannot decrypt");
    let result = client.encrypt(&fixture.signing, &[0; 16]);
    fixture.check(result, kind, "cannot encrypt");
}

#[test]
fn a_wrong_input_length_is_an_error_without_a_request() {
    let fixture = Fixture::new();
    let (client, kind) = (&fixture.client, ErrorKind::InvalidArgument);
    for len in [0, 255, 257] {
        let result = client.decrypt(&fixture.encryption, &vec![0; len]);
        fixture.check(result, kind, "takes exactly 256");
    }
    for len in [0, 191] {
        let result = client.encrypt(&fixture.encryption, &vec![0; len]);
        fixture.check(result, kind, "takes 1 to 190");
    }
}
