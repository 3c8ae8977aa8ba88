//! Keys of external origin: import and deletion of key material, and import parameters.

use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use scwkms::{ErrorKind, KeyInfo, Result, WrappingAlgorithm};
use serde_json::json;

use super::{Fixture, encode};
use crate::call_paths::{CallPath, call};
use crate::support::check_error;

const MATERIAL: &[u8] = &[0xa5; 32];
const SALT: &[u8] = b"salt";

fn create(fixture: &Fixture) -> String {
    let key = fixture.create("name=external;algorithm=aes_256_gcm;origin=external");
    let metadata = fixture.key(&key);
    assert_eq!(metadata["origin"], "external");
    assert_eq!(metadata["state"], "pending_key_material");
    key
}

fn import(path: CallPath, fixture: &Fixture, key: &str, salt: &[u8]) -> Result<KeyInfo> {
    call!(
        path,
        fixture.client,
        import_key_material,
        start_import_key_material(key, MATERIAL, salt)
    )
}

fn delete(path: CallPath, fixture: &Fixture, key: &str, index: Option<u32>) -> Result<()> {
    call!(
        path,
        fixture.client,
        delete_key_material,
        start_delete_key_material(key, index)
    )
}

/// A key into which the test has imported the material and the salt without the library.
fn create_twin(fixture: &Fixture) -> String {
    let key = create(fixture);
    let body = json!({"key_material": encode(MATERIAL), "salt": encode(SALT)});
    fixture.post(&key, "import-key-material", body);
    key
}

/// Only a key with the same material and the same salt decrypts. Without a salt, the emulator uses a random
/// one.
#[test]
fn material_is_imported_with_its_salt() {
    let fixture = Fixture::new();
    let twin = create_twin(&fixture);
    for path in CallPath::FORMS {
        for (salt, decrypts) in [(SALT, true), (b"other", false), (b"", false)] {
            let key = create(&fixture);
            let error = fixture.client.encrypt(&key, b"x").expect_err("no material");
            check_error(&error, ErrorKind::KeyState, &[]);
            let info = import(path, &fixture, &key, salt).expect("imported");
            fixture.check_key(&info);
            assert_eq!((info.state.as_str(), info.rotation_count), ("enabled", 1));
            let ciphertext = fixture.client.encrypt(&key, b"x");
            let ciphertext = ciphertext.expect("a ciphertext");
            let decrypted = fixture.client.decrypt(&twin, &ciphertext);
            assert_eq!(decrypted.is_ok(), decrypts, "{salt:?}");
        }
    }
}

#[test]
fn material_is_deleted() {
    let fixture = Fixture::new();
    for path in CallPath::FORMS {
        let key = create_twin(&fixture);
        import(path, &fixture, &key, SALT).expect("a second rotation");
        // Without an index the newest is deleted.
        for index in [None, Some(1)] {
            delete(path, &fixture, &key, index).expect("deleted");
            let deleted = fixture.client.list_rotations(&key).expect("rotations");
            let deleted = deleted.into_iter().filter(|r| r.status == "deleted");
            let indexes: Vec<u32> = deleted.clone().map(|r| r.index).collect();
            assert_eq!(indexes, if index.is_none() { vec![2] } else { vec![1, 2] });
            assert!(deleted.into_iter().all(|r| !r.deleted_at.is_empty()));
        }
        assert_eq!(fixture.key(&key)["state"], "pending_key_material");
        let info = fixture.client.key_info(&key).expect("metadata");
        assert_eq!(info.state, "pending_key_material");
        let error = delete(path, &fixture, &key, None).expect_err("no material");
        check_error(&error, ErrorKind::KeyState, &["delete material of key"]);
    }
}

#[test]
fn only_keys_of_external_origin_have_imported_material() {
    let fixture = Fixture::new();
    let key = fixture.create_symmetric();
    let algorithm = WrappingAlgorithm::RsaOaep2048Sha256;
    for path in CallPath::FORMS {
        let client = &fixture.client;
        let parameters = call!(
            path,
            client,
            import_parameters,
            start_import_parameters(&key, algorithm)
        );
        for error in [
            import(path, &fixture, &key, b"").err(),
            delete(path, &fixture, &key, None).err(),
            parameters.err(),
        ] {
            let error = error.expect("an error");
            check_error(&error, ErrorKind::InvalidArgument, &["external"]);
        }
    }
}

/// The public key is that of RSA with the size in the algorithm's name.
#[test]
fn import_parameters_of_each_wrapping_algorithm() {
    let fixture = Fixture::new();
    let key = create(&fixture);
    for (algorithm, path) in WrappingAlgorithm::ALL
        .into_iter()
        .zip(CallPath::FORMS.into_iter().cycle())
    {
        let client = &fixture.client;
        let parameters = call!(
            path,
            client,
            import_parameters,
            start_import_parameters(&key, algorithm)
        );
        let parameters = parameters.expect("parameters");
        let public = rsa::PublicKey::from_public_key_der(&parameters.public_key);
        let bits = public.expect("an RSA key").size() * 8;
        let name = algorithm.wire_name();
        assert!(name.contains(&format!("_{bits}_")), "{name}: {bits}");
        assert!(!parameters.import_token.is_empty());
    }
}
