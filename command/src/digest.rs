//! Digests of messages.

use std::io::{self, Read};

use aws_lc_rs::digest::{self, Context, SHA256, SHA384};
use scwkms::{Algorithm, Client, Hash};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::input::Input;

/// A message or digest to sign, or one whose signature is verified.
pub(crate) struct SignedInput {
    pub(crate) algorithm: Algorithm,
    pub(crate) content: SignedContent,
}

/// The content that a key signs.
pub(crate) enum SignedContent {
    Digest(Vec<u8>),
    /// For keys that sign messages: ML-DSA.
    Message(Zeroizing<Vec<u8>>),
}

impl SignedInput {
    /// Reads an input for a key. A message is hashed with the key's hash, if the key has one. With `is_digest`, the input is
    /// the digest.
    pub(crate) fn read(
        client: &Client,
        key: &str,
        input: &Input,
        is_digest: bool,
    ) -> Result<Self, Failure> {
        let algorithm = client.public_key(key)?.algorithm;
        let content = match (is_digest, algorithm.hash()) {
            (true, _) => SignedContent::Digest(input.read()?.to_vec()),
            (false, Some(hash)) => {
                let digest = read(hash, input.open()?).map_err(|e| input.failure(&e))?;
                SignedContent::Digest(digest)
            }
            (false, None) => SignedContent::Message(input.read()?),
        };
        Ok(Self { algorithm, content })
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
