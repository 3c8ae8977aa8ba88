//! Digests of messages.

use std::io::{self, Read};

use aws_lc_rs::digest::{self, Context, SHA256, SHA384};
use scwkms::{Algorithm, Client, Hash};

use crate::failure::Failure;
use crate::input::Input;

/// A digest to sign, or one whose signature is verified.
pub(crate) struct KeyDigest {
    pub(crate) algorithm: Algorithm,
    pub(crate) digest: Vec<u8>,
}

impl KeyDigest {
    /// The digest of an input with the hash of a key. With `is_digest`, the input is the digest.
    pub(crate) fn read(
        client: &Client,
        key: &str,
        input: &Input,
        is_digest: bool,
    ) -> Result<Self, Failure> {
        let algorithm = client.public_key(key)?.algorithm;
        let digest = match (is_digest, algorithm.hash()) {
            (true, _) => input.read()?.to_vec(),
            (false, Some(hash)) => read(hash, input.open()?).map_err(|e| input.failure(&e))?,
            (false, None) => {
                return Err(Failure::unsupported(format!(
                    "{algorithm} keys sign no digests of messages; use a key of another algorithm"
                )));
            }
        };
        Ok(Self { algorithm, digest })
    }
}

/// The digest of a message of any size.
fn read(hash: Hash, mut message: impl Read) -> io::Result<Vec<u8>> {
    let mut context = Context::new(algorithm(hash));
    let mut buffer = vec![0; 64 << 10];
    loop {
        match message.read(&mut buffer)? {
            0 => return Ok(context.finish().as_ref().to_vec()),
            length => context.update(&buffer[..length]),
        }
    }
}

/// The digest of a message in memory.
pub(crate) fn of(hash: Hash, message: &[u8]) -> Vec<u8> {
    digest::digest(algorithm(hash), message).as_ref().to_vec()
}

fn algorithm(hash: Hash) -> &'static digest::Algorithm {
    match hash {
        Hash::Sha256 => &SHA256,
        Hash::Sha384 => &SHA384,
    }
}
