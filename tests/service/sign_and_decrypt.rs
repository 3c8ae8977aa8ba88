//! Every classical algorithm, against the emulator over TLS. OpenSSL is the judge.

use crate::support::{Emulator, Folder};
use scwkms::{Algorithm, Client, ErrorKind, Scheme};

fn create(client: &Client, algorithm: Algorithm) -> String {
    let name = format!("scwkms:name={algorithm};unprotected=true");
    let key = client
        .create_key(&name, Some(algorithm), None)
        .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
    assert_eq!(key.algorithm, Some(algorithm));
    key.uri
}

#[test]
fn signatures_verify_with_openssl() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let folder = Folder::new();
    for algorithm in Algorithm::all().filter(|a| a.can_sign()) {
        let key = create(&client, algorithm);
        let public = client.public_key(&key).expect("a public key");
        assert_eq!(public.algorithm, algorithm);
        folder.write("public.der", &public.spki);
        folder
            .openssl("pkey -pubin -inform DER -in public.der -out public.pem")
            .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
        let hash = algorithm.hash().expect("a hash");
        let digest: Vec<u8> = (0..hash.output_len() as u8).collect();
        folder.write("digest", &digest);
        let signature = client
            .sign(&key, Some(algorithm), &digest)
            .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
        folder.write("signature", &signature);
        let name = hash.to_string().to_lowercase().replace('-', "");
        let padding = match algorithm.scheme() {
            Scheme::RsaPss => "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:auto",
            _ => "",
        };
        folder
            .openssl(&format!(
                "pkeyutl -verify -pubin -inkey public.pem -in digest -sigfile signature \
                 -pkeyopt digest:{name} {padding}"
            ))
            .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
    }
}

#[test]
fn what_openssl_encrypts_is_decrypted() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let folder = Folder::new();
    for algorithm in Algorithm::all().filter(|a| a.scheme() == Scheme::RsaOaep) {
        let key = create(&client, algorithm);
        let public = client.public_key(&key).expect("a public key");
        folder.write("public.der", &public.spki);
        folder
            .openssl("pkey -pubin -inform DER -in public.der -out public.pem")
            .expect("a key");
        for len in [1, algorithm.max_plaintext_len()] {
            let plaintext = vec![0x5a; len];
            folder.write("plaintext", &plaintext);
            let ciphertext = folder
                .openssl(
                    "pkeyutl -encrypt -pubin -inkey public.pem -in plaintext \
                     -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256",
                )
                .expect("a ciphertext");
            let decrypted = client
                .decrypt(&key, &ciphertext)
                .unwrap_or_else(|e| panic!("{algorithm}: {e}"));
            assert_eq!(decrypted.as_slice(), plaintext, "{algorithm}");
            let own = client.encrypt(&key, &plaintext).expect("a ciphertext");
            assert_eq!(
                client.decrypt(&key, &own).expect("a plaintext").as_slice(),
                plaintext
            );
        }
    }
}

#[test]
fn symmetric_keys_encrypt_and_decrypt_but_have_no_public_key() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let key = create(&client, Algorithm::Aes256Gcm);
    for plaintext in [&b"x"[..], &[0x5a; 65_535]] {
        let ciphertext = client.encrypt(&key, plaintext).expect("a ciphertext");
        assert_eq!(
            client
                .decrypt(&key, &ciphertext)
                .expect("a plaintext")
                .as_slice(),
            plaintext
        );
    }
    let error = client.public_key(&key).expect_err("a symmetric key");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let error = client
        .sign(&key, None, &[0; 32])
        .expect_err("a symmetric key");
    assert!(
        error
            .to_string()
            .contains("symmetric_encryption (aes_256_gcm) and cannot sign"),
        "{error}"
    );
}

#[test]
fn what_cannot_succeed_is_refused_before_it_is_sent() {
    let emulator = Emulator::start();
    let client = emulator.client();
    let signing = create(&client, Algorithm::EcP256Sha256);
    let encryption = create(&client, Algorithm::RsaOaep2048Sha256);
    client.public_key(&signing).expect("a public key");
    client.public_key(&encryption).expect("a public key");
    emulator.reset_requests();

    let refused = |result: scwkms::Result<()>, kind, part: &str| {
        let error = result.expect_err(part);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(
            error.to_string().contains(part),
            "{part:?} is not in: {error}"
        );
    };
    for len in [0, 1, 31, 33, 48, 64] {
        refused(
            client.sign(&signing, None, &vec![0; len]).map(drop),
            ErrorKind::InvalidArgument,
            &format!("the digest has {len} bytes"),
        );
    }
    for algorithm in Algorithm::all().filter(|a| *a != Algorithm::EcP256Sha256) {
        refused(
            client.sign(&signing, Some(algorithm), &[0; 32]).map(drop),
            ErrorKind::Unsupported,
            &format!("the key is ec_p256_sha256, but a signature by {algorithm}"),
        );
    }
    refused(
        client.sign(&encryption, None, &[0; 32]).map(drop),
        ErrorKind::Unsupported,
        "cannot sign",
    );
    refused(
        client.decrypt(&signing, &[0; 256]).map(drop),
        ErrorKind::Unsupported,
        "cannot decrypt",
    );
    refused(
        client.encrypt(&signing, &[0; 16]).map(drop),
        ErrorKind::Unsupported,
        "cannot encrypt",
    );
    for len in [0, 255, 257] {
        refused(
            client.decrypt(&encryption, &vec![0; len]).map(drop),
            ErrorKind::InvalidArgument,
            "takes exactly 256",
        );
    }
    for len in [0, 191] {
        refused(
            client.encrypt(&encryption, &vec![0; len]).map(drop),
            ErrorKind::InvalidArgument,
            "takes 1 to 190",
        );
    }
    assert_eq!(emulator.requests(), 0);
}
