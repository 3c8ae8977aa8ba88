use ml_dsa::pkcs8::DecodePublicKey;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};
use serde_json::json;

use crate::support::{Emulator, Openssl, base64, der};

/// Signs, and has openssl verify with the public key as it is served.
fn check(emulator: &Emulator, algorithm: &str, label: &str, digest: &[u8], options: &str) {
    let id = emulator.create(algorithm);
    let pem = emulator.pem(&id);
    assert!(
        pem.starts_with(&format!("-----BEGIN {label}-----\n")),
        "{algorithm}: {pem}"
    );
    assert!(pem.ends_with(&format!("\n-----END {label}-----\n")));
    let openssl = Openssl::new();
    openssl.key(&pem);
    openssl.write("digest", digest);
    let signature = emulator.sign(&id, digest);
    openssl.write("signature", &signature);
    let verify =
        format!("pkeyutl -verify -pubin -inkey key.pem -in digest -sigfile signature {options}");
    openssl.run(&verify).expect(algorithm);
    assert!(emulator.verify(&id, digest, &signature), "{algorithm}");

    let mut other = digest.to_vec();
    other[0] ^= 1;
    openssl.write("digest", &other);
    openssl.run(&verify).expect_err(algorithm);
    assert!(!emulator.verify(&id, &other, &signature), "{algorithm}");
    assert!(!emulator.verify(&id, digest, &signature[1..]));
}

#[test]
fn ecdsa_signatures_verify() {
    let emulator = Emulator::start(&[]);
    for (algorithm, digest, curve) in [
        ("ec_p256_sha256", vec![1; 32], "prime256v1"),
        ("ec_p384_sha384", vec![2; 48], "secp384r1"),
        ("ec_secp256k1_sha256", vec![3; 32], "secp256k1"),
    ] {
        check(&emulator, algorithm, "EC PUBLIC KEY", &digest, "");
        let openssl = Openssl::new();
        openssl.key(&emulator.pem(&emulator.create(algorithm)));
        let text = openssl
            .run("ec -pubin -in key.pem -noout -text")
            .expect("a key");
        assert!(String::from_utf8_lossy(&text).contains(curve));
    }
}

#[test]
fn rsa_signatures_verify() {
    let emulator = Emulator::start(&[]);
    let pss = "-pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32";
    for bits in [2048, 3072, 4096] {
        for (scheme, options) in [("pss", pss), ("pkcs1", "-pkeyopt digest:sha256")] {
            let algorithm = format!("rsa_{scheme}_{bits}_sha256");
            check(&emulator, &algorithm, "RSA PUBLIC KEY", &[4; 32], options);
        }
    }
}

fn check_ml_dsa<P: MlDsaParams>(emulator: &Emulator, algorithm: &str)
where
    VerifyingKey<P>: DecodePublicKey,
{
    let id = emulator.create(algorithm);
    let pem = emulator.pem(&id);
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    let key = VerifyingKey::<P>::from_public_key_der(&der(&pem)).expect("a public key");
    for message in [&[5; 64][..], &[6; 32], b"m"] {
        let signature = emulator.sign(&id, message);
        assert!(emulator.verify(&id, message, &signature));
        assert!(!emulator.verify(&id, b"other", &signature));
        let signature = Signature::<P>::try_from(&signature[..]).expect("a signature");
        assert!(
            key.verify_with_context(message, b"", &signature),
            "{algorithm}"
        );
        assert!(!key.verify_with_context(b"other", b"", &signature));
    }
}

#[test]
fn ml_dsa_signatures_verify() {
    let emulator = Emulator::start(&[]);
    check_ml_dsa::<MlDsa44>(&emulator, "ml_dsa_44");
    check_ml_dsa::<MlDsa65>(&emulator, "ml_dsa_65");
    check_ml_dsa::<MlDsa87>(&emulator, "ml_dsa_87");
}

#[test]
fn digests_have_exactly_the_hashs_length() {
    let emulator = Emulator::start(&[]);
    for (algorithm, length) in [
        ("ec_p256_sha256", 32),
        ("ec_p384_sha384", 48),
        ("rsa_pkcs1_2048_sha256", 32),
    ] {
        let id = emulator.create(algorithm);
        for wrong in [1, length - 1, length + 1, 64] {
            let digest = base64(&vec![0; wrong]);
            let path = format!("/keys/{id}/sign");
            emulator
                .post(&path, json!({"digest": digest}))
                .refuses(&[("digest", "constraint")]);
            let path = format!("/keys/{id}/verify");
            emulator
                .post(&path, json!({"digest": digest, "signature": "AAAA"}))
                .refuses(&[("digest", "constraint")]);
        }
    }
}

#[test]
fn only_signing_keys_sign() {
    let emulator = Emulator::start(&[]);
    for algorithm in ["aes_256_gcm", "rsa_oaep_2048_sha256", "ml_kem_768"] {
        let id = emulator.create(algorithm);
        let digest = base64(&[0; 32]);
        emulator
            .post(&format!("/keys/{id}/sign"), json!({"digest": digest}))
            .refuses(&[("key_id", "constraint")]);
        emulator
            .post(
                &format!("/keys/{id}/verify"),
                json!({"digest": digest, "signature": "AAAA"}),
            )
            .refuses(&[("key_id", "constraint")]);
    }
}

#[test]
fn keys_differ() {
    let emulator = Emulator::start(&[]);
    let (one, two) = (
        emulator.create("ec_p256_sha256"),
        emulator.create("ec_p256_sha256"),
    );
    assert_ne!(emulator.pem(&one), emulator.pem(&two));
    let signature = emulator.sign(&one, &[7; 32]);
    assert!(!emulator.verify(&two, &[7; 32], &signature));
}
