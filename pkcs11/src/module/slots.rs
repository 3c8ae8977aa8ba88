//! The slots. Each token has one.

use std::sync::Arc;

use cryptoki_sys::*;

use super::Module;
use crate::config::PinPolicy;
use crate::failure::{Failure, Result, fail};
use crate::mechanisms;
use crate::token::Token;

const MANUFACTURER: &str = "scwkms";

impl Module {
    /// The token of a slot, whose settings may be incomplete.
    pub(crate) fn slot(&self, slot: CK_SLOT_ID) -> Result<&Arc<Token>> {
        let token = self.tokens.iter().find(|token| token.slot == slot);
        token.ok_or_else(|| Failure::new(CKR_SLOT_ID_INVALID, format!("there is no slot {slot}")))
    }

    /// The token of a slot.
    pub(crate) fn token(&self, slot: CK_SLOT_ID) -> Result<&Arc<Token>> {
        let token = self.slot(slot)?;
        match token.is_present() {
            true => Ok(token),
            false => fail(
                CKR_TOKEN_NOT_PRESENT,
                format!("the slot {slot} has no token"),
            ),
        }
    }

    /// The slots, or those with a token.
    pub(crate) fn slots(&self, only_with_token: bool) -> Vec<CK_SLOT_ID> {
        let slots = self.tokens.iter();
        let slots = slots.filter(|token| !only_with_token || token.is_present());
        slots.map(|token| token.slot).collect()
    }

    pub(crate) fn slot_info(&self, slot: CK_SLOT_ID) -> Result<CK_SLOT_INFO> {
        let token = self.slot(slot)?;
        let flags = match token.is_present() {
            true => CKF_TOKEN_PRESENT,
            false => 0,
        };
        Ok(CK_SLOT_INFO {
            slotDescription: padded("Scaleway Key Manager"),
            manufacturerID: padded(MANUFACTURER),
            flags,
            hardwareVersion: NO_VERSION,
            firmwareVersion: NO_VERSION,
        })
    }

    pub(crate) fn token_info(&self, slot: CK_SLOT_ID) -> Result<CK_TOKEN_INFO> {
        const MAX_PIN_LEN: CK_ULONG = 255;
        let token = self.token(slot)?;
        let (sessions, read_write_sessions) = self.sessions.count(token);
        Ok(CK_TOKEN_INFO {
            label: padded(&token.config.label),
            manufacturerID: padded(MANUFACTURER),
            model: padded("Key Manager"),
            serialNumber: padded(&token.serial_number()),
            flags: flags(token),
            ulMaxSessionCount: CK_EFFECTIVELY_INFINITE,
            ulSessionCount: sessions,
            ulMaxRwSessionCount: CK_EFFECTIVELY_INFINITE,
            ulRwSessionCount: read_write_sessions,
            ulMaxPinLen: MAX_PIN_LEN,
            ulMinPinLen: 0,
            ulTotalPublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePublicMemory: CK_UNAVAILABLE_INFORMATION,
            ulTotalPrivateMemory: CK_UNAVAILABLE_INFORMATION,
            ulFreePrivateMemory: CK_UNAVAILABLE_INFORMATION,
            hardwareVersion: NO_VERSION,
            firmwareVersion: NO_VERSION,
            utcTime: padded(""),
        })
    }

    pub(crate) fn mechanisms(&self, slot: CK_SLOT_ID) -> Result<Vec<CK_MECHANISM_TYPE>> {
        Ok(mechanisms::of_token(self.token(slot)?.config.read_only))
    }

    pub(crate) fn mechanism_info(
        &self,
        slot: CK_SLOT_ID,
        mechanism: CK_MECHANISM_TYPE,
    ) -> Result<CK_MECHANISM_INFO> {
        let info = mechanisms::info(mechanism, self.token(slot)?.config.read_only);
        info.ok_or_else(|| {
            let cause = format!("the token does not have the mechanism {mechanism:#x}");
            Failure::new(CKR_MECHANISM_INVALID, cause)
        })
    }
}

fn flags(token: &Token) -> CK_FLAGS {
    let login = match token.config.pin {
        PinPolicy::Any => 0,
        PinPolicy::SecretKey => CKF_LOGIN_REQUIRED,
    };
    let protection = match token.config.read_only {
        true => CKF_WRITE_PROTECTED,
        false => 0,
    };
    CKF_RNG | CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED | login | protection
}

const NO_VERSION: CK_VERSION = CK_VERSION { major: 0, minor: 0 };

/// The description of the module, for the interface of this version.
pub(crate) fn info(version: CK_VERSION) -> CK_INFO {
    CK_INFO {
        cryptokiVersion: version,
        manufacturerID: padded(MANUFACTURER),
        flags: 0,
        libraryDescription: padded("Scaleway Key Manager"),
        libraryVersion: CK_VERSION {
            major: version_part(env!("CARGO_PKG_VERSION_MAJOR")),
            minor: version_part(env!("CARGO_PKG_VERSION_MINOR")),
        },
    }
}

fn version_part(text: &str) -> u8 {
    text.parse().unwrap_or_default()
}

/// A text with blanks up to the length of a field.
fn padded<const LEN: usize>(text: &str) -> [u8; LEN] {
    let mut field = [b' '; LEN];
    let mut end = text.len().min(LEN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    field[..end].copy_from_slice(&text.as_bytes()[..end]);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_padded_and_cut_between_characters() {
        assert_eq!(padded("ab"), *b"ab  ");
        assert_eq!(padded("abcdef"), *b"abcd");
        assert_eq!(padded("abcé"), *b"abc ");
    }
}
