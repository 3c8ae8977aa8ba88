//! Envelope encryption with data keys of the service.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use scwkms::{
    Algorithm, Client, DataKeyCache, DataKeyLimits, Error, ErrorKind, MAX_ENVELOPE_HEADER_LEN,
};
use serde_json::json;

use crate::emulator::Emulator;
use crate::support::check_error;

const ASSOCIATED_DATA: &[u8] = b"backup 7";

struct Fixture {
    emulator: Emulator,
    client: Arc<Client>,
    key: String,
}

impl Fixture {
    fn new() -> Self {
        let emulator = Emulator::start();
        let client = Arc::new(emulator.client());
        let key = create(&client, Algorithm::Aes256Gcm);
        // Loads the key's metadata.
        client.generate_data_key(&key, false).expect("a data key");
        emulator.reset_requests();
        Self {
            emulator,
            client,
            key,
        }
    }

    fn encrypt(&self, plaintext: &[u8]) -> Vec<u8> {
        self.client
            .encrypt_envelope(&self.key, plaintext, ASSOCIATED_DATA)
            .expect("a message")
    }

    fn cache(&self, limits: DataKeyLimits) -> DataKeyCache {
        DataKeyCache::new(Arc::clone(&self.client), limits)
    }

    fn encrypt_with(&self, cache: &DataKeyCache, plaintext: &[u8]) -> Vec<u8> {
        let mut encryptor = cache
            .encryptor(&self.key, ASSOCIATED_DATA)
            .expect("an encryptor");
        let mut message = encryptor.update(plaintext).expect("a part");
        message.extend(encryptor.finish().expect("the end"));
        message
    }
}

fn create(client: &Client, algorithm: Algorithm) -> String {
    let created = client.create_key("scwkms:name=data", Some(algorithm), None);
    created.expect("a key").uri
}

fn plaintext(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7) as u8).collect()
}

#[test]
fn a_message_is_decrypted_and_each_direction_sends_one_request() {
    let fixture = Fixture::new();
    for len in [0, 1, 65_535, 65_536, 65_537, 1_000_000] {
        let plaintext = plaintext(len);
        fixture.emulator.reset_requests();
        let message = fixture.encrypt(&plaintext);
        assert_eq!(fixture.emulator.requests(), 1);
        for expected_key in [None, Some(fixture.key.as_str())] {
            fixture.emulator.reset_requests();
            let decrypted =
                fixture
                    .client
                    .decrypt_envelope(expected_key, &message, ASSOCIATED_DATA);
            assert_eq!(*decrypted.expect("plaintext"), plaintext, "{len}");
            assert_eq!(fixture.emulator.requests(), 1);
        }
    }
}

#[test]
fn another_client_decrypts_after_a_rotation_of_the_key() {
    let fixture = Fixture::new();
    let message = fixture.encrypt(b"text");
    fixture.client.rotate_key(&fixture.key).expect("a rotation");
    let client = fixture.emulator.client();
    let decrypted = client.decrypt_envelope(None, &message, ASSOCIATED_DATA);
    assert_eq!(decrypted.expect("plaintext").as_slice(), b"text");
}

#[test]
fn streams_encrypt_and_decrypt() {
    let fixture = Fixture::new();
    let plaintext = plaintext(300_000);
    let mut writer = fixture
        .client
        .encrypting_writer(&fixture.key, ASSOCIATED_DATA, Vec::new())
        .expect("a writer");
    for part in plaintext.chunks(70_001) {
        writer.write_all(part).expect("written");
        writer.flush().expect("flushed");
    }
    let message = writer.finish().expect("a message");
    let read = |message: &[u8]| {
        let mut plaintext = Vec::new();
        let mut reader =
            fixture
                .client
                .decrypting_reader(None, ASSOCIATED_DATA, OneByteFirst(message))?;
        reader.read_to_end(&mut plaintext).map(|_| plaintext)
    };
    assert_eq!(read(&message).expect("plaintext"), plaintext);
    for len in [0, 50, message.len() - 65_552, message.len() - 1] {
        let error = read(&message[..len]).expect_err("a truncated message");
        let error = error.downcast::<Error>().expect("an error of the library");
        check_error(&error, ErrorKind::Integrity, &["truncated"]);
    }
}

/// Returns few bytes at a time.
struct OneByteFirst<'a>(&'a [u8]);

impl Read for OneByteFirst<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = if self.0.len().is_multiple_of(2) {
            1
        } else {
            50_000
        };
        let len = len.min(buffer.len());
        self.0.read(&mut buffer[..len])
    }
}

#[test]
fn the_expected_key_is_compared_before_a_request() {
    let fixture = Fixture::new();
    let message = fixture.encrypt(b"text");
    let id = fixture.client.key_info(&fixture.key).expect("metadata").id;
    let other = "8a83f62f-2b00-4e17-9bef-bc10faef3098";
    fixture.emulator.reset_requests();
    for expected in [other.to_owned(), format!("nl-ams/{id}")] {
        let result = fixture
            .client
            .decrypt_envelope(Some(&expected), &message, ASSOCIATED_DATA);
        let error = result.expect_err("another key");
        let part = format!("was encrypted with key {id} in fr-par, not with");
        check_error(&error, ErrorKind::Integrity, &[&part]);
    }
    assert_eq!(fixture.emulator.requests(), 0);
    let named =
        fixture
            .client
            .decrypt_envelope(Some("scwkms:name=data"), &message, ASSOCIATED_DATA);
    assert_eq!(named.expect("plaintext").as_slice(), b"text");
}

#[test]
fn asymmetric_keys_are_not_accepted() {
    let fixture = Fixture::new();
    let rsa = create(&fixture.client, Algorithm::RsaOaep2048Sha256);
    let result = fixture.client.encryptor(&rsa, b"");
    check_error(&result.err().expect("RSA"), ErrorKind::Unsupported, &[]);
    // A message whose data key was encrypted with the public key.
    let id = fixture.client.key_info(&rsa).expect("metadata").id;
    let mut message = fixture.encrypt(b"text");
    let id = u128::from_str_radix(&id.replace('-', ""), 16).expect("a UUID");
    message[14..30].copy_from_slice(&id.to_be_bytes());
    let data_key = fixture.client.encrypt(&rsa, &[1; 32]).expect("encrypted");
    let len = usize::from(u16::from_be_bytes([message[37], message[38]]));
    let len_bytes = (data_key.len() as u16).to_be_bytes();
    message.splice(37..39 + len, [&len_bytes[..], &data_key].concat());
    let result = fixture
        .client
        .decrypt_envelope(None, &message, ASSOCIATED_DATA);
    let part = "cannot decrypt data keys";
    check_error(&result.expect_err("RSA"), ErrorKind::Unsupported, &[part]);
}

#[test]
fn modified_messages_are_integrity_errors() {
    let fixture = Fixture::new();
    let message = fixture.encrypt(&plaintext(1000));
    let (len, data_key) = (message.len(), 39);
    for at in [data_key, data_key + 20, data_key + 50, 200, len - 1] {
        let mut modified = message.clone();
        modified[at] ^= 1;
        let result = fixture
            .client
            .decrypt_envelope(None, &modified, ASSOCIATED_DATA);
        let error = result.expect_err("a modified message");
        assert_eq!(error.kind(), ErrorKind::Integrity, "{at}: {error}");
    }
    let result = fixture.client.decrypt_envelope(None, &message, b"backup 8");
    let part = "the associated data is not that of the encryption";
    check_error(&result.expect_err(part), ErrorKind::Integrity, &[part]);
}

#[test]
fn other_data_is_rejected_without_a_request() {
    let fixture = Fixture::new();
    for data in [&b"text"[..], &[0; MAX_ENVELOPE_HEADER_LEN]] {
        let result = fixture.client.decrypt_envelope(None, data, b"");
        let part = "is not a message of envelope encryption";
        check_error(
            &result.expect_err(part),
            ErrorKind::InvalidArgument,
            &[part],
        );
    }
    let start = &fixture.encrypt(b"text")[..100];
    fixture.emulator.reset_requests();
    let result = fixture.client.decryptor(None, ASSOCIATED_DATA, start);
    let part = "ends at byte 100, within its header";
    check_error(&result.err().expect(part), ErrorKind::Integrity, &[part]);
    assert_eq!(fixture.emulator.requests(), 0);
}

#[test]
fn a_fault_of_the_service_is_the_error_of_the_start() {
    let fixture = Fixture::new();
    let message = fixture.encrypt(b"text");
    fixture
        .emulator
        .permanent_fault("*", json!({"kind": "status", "status": 403}));
    let error = fixture.client.encryptor(&fixture.key, b"").err();
    check_error(&error.expect("403"), ErrorKind::PermissionDenied, &[]);
    let error = fixture.client.decryptor(None, ASSOCIATED_DATA, &message);
    let part = "decrypt a message: decrypt a data key with key";
    check_error(
        &error.err().expect("403"),
        ErrorKind::PermissionDenied,
        &[part],
    );
}

#[test]
fn a_cache_sends_one_request_within_its_limits() {
    let fixture = Fixture::new();
    let cache = fixture.cache(DataKeyLimits::default());
    let messages: Vec<_> = (0..10)
        .map(|i| fixture.encrypt_with(&cache, &plaintext(i * 10_000)))
        .collect();
    assert_eq!(fixture.emulator.requests(), 1);
    let other = fixture.cache(DataKeyLimits::default());
    for (i, message) in messages.iter().enumerate() {
        let (start, rest) = message.split_at(MAX_ENVELOPE_HEADER_LEN.min(message.len()));
        let mut decryptor = other
            .decryptor(Some(&fixture.key), ASSOCIATED_DATA, start)
            .expect("a decryptor");
        let mut decrypted = decryptor.update(rest).expect("a part").to_vec();
        decrypted.extend_from_slice(&decryptor.finish().expect("the end"));
        assert_eq!(decrypted, plaintext(i * 10_000));
    }
    assert_eq!(fixture.emulator.requests(), 2);
    let direct = fixture
        .client
        .decrypt_envelope(None, &messages[1], ASSOCIATED_DATA);
    assert_eq!(*direct.expect("plaintext"), plaintext(10_000));
}

#[test]
fn each_limit_of_a_cache_ends_the_use_of_a_data_key() {
    let fixture = Fixture::new();
    let limits = DataKeyLimits::default();
    for (limits, requests) in [
        (
            DataKeyLimits {
                max_messages: 2,
                ..limits
            },
            3,
        ),
        (
            DataKeyLimits {
                max_bytes: 2000,
                ..limits
            },
            3,
        ),
        (
            DataKeyLimits {
                max_age: Duration::ZERO,
                ..limits
            },
            6,
        ),
    ] {
        let cache = fixture.cache(limits);
        fixture.emulator.reset_requests();
        for _ in 0..6 {
            fixture.encrypt_with(&cache, &plaintext(1000));
        }
        assert_eq!(fixture.emulator.requests(), requests, "{limits:?}");
    }
}

#[test]
fn a_cache_of_a_closed_client_creates_nothing() {
    let fixture = Fixture::new();
    let cache = fixture.cache(DataKeyLimits::default());
    let message = fixture.encrypt_with(&cache, b"text");
    fixture.client.close();
    let error = cache.encryptor(&fixture.key, b"").err();
    check_error(&error.expect("closed"), ErrorKind::InvalidHandle, &[]);
    let error = cache.decryptor(None, ASSOCIATED_DATA, &message).err();
    check_error(&error.expect("closed"), ErrorKind::InvalidHandle, &[]);
}
