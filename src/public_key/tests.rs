//! Keys and signatures of OpenSSL. Each test run makes new ones.

use super::*;

#[path = "../../tests/rust/temp_dir.rs"]
mod temp_dir;
#[path = "../../tests/rust/verify.rs"]
mod verify;

use temp_dir::TempDir;

const DIGEST_256: [u8; 32] = [0x42; 32];
const DIGEST_384: [u8; 48] = [0x42; 48];

/// The output of an openssl command.
fn pem(dir: &TempDir, arguments: &str) -> String {
    String::from_utf8(dir.openssl(arguments)).expect("PEM")
}

fn relabel(pem: &str, label: &str) -> String {
    pem.replace("PUBLIC KEY", label)
}

/// Whether a signature in its standard encoding is valid. The library, aws-lc and RustCrypto must
/// agree.
pub(super) fn verifies(key: &PublicKey, digest: &[u8], signature: &[u8]) -> bool {
    let valid = key.check(digest, signature, true).is_some();
    let independent = verify::is_valid(key.algorithm, key.spki(), digest, signature);
    assert_eq!(valid, independent, "{signature:02x?}");
    valid
}

/// An EC key and a signature.
struct Ecdsa {
    algorithm: Algorithm,
    pem: String,
    spki: Vec<u8>,
    digest: &'static [u8],
    signature: Vec<u8>,
}

impl Ecdsa {
    fn p256() -> Self {
        Self::new("prime256v1", Algorithm::EcP256Sha256, &DIGEST_256)
    }

    fn p384() -> Self {
        Self::new("secp384r1", Algorithm::EcP384Sha384, &DIGEST_384)
    }

    fn new(curve: &str, algorithm: Algorithm, digest: &'static [u8]) -> Self {
        let dir = TempDir::new();
        dir.openssl(&format!(
            "ecparam -name {curve} -genkey -noout -out key.pem"
        ));
        dir.write("digest", digest);
        Self {
            algorithm,
            pem: pem(&dir, "ec -in key.pem -pubout"),
            spki: dir.openssl("ec -in key.pem -pubout -outform DER"),
            digest,
            signature: dir.openssl("pkeyutl -sign -inkey key.pem -in digest"),
        }
    }

    fn key(&self) -> PublicKey {
        PublicKey::from_pem(&self.pem, self.algorithm).expect("a key")
    }

    /// The number of bytes of r and of s.
    fn width(&self) -> usize {
        self.algorithm.bits() as usize / 8
    }

    /// r and s.
    fn numbers(&self) -> (Vec<u8>, Vec<u8>) {
        let parsed = EcdsaSignature::from_der(&self.signature).expect("DER");
        (parsed.r.as_bytes().to_vec(), parsed.s.as_bytes().to_vec())
    }
}

#[test]
fn the_label_of_a_pem_does_not_matter() {
    for ecdsa in [Ecdsa::p256(), Ecdsa::p384()] {
        for label in LABELS {
            let pem = relabel(&ecdsa.pem, label);
            let key = PublicKey::from_pem(&pem, ecdsa.algorithm).expect(label);
            assert_eq!(key.spki(), ecdsa.spki, "{label}");
            assert!(verifies(&key, ecdsa.digest, &ecdsa.signature), "{label}");
        }
    }
}

#[test]
fn ecdsa_signatures_are_normalised_to_der() {
    for ecdsa in [Ecdsa::p256(), Ecdsa::p384()] {
        let (key, digest, width) = (ecdsa.key(), ecdsa.digest, ecdsa.width());
        let (r, s) = ecdsa.numbers();
        let mut fixed = vec![0; 2 * width];
        fixed[width - r.len()..width].copy_from_slice(&r);
        fixed[2 * width - s.len()..].copy_from_slice(&s);
        for signature in [&ecdsa.signature, &fixed] {
            for verify in [true, false] {
                let normalised = key.check(digest, signature, verify);
                assert_eq!(normalised.as_ref(), Some(&ecdsa.signature));
            }
        }
    }
}

#[test]
fn changed_ecdsa_signatures_are_invalid() {
    for ecdsa in [Ecdsa::p256(), Ecdsa::p384()] {
        let key = ecdsa.key();
        let mut other_digest = ecdsa.digest.to_vec();
        other_digest[0] ^= 1;
        assert!(!verifies(&key, &other_digest, &ecdsa.signature));
        for i in 0..ecdsa.signature.len() {
            let mut flipped = ecdsa.signature.clone();
            flipped[i] ^= 1;
            assert!(!verifies(&key, ecdsa.digest, &flipped), "byte {i}");
        }
    }
}

/// These are rejected also without verification.
#[test]
fn malformed_ecdsa_signatures_are_invalid() {
    for ecdsa in [Ecdsa::p256(), Ecdsa::p384()] {
        let (key, width) = (ecdsa.key(), ecdsa.width());
        let signature = &ecdsa.signature;
        let longer = [signature, &[0][..]].concat();
        let shorter = &signature[..signature.len() - 1];
        let zeros = vec![0; 2 * width];
        for malformed in [&signature[1..], shorter, &longer, &zeros, &[]] {
            assert_eq!(key.check(ecdsa.digest, malformed, false), None);
        }
        // Numbers that no signature can have.
        let (r, s) = ecdsa.numbers();
        let wide = vec![0x7f; width + 1];
        for (r, s) in [(&[0][..], &s[..]), (&r, &[0]), (&wide, &s), (&r, &wide)] {
            let (r, s) = (UintRef::new(r).expect("r"), UintRef::new(s).expect("s"));
            let der = EcdsaSignature { r, s }.to_der().expect("DER");
            let normalised = key.check(ecdsa.digest, &der, false);
            assert_eq!(normalised, None, "{r:?} {s:?}");
        }
    }
}

/// An RSA key and its signatures of [`DIGEST_256`].
struct Rsa {
    spki: Vec<u8>,
    /// The public key as SubjectPublicKeyInfo and as RSAPublicKey.
    pems: [String; 3],
    pkcs1: Vec<u8>,
    pss_with_digest_salt: Vec<u8>,
    pss_with_longest_salt: Vec<u8>,
}

impl Rsa {
    fn new() -> Self {
        let dir = TempDir::new();
        dir.openssl("genrsa -out key.pem 2048");
        dir.write("digest", &DIGEST_256);
        let sign = |options: &str| {
            dir.openssl(&format!(
                "pkeyutl -sign -inkey key.pem -in digest -pkeyopt digest:sha256 {options}"
            ))
        };
        let pss = "-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:";
        let spki = pem(&dir, "rsa -in key.pem -pubout");
        Self {
            spki: dir.openssl("rsa -in key.pem -pubout -outform DER"),
            pems: [
                relabel(&spki, "RSA PUBLIC KEY"),
                spki,
                pem(&dir, "rsa -in key.pem -RSAPublicKey_out"),
            ],
            pkcs1: sign(""),
            pss_with_digest_salt: sign(&format!("{pss}digest")),
            pss_with_longest_salt: sign(&format!("{pss}max")),
        }
    }
}

#[test]
fn rsa_signatures_are_verified() {
    let rsa = Rsa::new();
    for pem in &rsa.pems {
        let key = PublicKey::from_pem(pem, Algorithm::RsaPkcs1_2048Sha256).expect("a key");
        assert_eq!(key.spki(), rsa.spki);
        assert!(verifies(&key, &DIGEST_256, &rsa.pkcs1));
        assert!(!verifies(&key, &DIGEST_256, &rsa.pss_with_digest_salt));
        assert_eq!(key.check(&DIGEST_256, &rsa.pkcs1[1..], false), None);

        let key = PublicKey::from_pem(pem, Algorithm::RsaPss2048Sha256).expect("a key");
        assert!(verifies(&key, &DIGEST_256, &rsa.pss_with_digest_salt));
        assert!(verifies(&key, &DIGEST_256, &rsa.pss_with_longest_salt));
        assert!(!verifies(&key, &DIGEST_256, &rsa.pkcs1));
        assert!(!verifies(&key, &[0; 32], &rsa.pss_with_digest_salt));

        let key = PublicKey::from_pem(pem, Algorithm::RsaOaep2048Sha256).expect("a key");
        assert_eq!(key.spki(), rsa.spki);
        assert_eq!(key.check(&DIGEST_256, &rsa.pkcs1, true), None);
    }
}

#[test]
fn keys_of_another_type_or_size_are_rejected() {
    let p256 = Ecdsa::p256().pem;
    let k256 = Ecdsa::new("secp256k1", Algorithm::EcP256Sha256, &DIGEST_256).pem;
    let [_, rsa, _] = Rsa::new().pems;
    for (pem, algorithm) in [
        (p256.as_str(), Algorithm::EcP384Sha384),
        (p256.as_str(), Algorithm::RsaPss2048Sha256),
        (k256.as_str(), Algorithm::EcP256Sha256),
        (rsa.as_str(), Algorithm::EcP256Sha256),
        (rsa.as_str(), Algorithm::RsaPss3072Sha256),
        (rsa.as_str(), Algorithm::RsaOaep4096Sha256),
        (p256.as_str(), Algorithm::MlDsa44),
    ] {
        let error = PublicKey::from_pem(pem, algorithm).expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
    let error = PublicKey::from_pem(&p256, Algorithm::MlKem768).expect_err("ML-KEM");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn malformed_pems_are_rejected() {
    for pem in [
        "",
        "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
    ] {
        let error = PublicKey::from_pem(pem, Algorithm::EcP256Sha256).expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
    let pem = relabel(&Ecdsa::p256().pem, "CERTIFICATE");
    let error = PublicKey::from_pem(&pem, Algorithm::EcP256Sha256).expect_err("a label");
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    assert!(error.to_string().contains("CERTIFICATE"), "{error}");
}
