//! The input of an operation in one or several parts.

use aws_lc_rs::digest::Context;
use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::failure::{Result, fail};
use crate::mechanisms::HashFunction;

/// The input, or the state of its hash function.
pub(crate) enum Input {
    Data(Zeroizing<Vec<u8>>),
    Hash(Context),
}

impl Input {
    pub(crate) fn new(hash: Option<HashFunction>) -> Self {
        match hash {
            Some(hash) => Input::Hash(Context::new(hash.algorithm())),
            None => Input::Data(Zeroizing::default()),
        }
    }

    pub(crate) fn update(&mut self, part: &[u8]) -> Result<()> {
        // More than the input of any mechanism that does not hash.
        const MAX_LEN: usize = 1024;
        match self {
            Input::Hash(context) => context.update(part),
            Input::Data(data) if data.len().saturating_add(part.len()) > MAX_LEN => {
                return fail(
                    CKR_DATA_LEN_RANGE,
                    format!("the mechanism's input has at most {MAX_LEN} bytes"),
                );
            }
            Input::Data(data) => data.extend_from_slice(part),
        }
        Ok(())
    }

    /// The data, or its digest.
    pub(crate) fn finish(self) -> Zeroizing<Vec<u8>> {
        match self {
            Input::Data(data) => data,
            Input::Hash(context) => Zeroizing::new(context.finish().as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_or_hashed() {
        let mut data = Input::new(None);
        let mut hash = Input::new(Some(HashFunction::Sha256));
        for part in [&b"a"[..], b"", b"bc"] {
            data.update(part).expect("data");
            hash.update(part).expect("data");
        }
        assert_eq!(**data.finish(), *b"abc");
        assert_eq!(hash.finish()[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn data_has_a_limit() {
        let mut input = Input::new(None);
        input.update(&[0; 1024]).expect("data");
        assert_eq!(
            input.update(&[0]).map_err(|f| f.code),
            Err(CKR_DATA_LEN_RANGE)
        );
    }
}
