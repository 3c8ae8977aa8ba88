//! Keys and signatures here are OpenSSL's, made anew by each test run.

use std::path::PathBuf;
use std::process::Command;

use super::*;

const DIGEST_256: [u8; 32] = [0x42; 32];
const DIGEST_384: [u8; 48] = [0x42; 48];

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("scwkms-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn openssl(&self, arguments: &str) -> Vec<u8> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .expect("the openssl command");
        assert!(
            output.status.success(),
            "openssl {arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect(name);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn relabel(pem: &str, label: &str) -> String {
    pem.replace("PUBLIC KEY", label)
}

/// An EC key: its PEM, its SPKI, and a signature.
fn ec(folder: &Folder, curve: &str, digest: &[u8]) -> (String, Vec<u8>, Vec<u8>) {
    folder.openssl(&format!(
        "ecparam -name {curve} -genkey -noout -out key.pem"
    ));
    folder.openssl("ec -in key.pem -pubout -out public.pem");
    let spki = folder.openssl("ec -in key.pem -pubout -outform DER");
    folder.write("digest", digest);
    let signature = folder.openssl("pkeyutl -sign -inkey key.pem -in digest");
    (folder.text("public.pem"), spki, signature)
}

#[test]
fn ecdsa_signatures_are_normalised_and_verified() {
    for (curve, algorithm, digest, width) in [
        ("prime256v1", Algorithm::EcP256Sha256, &DIGEST_256[..], 32),
        ("secp384r1", Algorithm::EcP384Sha384, &DIGEST_384[..], 48),
    ] {
        let folder = Folder::new(curve);
        let (pem, spki, signature) = ec(&folder, curve, digest);
        for label in LABELS {
            let key = PublicKey::from_pem(&relabel(&pem, label), algorithm).expect(label);
            assert_eq!(key.spki(), spki, "{label}");
            assert_eq!(
                key.check(digest, &signature, true).as_deref(),
                Some(&signature[..])
            );

            let parsed = EcdsaSignature::from_der(&signature).expect("DER");
            let mut fixed = vec![0; 2 * width];
            let (r, s) = (parsed.r.as_bytes(), parsed.s.as_bytes());
            fixed[width - r.len()..width].copy_from_slice(r);
            fixed[2 * width - s.len()..].copy_from_slice(s);
            for verify in [true, false] {
                assert_eq!(
                    key.check(digest, &fixed, verify).as_deref(),
                    Some(&signature[..])
                );
            }

            let mut other_digest = digest.to_vec();
            other_digest[0] ^= 1;
            assert_eq!(key.check(&other_digest, &signature, true), None);
            for i in 0..signature.len() {
                let mut flipped = signature.clone();
                flipped[i] ^= 1;
                assert_eq!(key.check(digest, &flipped, true), None, "byte {i}");
            }
            for malformed in [&signature[1..], &signature[..signature.len() - 1], &[]] {
                assert_eq!(key.check(digest, malformed, false), None);
            }
            let mut longer = signature.clone();
            longer.push(0);
            assert_eq!(key.check(digest, &longer, false), None);

            // Encodings of what no signature can be are refused unverified too.
            let wide = vec![0x7f; width + 1];
            for (r, s) in [(&[0][..], s), (r, &[0][..]), (&wide[..], s), (r, &wide[..])] {
                let (r, s) = (UintRef::new(r).expect("r"), UintRef::new(s).expect("s"));
                let der = EcdsaSignature { r, s }.to_der().expect("DER");
                assert_eq!(key.check(digest, &der, false), None, "{r:?} {s:?}");
            }
            assert_eq!(key.check(digest, &vec![0; 2 * width], false), None);
        }
    }
}

#[test]
fn rsa_signatures_are_verified() {
    let folder = Folder::new("rsa");
    folder.openssl("genrsa -out key.pem 2048");
    let spki = folder.openssl("rsa -in key.pem -pubout -outform DER");
    folder.openssl("rsa -in key.pem -pubout -out spki.pem");
    folder.openssl("rsa -in key.pem -RSAPublicKey_out -out pkcs1.pem");
    folder.write("digest", &DIGEST_256);
    let sign = |options: &str| {
        folder.openssl(&format!(
            "pkeyutl -sign -inkey key.pem -in digest -pkeyopt digest:sha256 {options}"
        ))
    };
    let pkcs1 = sign("");
    let salted = |length: &str| {
        sign(&format!(
            "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:{length}"
        ))
    };
    let (digest_salt, longest_salt) = (salted("digest"), salted("max"));

    for pem in [
        folder.text("spki.pem"),
        folder.text("pkcs1.pem"),
        relabel(&folder.text("spki.pem"), "RSA PUBLIC KEY"),
    ] {
        let key = PublicKey::from_pem(&pem, Algorithm::RsaPkcs1_2048Sha256).expect("a key");
        assert_eq!(key.spki(), spki);
        assert!(key.check(&DIGEST_256, &pkcs1, true).is_some());
        assert!(key.check(&DIGEST_256, &digest_salt, true).is_none());
        assert!(key.check(&DIGEST_256, &pkcs1[1..], false).is_none());

        let key = PublicKey::from_pem(&pem, Algorithm::RsaPss2048Sha256).expect("a key");
        assert!(key.check(&DIGEST_256, &digest_salt, true).is_some());
        assert!(key.check(&DIGEST_256, &longest_salt, true).is_some());
        assert!(key.check(&DIGEST_256, &pkcs1, true).is_none());
        assert!(key.check(&[0; 32], &digest_salt, true).is_none());

        let key = PublicKey::from_pem(&pem, Algorithm::RsaOaep2048Sha256).expect("a key");
        assert_eq!(key.spki(), spki);
        assert!(key.check(&DIGEST_256, &pkcs1, true).is_none());
    }
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let folder = Folder::new("kinds");
    let (p256, ..) = ec(&folder, "prime256v1", &DIGEST_256);
    let (k256, ..) = ec(&folder, "secp256k1", &DIGEST_256);
    folder.openssl("genrsa -out rsa.pem 2048");
    folder.openssl("rsa -in rsa.pem -pubout -out rsa-public.pem");
    let rsa = folder.text("rsa-public.pem");
    for (pem, algorithm) in [
        (p256.as_str(), Algorithm::EcP384Sha384),
        (p256.as_str(), Algorithm::RsaPss2048Sha256),
        (k256.as_str(), Algorithm::EcP256Sha256),
        (rsa.as_str(), Algorithm::EcP256Sha256),
        (rsa.as_str(), Algorithm::RsaPss3072Sha256),
        (rsa.as_str(), Algorithm::RsaOaep4096Sha256),
        ("", Algorithm::EcP256Sha256),
        (
            "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----",
            Algorithm::EcP256Sha256,
        ),
        (
            "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
            Algorithm::EcP256Sha256,
        ),
    ] {
        let error = PublicKey::from_pem(pem, algorithm).expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
    let error = PublicKey::from_pem(&relabel(&p256, "CERTIFICATE"), Algorithm::EcP256Sha256)
        .expect_err("a label");
    assert!(error.to_string().contains("CERTIFICATE"), "{error}");
    let error = PublicKey::from_pem(&p256, Algorithm::MlDsa44).expect_err("ML-DSA");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
