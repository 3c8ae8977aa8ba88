//! The input of an operation in one or several parts.

use aws_lc_rs::digest::Context;
use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::failure::{Result, fail};
use crate::mechanisms::HashFunction;

/// How the program passes the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// All data at once.
    Single,
    /// In parts.
    Parts,
}

/// The input of an operation.
pub(crate) struct Input {
    state: State,
    /// Both modes cannot be mixed. The first call determines the mode.
    mode: Option<Mode>,
    /// The return code for too much data.
    too_long: CK_RV,
}

enum State {
    Data(Zeroizing<Vec<u8>>),
    Hash(Context),
}

impl Input {
    /// An input that is hashed, or kept as it is.
    pub(crate) fn new(hash: Option<HashFunction>) -> Self {
        let state = match hash {
            Some(hash) => State::Hash(Context::new(hash.algorithm())),
            None => State::Data(Zeroizing::default()),
        };
        Self {
            state,
            mode: None,
            too_long: CKR_DATA_LEN_RANGE,
        }
    }

    /// An input that is a ciphertext.
    pub(crate) fn ciphertext() -> Self {
        Self {
            too_long: CKR_ENCRYPTED_DATA_LEN_RANGE,
            ..Self::new(None)
        }
    }

    /// Checks that all calls of the operation have the same mode.
    pub(crate) fn set_mode(&mut self, mode: Mode) -> Result<()> {
        match self.mode.replace(mode) {
            Some(previous) if previous != mode => fail(
                CKR_OPERATION_ACTIVE,
                "data in one part and data in several parts cannot be mixed",
            ),
            _ => Ok(()),
        }
    }

    pub(crate) fn update(&mut self, part: &[u8]) -> Result<()> {
        // More than the input of any mechanism that does not hash.
        const MAX_LEN: usize = 1024;
        match &mut self.state {
            State::Hash(context) => context.update(part),
            State::Data(data) if data.len().saturating_add(part.len()) > MAX_LEN => {
                return fail(
                    self.too_long,
                    format!("the mechanism's input has at most {MAX_LEN} bytes"),
                );
            }
            State::Data(data) => data.extend_from_slice(part),
        }
        Ok(())
    }

    /// Puts data back that was taken. Data that was passed at once is passed again.
    pub(crate) fn restore_parts(&mut self, data: &[u8]) {
        if self.mode == Some(Mode::Parts) {
            self.state = State::Data(Zeroizing::new(data.to_vec()));
        }
    }

    /// The data, or its digest. It is taken.
    pub(crate) fn finish(&mut self) -> Zeroizing<Vec<u8>> {
        let state = std::mem::replace(&mut self.state, State::Data(Zeroizing::default()));
        match state {
            State::Data(data) => data,
            State::Hash(context) => Zeroizing::new(context.finish().as_ref().to_vec()),
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
    fn modes_are_not_mixed() {
        let mut input = Input::new(None);
        input.set_mode(Mode::Parts).expect("the first mode");
        input.set_mode(Mode::Parts).expect("the same mode");
        let code = input.set_mode(Mode::Single).map_err(|f| f.code);
        assert_eq!(code, Err(CKR_OPERATION_ACTIVE));
    }

    #[test]
    fn data_has_a_limit() {
        for (mut input, code) in [
            (Input::new(None), CKR_DATA_LEN_RANGE),
            (Input::ciphertext(), CKR_ENCRYPTED_DATA_LEN_RANGE),
        ] {
            input.update(&[0; 1024]).expect("data");
            assert_eq!(input.update(&[0]).map_err(|f| f.code), Err(code));
        }
    }

    #[test]
    fn only_parts_are_restored() {
        for (mode, expected) in [(Mode::Parts, &b"abc"[..]), (Mode::Single, b"c")] {
            let mut input = Input::new(None);
            input.set_mode(mode).expect("a mode");
            input.update(b"ab").expect("data");
            let data = input.finish();
            input.restore_parts(&data);
            input.update(b"c").expect("data");
            assert_eq!(**input.finish(), *expected);
        }
    }
}
