//! C_Verify: signatures are verified locally, with the public key.

use cryptoki_sys::*;
use scwkms::{ErrorKind, Scheme};

use super::active::Active;
use super::input::Mode;
use super::operation::Operation;
use super::signing::SigningOperation;
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::signature_to_der;

impl SigningOperation {
    fn check(mut self, signature: &[u8]) -> Result<()> {
        let len = self.mechanism.signature_len();
        if signature.len() != len {
            return fail(
                CKR_SIGNATURE_LEN_RANGE,
                format!(
                    "signatures of the key have {len} bytes, not {}",
                    signature.len()
                ),
            );
        }
        let digest = self.digest()?;
        let signature = match self.mechanism.scheme() {
            Scheme::Ecdsa => signature_to_der(signature),
            _ => signature.to_vec(),
        };
        let client = self.token.client()?;
        let verified = client.verify(&self.key.uri, Some(self.key.algorithm), &digest, &signature);
        verified.map_err(|error| match error.kind() {
            ErrorKind::Integrity => Failure::new(CKR_SIGNATURE_INVALID, error.to_string()),
            _ => Failure::from(error),
        })?;
        match self.mechanism.scheme() {
            Scheme::RsaPss if !self.has_requested_salt(&digest, &signature)? => fail(
                CKR_SIGNATURE_INVALID,
                "the signature has a salt of another length than 32 bytes",
            ),
            _ => Ok(()),
        }
    }
}

impl Active<SigningOperation> {
    /// Verifies the signature of all data.
    pub(crate) fn verify(&self, data: &[u8], signature: &[u8]) -> Result<()> {
        self.finish_verification(Mode::Single, data, signature)
    }

    /// Verifies the signature of the data of all parts.
    pub(crate) fn verify_parts(&self, signature: &[u8]) -> Result<()> {
        self.finish_verification(Mode::Parts, &[], signature)
    }

    fn finish_verification(&self, mode: Mode, data: &[u8], signature: &[u8]) -> Result<()> {
        let mut operation = self.take_in(mode)?;
        operation.input().update(data)?;
        operation.check(signature)
    }
}
