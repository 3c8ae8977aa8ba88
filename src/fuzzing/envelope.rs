//! Messages of envelope encryption with a fixed data key.

use zeroize::Zeroizing;

use super::support::{check_error, trip};
use crate::envelope::{Decryptor, Encryptor, Header};
use crate::error::{ErrorKind, Result};

/// The data key of the seeds.
const DATA_KEY: [u8; 32] = [0x11; 32];
const ASSOCIATED_DATA: &[u8] = b"context";

/// A byte for the length of the pieces, and a message. The pieces make no difference to the result. An accepted message is
/// the only one of its header and plaintext: encrypted again, the plaintext gives the message. It is not accepted with other
/// associated data.
pub fn envelope(data: &[u8]) {
    trip(data);
    let Some((piece, message)) = data.split_first() else {
        return;
    };
    let piece = usize::from(*piece).max(1);
    let mut header = None;
    let whole = decrypt(message, message.len().max(1), ASSOCIATED_DATA, &mut header);
    let in_pieces = decrypt(message, piece, ASSOCIATED_DATA, &mut None);
    match (whole, in_pieces) {
        (Ok(plaintext), Ok(other)) => {
            assert_eq!(plaintext, other);
            let header = header.expect("a header");
            assert_eq!(encrypt(&header, &plaintext, piece), message);
            let other = decrypt(message, piece, b"other", &mut None);
            let kind = other.map_err(|e| e.kind()).err();
            assert_eq!(kind, Some(ErrorKind::Integrity));
        }
        (Err(e), Err(other)) => {
            check_error(&e);
            assert_eq!(e.to_string(), other.to_string());
            assert!(matches!(
                e.kind(),
                ErrorKind::Integrity | ErrorKind::InvalidArgument | ErrorKind::Unsupported
            ));
        }
        (whole, in_pieces) => panic!("{} {}", whole.is_ok(), in_pieces.is_ok()),
    }
}

fn decrypt(
    message: &[u8],
    piece: usize,
    associated_data: &[u8],
    header: &mut Option<Header>,
) -> Result<Vec<u8>> {
    let start = message.len().min(crate::MAX_ENVELOPE_HEADER_LEN);
    let (start, rest) = message.split_at(start);
    let mut decryptor = Decryptor::new(start, associated_data, |decoded| {
        *header = Some(decoded.clone());
        Ok(Zeroizing::new(DATA_KEY.to_vec()))
    })?;
    let mut plaintext = Vec::new();
    for part in rest.chunks(piece) {
        decryptor.update_into(part, &mut plaintext)?;
    }
    plaintext.extend_from_slice(&decryptor.finish()?);
    Ok(plaintext)
}

fn encrypt(header: &Header, plaintext: &[u8], piece: usize) -> Vec<u8> {
    let mut encryptor = Encryptor::new(header, &DATA_KEY, ASSOCIATED_DATA).expect("an encryptor");
    let mut message = Vec::new();
    for part in plaintext.chunks(piece) {
        encryptor.update_into(part, &mut message).expect("a part");
    }
    message.extend(encryptor.finish().expect("the end"));
    message
}
