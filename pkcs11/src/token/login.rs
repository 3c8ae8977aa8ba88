//! Login and logout. They concern all sessions of a token.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cryptoki_sys::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scwkms::{Client, ErrorKind};
use zeroize::Zeroizing;

use super::Token;
use crate::config::{PinPolicy, is_uuid};
use crate::failure::{Result, fail};
use crate::log::entry;

impl Token {
    /// Whether keys are shown: a login is not necessary, or was successful.
    pub(crate) fn shows_keys(&self) -> bool {
        self.config.pin == PinPolicy::Any || self.is_logged_in()
    }

    pub(crate) fn is_logged_in(&self) -> bool {
        self.logged_in.load(Ordering::Acquire)
    }

    /// Logs in. Where no PIN is configured, any is accepted.
    pub(crate) fn login(&self, pin: &[u8]) -> Result<()> {
        if self.is_logged_in() {
            return fail(CKR_USER_ALREADY_LOGGED_IN, "a user is logged in already");
        }
        if self.config.pin == PinPolicy::SecretKey {
            let client = self.client_with_secret_key(pin)?;
            check_credentials(&client)?;
            self.client.store(Some(Arc::new(client)));
        }
        self.logged_in.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) fn logout(&self) -> Result<()> {
        if !self.logged_in.swap(false, Ordering::AcqRel) {
            return fail(CKR_USER_NOT_LOGGED_IN, "no user is logged in");
        }
        if self.config.pin == PinPolicy::SecretKey {
            self.close();
            self.lookups.clear();
            self.objects.forget_keys();
        }
        Ok(())
    }

    fn client_with_secret_key(&self, pin: &[u8]) -> Result<Client> {
        let pin = std::str::from_utf8(pin).ok().filter(|pin| is_uuid(pin));
        let Some(pin) = pin else {
            return fail(
                CKR_PIN_INCORRECT,
                "the PIN is not a secret key, which is a UUID",
            );
        };
        let base = match self.config.client.as_str() {
            "" => "scwkms:",
            uri => uri,
        };
        let separator = if base.ends_with(':') { "" } else { ";" };
        let secret_key = utf8_percent_encode(pin, NON_ALPHANUMERIC);
        let uri = Zeroizing::new(format!("{base}{separator}secret-key={secret_key}"));
        self.open_client(&uri)
    }
}

/// Sends a request that finds nothing. A user who may not list keys may still use them.
fn check_credentials(client: &Client) -> Result<()> {
    match client.find_keys("scwkms:tags=pkcs11-login") {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == ErrorKind::Authentication => fail(
            CKR_PIN_INCORRECT,
            format!("the PIN is not the secret key: {e}"),
        ),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            entry!(Warning, "the credentials do not permit to list keys: {e}");
            Ok(())
        }
        Err(e) => Err(e.into()),
    }
}
