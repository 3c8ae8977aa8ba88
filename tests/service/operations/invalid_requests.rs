//! Requests that cannot succeed are not sent.

use scwkms::{Algorithm, ErrorKind, KeyUpdate, Result};

use super::Fixture;
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

/// A client that has loaded a key of each usage.
struct Keys {
    fixture: Fixture,
    signing: String,
    rsa: String,
    symmetric: String,
    kem: String,
}

impl Keys {
    fn new() -> Self {
        let fixture = Fixture::new();
        let create = |algorithm: &str| {
            let key = fixture.create(&format!("name={algorithm};algorithm={algorithm}"));
            fixture.client.key_info(&key).expect("metadata");
            key
        };
        let signing = create("ec_p256_sha256");
        let rsa = create("rsa_oaep_2048_sha256");
        let symmetric = create("aes_256_gcm");
        let kem = create("ml_kem_768");
        fixture.emulator.reset_requests();
        Self {
            fixture,
            signing,
            rsa,
            symmetric,
            kem,
        }
    }

    /// Checks the error of a call, and that no request was sent.
    fn check<T>(&self, result: Result<T>, kind: ErrorKind, part: &str) {
        let error = result.err().expect(part);
        check_error(&error, kind, &[part]);
        assert_eq!(self.fixture.emulator.requests(), 0, "{error}");
    }
}

#[test]
fn a_key_of_another_usage() {
    let keys = Keys::new();
    let (client, kind) = (&keys.fixture.client, ErrorKind::Unsupported);
    for path in CallPath::FORMS {
        for key in [&keys.rsa, &keys.symmetric, &keys.kem] {
            let result = call!(
                path,
                client,
                verify,
                start_verify(key, None, &[0; 32], b"x")
            );
            keys.check(result, kind, "cannot verify");
            let result = call!(
                path,
                client,
                verify_by_service,
                start_verify_by_service(key, None, &[0; 32], b"x")
            );
            keys.check(result, kind, "cannot verify");
        }
        for key in [&keys.signing, &keys.rsa, &keys.kem] {
            let result = call!(
                path,
                client,
                generate_data_key,
                start_generate_data_key(key, true)
            );
            keys.check(result, kind, "cannot generate data keys");
        }
        for key in [&keys.signing, &keys.rsa, &keys.symmetric] {
            let result = call!(path, client, wrap, start_wrap(key, b"x", b""));
            keys.check(result, kind, "cannot wrap");
            let result = call!(path, client, unwrap, start_unwrap(key, b"x", b""));
            keys.check(result, kind, "cannot unwrap");
        }
    }
}

#[test]
fn an_algorithm_other_than_expected() {
    let keys = Keys::new();
    let (client, key) = (&keys.fixture.client, keys.signing.as_str());
    let other = Some(Algorithm::EcP384Sha384);
    for path in CallPath::FORMS {
        let part = "the key is ec_p256_sha256, but a signature by ec_p384_sha384";
        let result = call!(
            path,
            client,
            verify,
            start_verify(key, other, &[0; 48], b"x")
        );
        keys.check(result, ErrorKind::Unsupported, part);
        let result = call!(
            path,
            client,
            verify_by_service,
            start_verify_by_service(key, other, &[0; 48], b"x")
        );
        keys.check(result, ErrorKind::Unsupported, part);
    }
}

#[test]
fn a_digest_or_signature_of_a_wrong_length() {
    let keys = Keys::new();
    let (client, key) = (&keys.fixture.client, keys.signing.as_str());
    let kind = ErrorKind::InvalidArgument;
    for path in CallPath::FORMS {
        for len in [0, 31, 33, 48, 49] {
            let (digest, part) = (vec![0; len], format!("the digest has {len} bytes"));
            let result = call!(path, client, verify, start_verify(key, None, &digest, b"x"));
            keys.check(result, kind, &part);
            let result = call!(
                path,
                client,
                verify_by_service,
                start_verify_by_service(key, None, &digest, b"x")
            );
            keys.check(result, kind, &part);
        }
        let long = vec![0; 8193];
        let result = call!(
            path,
            client,
            verify,
            start_verify(key, None, &[0; 32], &long)
        );
        keys.check(result, kind, "the signature has 8193 bytes");
    }
}

#[test]
fn associated_data_with_an_rsa_key() {
    let keys = Keys::new();
    let (client, key) = (&keys.fixture.client, keys.rsa.as_str());
    let part = "only symmetric keys accept associated data";
    for path in CallPath::FORMS {
        let result = call!(
            path,
            client,
            encrypt_with_associated_data,
            start_encrypt_with_associated_data(key, b"x", b"associated")
        );
        keys.check(result, ErrorKind::Unsupported, part);
        let result = call!(
            path,
            client,
            decrypt_with_associated_data,
            start_decrypt_with_associated_data(key, &[0; 256], b"associated")
        );
        keys.check(result, ErrorKind::Unsupported, part);
    }
}

#[test]
fn a_plaintext_or_ciphertext_of_a_wrong_length() {
    let keys = Keys::new();
    let (client, kind) = (&keys.fixture.client, ErrorKind::InvalidArgument);
    for path in CallPath::FORMS {
        for (key, len) in [
            (&keys.symmetric, 0),
            (&keys.symmetric, 65_536),
            (&keys.rsa, 191),
        ] {
            let plaintext = vec![0; len];
            let result = call!(
                path,
                client,
                encrypt_with_associated_data,
                start_encrypt_with_associated_data(key, &plaintext, b"")
            );
            keys.check(result, kind, &format!("the plaintext has {len} bytes"));
        }
        for (key, len) in [
            (&keys.symmetric, 0),
            (&keys.symmetric, 131_072),
            (&keys.rsa, 255),
        ] {
            let ciphertext = vec![0; len];
            let result = call!(
                path,
                client,
                decrypt_with_associated_data,
                start_decrypt_with_associated_data(key, &ciphertext, b"")
            );
            keys.check(result, kind, &format!("the ciphertext has {len} bytes"));
        }
        for len in [0, 2049] {
            let plaintext = vec![0; len];
            let result = call!(path, client, wrap, start_wrap(&keys.kem, &plaintext, b""));
            keys.check(result, kind, &format!("the plaintext has {len} bytes"));
        }
        for len in [0, 4097] {
            let ciphertext = vec![0; len];
            let result = call!(
                path,
                client,
                unwrap,
                start_unwrap(&keys.kem, &ciphertext, b"")
            );
            keys.check(result, kind, &format!("the ciphertext has {len} bytes"));
        }
    }
}

#[test]
fn an_update_that_cannot_succeed() {
    let keys = Keys::new();
    let (client, key) = (&keys.fixture.client, keys.symmetric.as_str());
    let none = KeyUpdate::default;
    let name = |name: &str| KeyUpdate {
        name: Some(name.to_owned()),
        ..none()
    };
    let id = name(key);
    let short = KeyUpdate {
        rotation_period: Some(86_399),
        ..none()
    };
    let time_only = KeyUpdate {
        next_rotation_at: Some("2100-01-01T00:00:00Z".to_owned()),
        ..none()
    };
    for (update, part) in [
        (none(), "the update changes nothing"),
        (name(""), "the new name is empty"),
        (id, "is a key's id, not a name"),
        (short, "86400"),
        (time_only, "needs a rotation period"),
    ] {
        for path in CallPath::FORMS {
            let result = call!(path, client, update_key, start_update_key(key, &update));
            keys.check(result, ErrorKind::InvalidArgument, part);
        }
    }
}

#[test]
fn key_material_of_a_wrong_length() {
    let keys = Keys::new();
    let (client, key) = (&keys.fixture.client, keys.symmetric.as_str());
    let long = vec![0; 65_536];
    for path in CallPath::FORMS {
        for (material, salt, part) in [
            (&b""[..], &b""[..], "the key material is empty"),
            (&long, b"", "the key material has 65536 bytes"),
            (b"x", &long, "the salt has 65536 bytes"),
        ] {
            let result = call!(
                path,
                client,
                import_key_material,
                start_import_key_material(key, material, salt)
            );
            keys.check(result, ErrorKind::InvalidArgument, part);
        }
    }
}

#[test]
fn a_creation_with_a_short_rotation_period_or_an_unknown_origin() {
    let keys = Keys::new();
    for (parameter, part) in [
        ("rotation-period=23h", "86400"),
        ("rotation-period=86399s", "86400"),
        ("origin=mine", "neither scaleway_kms nor external"),
    ] {
        let uri = format!("scwkms:name=k;algorithm=aes_256_gcm;{parameter}");
        let result = keys.fixture.client.create_key(&uri, None, None);
        keys.check(result, ErrorKind::InvalidArgument, part);
    }
}
