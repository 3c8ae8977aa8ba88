//! The data directory: its content, and its protection against misuse and crashes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::openssl;
use crate::support::{Emulator, UNKNOWN_ID, base64, bytes, spawn};

fn start(directory: &Path) -> Emulator {
    Emulator::start(&["--data-dir", directory.to_str().expect("UTF-8")])
}

/// Starts an emulator that must fail. Returns its error message.
fn start_error(directory: &Path) -> String {
    let mut child = spawn(&["--data-dir", directory.to_str().expect("UTF-8")]);
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("its output");
    drop(stdin);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn key_file(directory: &Path, id: &str) -> PathBuf {
    directory.join("keys").join(format!("{id}.json"))
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut stored = serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
    change(&mut stored);
    fs::write(path, stored.to_string()).expect("a written file");
}

#[test]
fn credentials_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("new");
    let ca = |emulator: &Emulator| fs::read(emulator.get("ca_file")).expect("a file");
    let emulator = start(&directory);
    let (ready, certificate) = (emulator.ready.clone(), ca(&emulator));
    assert!(emulator.stop().success());
    let emulator = start(&directory);
    for field in [
        "access_key",
        "secret_key",
        "project_id",
        "organization_id",
        "ca_file",
    ] {
        assert_eq!(emulator.ready[field], ready[field]);
    }
    assert_eq!(ca(&emulator), certificate);
}

/// Signing algorithms, the length of their digests, and the options for openssl if it has the algorithm.
const SIGNING: [(&str, usize, Option<&str>); 8] = [
    ("ec_p256_sha256", 32, Some("")),
    ("ec_p384_sha384", 48, Some("")),
    ("ec_secp256k1_sha256", 32, Some("")),
    ("rsa_pss_2048_sha256", 32, Some(openssl::PSS)),
    ("rsa_pkcs1_2048_sha256", 32, Some("-pkeyopt digest:sha256")),
    ("ml_dsa_44", 32, None),
    ("ml_dsa_65", 32, None),
    ("ml_dsa_87", 32, None),
];

#[test]
fn signing_keys_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let before = SIGNING.map(|(algorithm, length, _)| {
        let id = emulator.create(algorithm);
        let signature = emulator.sign(&id, &vec![4; length]);
        (emulator.key(&id), emulator.pem(&id), signature)
    });
    emulator.stop();
    let emulator = start(folder.path());
    for ((key, pem, signature), (_, length, options)) in before.iter().zip(SIGNING) {
        let id = key["id"].as_str().expect("an id");
        assert_eq!(&emulator.key(id), key);
        assert_eq!(&emulator.pem(id), pem);
        let digest = vec![4; length];
        for signature in [signature, &emulator.sign(id, &digest)] {
            assert!(emulator.verify(id, &digest, signature));
            if let Some(options) = options {
                openssl::verify(pem, &digest, signature, options).expect("a valid signature");
            }
        }
    }
}

#[test]
fn ciphertexts_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let encrypted = [
        ("aes_256_gcm", "encrypt", "decrypt"),
        ("rsa_oaep_2048_sha256", "encrypt", "decrypt"),
        ("ml_kem_768", "wrap", "unwrap"),
        ("ml_kem_1024", "wrap", "unwrap"),
    ]
    .map(|(algorithm, encrypt, decrypt)| {
        let id = emulator.create(algorithm);
        let path = format!("/keys/{id}/{encrypt}");
        let encrypted = emulator.ok(&path, json!({"plaintext": "AAAA"}));
        (id, decrypt, encrypted["ciphertext"].clone())
    });
    let aes = &encrypted[0].0;
    emulator.ok(&format!("/keys/{aes}/rotate"), json!({}));
    emulator.stop();
    let emulator = start(folder.path());
    assert_eq!(emulator.key(aes)["rotation_count"], 2);
    for (id, decrypt, ciphertext) in &encrypted {
        let path = format!("/keys/{id}/{decrypt}");
        let decrypted = emulator.ok(&path, json!({"ciphertext": ciphertext}));
        assert_eq!(decrypted["plaintext"], "AAAA");
    }
}

#[test]
fn attributes_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let id = emulator.create("aes_256_gcm");
    let body = json!({"description": "kept", "tags": ["t"],
                      "rotation_policy": {"rotation_period": "86400s"}});
    let before = emulator
        .send("PATCH", &format!("/keys/{id}"), Some(body))
        .ok();
    emulator.stop();
    assert_eq!(start(folder.path()).key(&id), before);
}

#[test]
fn the_directory_is_private() {
    let folder = tempfile::tempdir().expect("a directory");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let emulator = start(folder.path());
    emulator.create("ec_p256_sha256");
    let mut pending = vec![folder.path().to_owned()];
    let mut files = 0;
    while let Some(path) = pending.pop() {
        let metadata = fs::metadata(&path).expect("metadata");
        let mode = metadata.permissions().mode() & 0o777;
        if metadata.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            let entries = fs::read_dir(&path).expect("a directory");
            pending.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            files += 1;
        }
    }
    // The lock, the credentials, three files for TLS and one key.
    assert_eq!(files, 6);
}

#[test]
fn a_directory_with_other_files_is_not_changed() {
    let folder = tempfile::tempdir().expect("a directory");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::write(folder.path().join("letter"), "dear").expect("a written file");
    let error = start_error(folder.path());
    assert!(
        error.contains("files that are not an emulator's"),
        "{error}"
    );
    let mode = fs::metadata(folder.path())
        .expect("metadata")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
    assert!(start_error(&folder.path().join("letter")).contains("cannot use the directory"));
}

#[test]
fn a_second_emulator_cannot_use_the_directory() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let error = start_error(folder.path());
    assert!(
        error.contains("another emulator uses this directory"),
        "{error}"
    );
    emulator.create("aes_256_gcm");
    emulator.stop();
    start(folder.path());
}

#[test]
fn corrupt_files_are_reported_and_not_changed() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let id = emulator.create("ec_p256_sha256");
    emulator.stop();
    let key = key_file(folder.path(), &id);
    for path in [
        key.clone(),
        folder.path().join("identity.json"),
        folder.path().join("ca.pem"),
        folder.path().join("server.pem"),
        folder.path().join("server-key.pem"),
    ] {
        let good = fs::read(&path).expect("a file");
        for bad in [&good[..good.len() / 2], b"", b"{}"] {
            fs::write(&path, bad).expect("a written file");
            let error = start_error(folder.path());
            assert!(error.contains(path.to_str().expect("UTF-8")), "{error}");
            assert!(error.contains("corrupt"), "{error}");
            assert_eq!(fs::read(&path).expect("a file"), bad);
        }
        fs::write(&path, good).expect("a written file");
    }
    let good = fs::read(&key).expect("a file");
    let damage: [fn(&mut Value); 4] = [
        |stored| stored["format"] = json!(2),
        |stored| stored["content"]["extra"] = json!(1),
        |stored| stored["content"]["algorithm"] = json!("des"),
        |stored| stored["content"]["rotations"][0]["material"]["secret"] = json!("AAAA"),
    ];
    for damage in damage {
        edit(&key, damage);
        let error = start_error(folder.path());
        assert!(error.contains("corrupt"), "{error}");
        fs::write(&key, &good).expect("a written file");
    }
    let other = key_file(folder.path(), UNKNOWN_ID);
    fs::rename(&key, &other).expect("a renamed file");
    assert!(start_error(folder.path()).contains(&format!("it contains key {id}")));
    fs::rename(&other, &key).expect("a renamed file");
    start(folder.path()).sign(&id, &[1; 32]);
}

#[test]
fn files_of_unfinished_writes_are_removed() {
    let folder = tempfile::tempdir().expect("a directory");
    start(folder.path()).stop();
    let unfinished = [
        folder.path().join("keys").join("x.tmp"),
        folder.path().join("y.tmp"),
    ];
    for path in &unfinished {
        fs::write(path, "{").expect("a written file");
    }
    let _emulator = start(folder.path());
    assert!(unfinished.iter().all(|path| !path.exists()));
}

#[test]
fn a_deleted_key_is_removed_after_seven_days() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let (old, recent) = (
        emulator.create("aes_256_gcm"),
        emulator.create("aes_256_gcm"),
    );
    emulator.stop();
    let ago = |hours: i64| {
        let now = jiff::Timestamp::now();
        let at = now.checked_sub(jiff::SignedDuration::from_hours(hours));
        json!(at.expect("a time").to_string())
    };
    for (id, hours) in [(&old, 7 * 24 + 1), (&recent, 7 * 24 - 1)] {
        edit(&key_file(folder.path(), id), |stored| {
            stored["content"]["deletion_requested_at"] = ago(hours);
        });
    }
    let emulator = start(folder.path());
    let project = emulator.get("project_id");
    let path = format!("/keys?project_id={project}&scheduled_for_deletion=true");
    assert_eq!(emulator.send("GET", &path, None).ok()["total_count"], 1);
    for method in ["GET", "DELETE"] {
        assert_eq!(
            emulator.send(method, &format!("/keys/{old}"), None).status,
            404
        );
    }
    assert!(!key_file(folder.path(), &old).exists());
    let restored = emulator.ok(&format!("/keys/{recent}/restore"), json!({}));
    assert_eq!(restored["state"], "enabled");
}

#[test]
fn a_rotation_policy_rotates_its_key() {
    let folder = tempfile::tempdir().expect("a directory");
    let emulator = start(folder.path());
    let policy = json!({"rotation_policy": {"rotation_period": "172800s"}});
    let key = emulator.ok("/keys", emulator.new_key("aes_256_gcm", policy));
    let id = key["id"].as_str().expect("an id");
    let encrypt = format!("/keys/{id}/encrypt");
    let old = emulator.ok(&encrypt, json!({"plaintext": "AAAA"}))["ciphertext"].clone();
    emulator.stop();
    edit(&key_file(folder.path(), id), |stored| {
        stored["content"]["rotation_policy"]["next"] = json!("2026-01-01T00:00:00Z");
    });
    let emulator = start(folder.path());
    let new = bytes(&emulator.ok(&encrypt, json!({"plaintext": "AAAA"}))["ciphertext"]);
    assert_eq!(new[..5], [1, 0, 0, 0, 2]);
    let rotated = emulator.key(id);
    assert_eq!(rotated["rotation_count"], 2);
    let next = rotated["rotation_policy"]["next_rotation_at"].as_str();
    assert!(next > rotated["rotated_at"].as_str());
    let rotations = emulator
        .send("GET", &format!("/keys/{id}/rotations"), None)
        .ok();
    assert_eq!(rotations["rotations"][1]["manually_rotated"], false);
    let opened = emulator.ok(&format!("/keys/{id}/decrypt"), json!({"ciphertext": old}));
    assert_eq!(opened["plaintext"], "AAAA");
    assert_ne!(opened["ciphertext"], json!(base64(&new)));
}
