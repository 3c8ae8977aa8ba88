//! The header of a message: docs/envelope.md. Pure functions.

use crate::api::KeyLocation;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier;

const MAGIC: [u8; 8] = *b"\x89scwkms\n";
const VERSION: u8 = 1;
/// AES-256-GCM with a key that HKDF-SHA-256 derives for each message.
const ALGORITHM: u8 = 1;
const MAX_REGION_LEN: usize = 32;
const MAX_ENCRYPTED_DATA_KEY_LEN: usize = 1024;

pub(super) const SALT_LEN: usize = 32;
pub(super) const COMMITMENT_LEN: usize = 32;
/// The length of plaintext in each segment of a new message, except the last.
pub(super) const SEGMENT_LEN: u32 = 64 << 10;
const SEGMENT_LENS: std::ops::RangeInclusive<u32> = 64..=1 << 20;

/// The length of the longest header. So many bytes of a message, or the whole message, contain its header.
pub const MAX_HEADER_LEN: usize = 8
    + 1
    + 1
    + 4
    + 16
    + 1
    + MAX_REGION_LEN
    + 2
    + MAX_ENCRYPTED_DATA_KEY_LEN
    + SALT_LEN
    + COMMITMENT_LEN;

/// The fields of a header, without the commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The length of plaintext in each segment except the last.
    pub(crate) segment_len: u32,
    /// The key that encrypted the data key.
    pub(crate) key: KeyLocation,
    pub(crate) encrypted_data_key: Vec<u8>,
    pub(crate) salt: [u8; SALT_LEN],
}

/// A header at the start of a message.
pub(super) struct DecodedHeader {
    pub(super) header: Header,
    pub(super) commitment: [u8; COMMITMENT_LEN],
    /// The length of the header with its commitment.
    pub(super) len: usize,
}

impl Header {
    /// The bytes of the header, without the commitment.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let key_id = uuid_to_bytes(&self.key.id).ok_or_else(too_long)?;
        let region_len = u8::try_from(self.key.region.len()).map_err(|_| too_long())?;
        let data_key_len = u16::try_from(self.encrypted_data_key.len()).map_err(|_| too_long())?;
        if usize::from(region_len) > MAX_REGION_LEN
            || usize::from(data_key_len) > MAX_ENCRYPTED_DATA_KEY_LEN
        {
            return Err(too_long());
        }
        let mut bytes = Vec::with_capacity(MAX_HEADER_LEN);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, ALGORITHM]);
        bytes.extend_from_slice(&self.segment_len.to_be_bytes());
        bytes.extend_from_slice(&key_id);
        bytes.push(region_len);
        bytes.extend_from_slice(self.key.region.as_bytes());
        bytes.extend_from_slice(&data_key_len.to_be_bytes());
        bytes.extend_from_slice(&self.encrypted_data_key);
        bytes.extend_from_slice(&self.salt);
        Ok(bytes)
    }
}

/// The header at the start of a message. `None` if the header continues after the last byte.
pub(super) fn decode(message: &[u8]) -> Result<Option<DecodedHeader>> {
    match decode_fields(message) {
        Ok(header) => Ok(Some(header)),
        Err(DecodeError::Incomplete) => Ok(None),
        Err(DecodeError::Invalid(e)) => Err(e),
    }
}

enum DecodeError {
    Incomplete,
    Invalid(Error),
}

impl From<Error> for DecodeError {
    fn from(error: Error) -> Self {
        DecodeError::Invalid(error)
    }
}

fn decode_fields(message: &[u8]) -> Result<DecodedHeader, DecodeError> {
    check_magic(message)?;
    let mut fields = Fields { message, at: 0 };
    fields.take(MAGIC.len())?;
    check_version(fields.array()?)?;
    let segment_len = decode_segment_len(u32::from_be_bytes(fields.array()?))?;
    let id = uuid_from_bytes(&fields.array()?);
    let region_len = usize::from(fields.array::<1>()?[0]);
    check_len("region", region_len, MAX_REGION_LEN, 30)?;
    let region = decode_region(fields.take(region_len)?)?;
    let at = fields.at;
    let data_key_len = usize::from(u16::from_be_bytes(fields.array()?));
    check_len(
        "encrypted data key",
        data_key_len,
        MAX_ENCRYPTED_DATA_KEY_LEN,
        at,
    )?;
    let encrypted_data_key = fields.take(data_key_len)?.to_vec();
    let salt = fields.array()?;
    Ok(DecodedHeader {
        header: Header {
            segment_len,
            key: KeyLocation { region, id },
            encrypted_data_key,
            salt,
        },
        commitment: fields.array()?,
        len: fields.at,
    })
}

/// Takes fields from the start of a message.
struct Fields<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let field = self.message[self.at..].get(..len);
        self.at += field.map_or(0, <[u8]>::len);
        field.ok_or(DecodeError::Incomplete)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?
            .try_into()
            .map_err(|_| DecodeError::Incomplete)
    }
}

fn check_magic(message: &[u8]) -> Result<()> {
    let len = message.len().min(MAGIC.len());
    if message[..len] == MAGIC[..len] {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        "the data is not a message of envelope encryption: its first bytes are not those of the format",
    ))
}

fn check_version([version, algorithm]: [u8; 2]) -> Result<()> {
    let unsupported = |what, number| {
        Error::new(
            ErrorKind::Unsupported,
            format!("the message has {what} {number}; this version of the library knows {what} 1"),
        )
    };
    if version != VERSION {
        return Err(unsupported("format version", version));
    }
    if algorithm != ALGORITHM {
        return Err(unsupported("algorithm", algorithm));
    }
    Ok(())
}

fn decode_segment_len(segment_len: u32) -> Result<u32> {
    if SEGMENT_LENS.contains(&segment_len) {
        return Ok(segment_len);
    }
    Err(malformed(format!("a segment length of {segment_len}"), 10))
}

fn decode_region(bytes: &[u8]) -> Result<String> {
    const AT: usize = 31;
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("a region in no encoding", AT))?;
    match identifier::region(text, "header of the message") {
        Ok(region) if region == text => Ok(region),
        _ => Err(malformed("an invalid region", AT)),
    }
}

fn check_len(what: &str, len: usize, max_len: usize, at: usize) -> Result<()> {
    if (1..=max_len).contains(&len) {
        return Ok(());
    }
    Err(malformed(format!("{what} of {len} bytes"), at))
}

fn malformed(what: impl std::fmt::Display, at: usize) -> Error {
    Error::new(
        ErrorKind::Integrity,
        format!("the header of the message is malformed: {what} at byte {at}"),
    )
}

fn too_long() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the service's data key does not fit into the header of a message",
    )
}

fn uuid_to_bytes(id: &str) -> Option<[u8; 16]> {
    let digits: String = id.chars().filter(|c| *c != '-').collect();
    let number = u128::from_str_radix(&digits, 16).ok()?;
    (digits.len() == 32).then(|| number.to_be_bytes())
}

fn uuid_from_bytes(bytes: &[u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(*bytes));
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            segment_len: 4096,
            key: KeyLocation {
                region: "nl-ams".to_owned(),
                id: "8a83f62f-2b00-4e17-9bef-bc10faef3098".to_owned(),
            },
            encrypted_data_key: vec![7; 65],
            salt: [9; SALT_LEN],
        }
    }

    fn encoded() -> Vec<u8> {
        let mut bytes = header().encode().expect("a header");
        bytes.extend_from_slice(&[5; COMMITMENT_LEN]);
        bytes
    }

    #[test]
    fn a_header_is_decoded_as_it_was_encoded() {
        let mut bytes = encoded();
        let len = bytes.len();
        bytes.extend_from_slice(b"segments");
        let decoded = decode(&bytes).expect("a header").expect("all of it");
        assert_eq!(decoded.header, header());
        assert_eq!(decoded.commitment, [5; COMMITMENT_LEN]);
        assert_eq!(decoded.len, len);
        for end in 0..len {
            assert!(decode(&bytes[..end]).expect("a part").is_none(), "{end}");
        }
    }

    #[test]
    fn the_longest_header_has_the_documented_length() {
        let longest = Header {
            encrypted_data_key: vec![7; MAX_ENCRYPTED_DATA_KEY_LEN],
            ..header()
        };
        let len = longest.encode().expect("a header").len() + COMMITMENT_LEN;
        assert_eq!(len + MAX_REGION_LEN - "nl-ams".len(), MAX_HEADER_LEN);
        let longer = Header {
            encrypted_data_key: vec![7; MAX_ENCRYPTED_DATA_KEY_LEN + 1],
            ..header()
        };
        let error = longer.encode().expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }

    #[test]
    fn malformed_headers_are_errors_that_name_the_byte() {
        use ErrorKind::{Integrity, InvalidArgument, Unsupported};
        for (at, value, kind, part) in [
            (0, 0x88, InvalidArgument, "is not a message"),
            (7, b'\r', InvalidArgument, "is not a message"),
            (8, 2, Unsupported, "format version 2"),
            (9, 0, Unsupported, "algorithm 0"),
            (10, 1, Integrity, "at byte 10"),
            (30, 0, Integrity, "region of 0 bytes at byte 30"),
            (30, 33, Integrity, "region of 33 bytes at byte 30"),
            (31, 0xff, Integrity, "at byte 31"),
            (33, b'/', Integrity, "invalid region at byte 31"),
            (37, 4, Integrity, "data key of 1089 bytes at byte 37"),
        ] {
            let mut bytes = encoded();
            bytes[at] = value;
            let error = decode(&bytes).err().expect(part);
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn deprecated_names_of_regions_are_not_in_the_format() {
        let old = Header {
            key: KeyLocation {
                region: "par1".to_owned(),
                ..header().key
            },
            ..header()
        };
        let bytes = old.encode().expect("a header");
        let error = decode(&bytes).err().expect("an invalid region");
        assert_eq!(error.kind(), ErrorKind::Integrity);
    }
}
