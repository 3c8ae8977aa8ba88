//! Messages with fixed data keys. tests/service/envelope.rs tests those of a service.

use zeroize::Zeroizing;

use super::decryptor::Decryptor;
use super::encryptor::Encryptor;
use super::{Header, MAX_HEADER_LEN};
use crate::api::KeyLocation;
use crate::error::{Error, ErrorKind, Result};

const DATA_KEY: [u8; 32] = [0x11; 32];
const ASSOCIATED_DATA: &[u8] = b"context";
const SEGMENT_LEN: usize = 64;
const ENCRYPTED_SEGMENT_LEN: usize = SEGMENT_LEN + 16;

fn header() -> Header {
    Header {
        segment_len: SEGMENT_LEN as u32,
        key: KeyLocation {
            region: "fr-par".to_owned(),
            id: "8a83f62f-2b00-4e17-9bef-bc10faef3098".to_owned(),
        },
        encrypted_data_key: b"encrypted".to_vec(),
        salt: [0x22; 32],
    }
}

fn plaintext(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

/// Encrypts in pieces.
fn encrypt(plaintext: &[u8], piece: usize) -> Vec<u8> {
    let mut encryptor = Encryptor::new(&header(), &DATA_KEY, ASSOCIATED_DATA).expect("created");
    let mut message = Vec::new();
    for part in plaintext.chunks(piece) {
        message.extend(encryptor.update(part).expect("encrypted"));
    }
    message.extend(encryptor.finish().expect("the last segment"));
    message
}

/// Decrypts in pieces; the first `start` bytes create the decryptor.
fn decrypt_pieces(message: &[u8], start: usize, piece: usize) -> Result<Vec<u8>> {
    let (start, rest) = message.split_at(start.min(message.len()));
    let mut decryptor = decryptor(start, &DATA_KEY, ASSOCIATED_DATA)?;
    let mut plaintext = Vec::new();
    for part in rest.chunks(piece) {
        plaintext.extend_from_slice(&decryptor.update(part)?);
    }
    plaintext.extend_from_slice(&decryptor.finish()?);
    Ok(plaintext)
}

fn decrypt(message: &[u8]) -> Result<Vec<u8>> {
    decrypt_pieces(message, message.len(), 1)
}

fn decryptor(start: &[u8], data_key: &[u8], associated_data: &[u8]) -> Result<Decryptor> {
    Decryptor::new(start, associated_data, |_| {
        Ok(Zeroizing::new(data_key.to_vec()))
    })
}

fn header_len() -> usize {
    header().encode().expect("a header").len() + 32
}

fn integrity_error<T>(result: Result<T>, what: &str) -> Error {
    let error = result.err().expect(what);
    assert_eq!(error.kind(), ErrorKind::Integrity, "{what}: {error}");
    error
}

#[test]
fn the_pieces_make_no_difference() {
    for len in [0, 1, 63, 64, 65, 127, 128, 129, 1000] {
        let plaintext = plaintext(len);
        let message = encrypt(&plaintext, 1000);
        let segments = len.div_ceil(SEGMENT_LEN).max(1);
        assert_eq!(message.len(), header_len() + len + 16 * segments);
        for piece in [1, 7, 63, 64, 65, 80, 81, 200, 1000] {
            assert_eq!(encrypt(&plaintext, piece), message, "{len} {piece}");
            for start in [header_len(), header_len() + 1, 300, MAX_HEADER_LEN, 2000] {
                let decrypted = decrypt_pieces(&message, start, piece);
                assert_eq!(decrypted.expect("plaintext"), plaintext, "{len} {piece}");
            }
        }
    }
}

#[test]
fn every_modified_byte_is_found() {
    let message = encrypt(&plaintext(150), 150);
    for at in 0..message.len() {
        for mask in [1, 0x80] {
            let mut modified = message.clone();
            modified[at] ^= mask;
            let error = decrypt(&modified).expect_err("a modified byte");
            let expected = match at {
                0..8 => ErrorKind::InvalidArgument,
                8..10 => ErrorKind::Unsupported,
                _ => ErrorKind::Integrity,
            };
            assert_eq!(error.kind(), expected, "{at}: {error}");
        }
    }
}

#[test]
fn every_truncation_is_found() {
    for len in [0, 64, 128, 150] {
        let message = encrypt(&plaintext(len), 150);
        for end in 0..message.len() {
            integrity_error(decrypt(&message[..end]), "a truncated message");
        }
        let longer = [&message[..], &[0]].concat();
        integrity_error(decrypt(&longer), "a longer message");
    }
}

#[test]
fn segments_cannot_be_moved_repeated_or_removed() {
    let message = encrypt(&plaintext(4 * SEGMENT_LEN), 1000);
    let (header, segments) = message.split_at(header_len());
    let segments: Vec<&[u8]> = segments.chunks(ENCRYPTED_SEGMENT_LEN).collect();
    for order in [
        &[1, 0, 2, 3][..],
        &[0, 0, 1, 2, 3],
        &[0, 2, 3],
        &[0, 1, 3],
        &[0, 1, 2],
        &[3],
        &[0, 1, 2, 3, 3],
        &[],
    ] {
        let segments: Vec<&[u8]> = order.iter().map(|i| segments[*i]).collect();
        let message = [header, &segments.concat()].concat();
        integrity_error(decrypt(&message), &format!("{order:?}"));
    }
}

#[test]
fn segments_of_another_message_are_not_accepted() {
    let message = encrypt(&plaintext(100), 100);
    let other = Header {
        salt: [0x23; 32],
        ..header()
    };
    let mut other = Encryptor::new(&other, &DATA_KEY, ASSOCIATED_DATA).expect("created");
    let mut mixed = other.update(b"x").expect("a header");
    mixed.extend_from_slice(&message[header_len()..]);
    let error = integrity_error(decrypt(&mixed), "segments of another message");
    let part = format!("segment 0 at byte {} is not authentic", header_len());
    assert!(error.to_string().contains(&part), "{error}");
}

#[test]
fn an_empty_last_segment_is_not_accepted_after_another() {
    let mut encryptor = Encryptor::new(&header(), &DATA_KEY, ASSOCIATED_DATA).expect("created");
    let mut message = encryptor.update(&plaintext(65)).expect("a segment");
    let rest = encryptor.finish().expect("the last segment");
    assert_eq!(rest.len(), 17);
    message.extend_from_slice(&rest[..16]);
    let error = integrity_error(decrypt(&message), "an empty segment");
    assert!(error.to_string().contains("segment 1"), "{error}");
}

#[test]
fn data_key_and_associated_data_must_be_those_of_the_encryption() {
    let message = encrypt(b"text", 4);
    for (data_key, associated_data) in [
        (&[0x12; 32][..], ASSOCIATED_DATA),
        (&[0x11; 31], ASSOCIATED_DATA),
        (&DATA_KEY, b""),
        (&DATA_KEY, b"context "),
    ] {
        let created = decryptor(&message, data_key, associated_data);
        integrity_error(created, "another data key or associated data");
    }
}

#[test]
fn the_position_of_a_modified_segment_is_reported_and_no_plaintext_is_returned() {
    let mut message = encrypt(&plaintext(1000), 1000);
    let at = header_len() + 3 * ENCRYPTED_SEGMENT_LEN;
    message[at + 5] ^= 1;
    let (start, rest) = message.split_at(header_len());
    let mut decryptor = decryptor(start, &DATA_KEY, ASSOCIATED_DATA).expect("created");
    let mut output = b"before".to_vec();
    let error = integrity_error(decryptor.update_into(rest, &mut output), "modified");
    let part = format!("segment 3 at byte {at} is not authentic");
    assert!(error.to_string().contains(&part), "{error}");
    assert_eq!(output, b"before");
    integrity_error(decryptor.update(&[]), "after a failure");
    integrity_error(decryptor.finish(), "after a failure");
}

/// A hexadecimal value of docs/envelope.md.
fn documented(name: &str) -> Vec<u8> {
    let document = include_str!("../../docs/envelope.md");
    let line = document.lines().find_map(|line| {
        let value = line.strip_prefix(&format!("{name}: "))?;
        Some(value.trim())
    });
    let line = line.expect(name);
    assert!(line.len().is_multiple_of(2), "{name}");
    let byte = |i| u8::from_str_radix(&line[i..i + 2], 16).expect(name);
    (0..line.len()).step_by(2).map(byte).collect()
}

#[test]
fn the_documented_message_is_that_of_the_library() {
    let data_key = documented("data key");
    let header = Header {
        encrypted_data_key: documented("encrypted data key"),
        salt: documented("salt").try_into().expect("32 bytes"),
        ..header()
    };
    let associated_data = documented("associated data");
    let mut encryptor = Encryptor::new(&header, &data_key, &associated_data).expect("created");
    let mut message = encryptor
        .update(&documented("plaintext"))
        .expect("a segment");
    message.extend(encryptor.finish().expect("the last segment"));
    let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(message, documented("message"), "{hex}");
    let text = include_str!("../../docs/envelope.md");
    assert!(text.contains(&format!("{MAX_HEADER_LEN} bytes")));
}
