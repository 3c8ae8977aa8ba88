//! C_GenerateKeyPair: the service generates a key.

use cryptoki_sys::*;

use super::random::random;
use crate::certificate::hex;
use crate::failure::{Failure, Result, fail};
use crate::mechanisms::Mechanism;
use crate::objects::{KeyPairTemplates, Object};
use crate::token::Token;

/// The handles of the public and of the private key.
pub(crate) fn generate(
    token: &Token,
    read_write: bool,
    mechanism: &Mechanism,
    templates: &KeyPairTemplates,
) -> Result<(CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)> {
    check_writable(token, read_write, "create a key")?;
    let mut generation = templates.generation(mechanism, token.config.rsa_keys)?;
    if generation.name.is_none() && generation.id.is_none() {
        let mut suffix = [0; 8];
        random(&mut suffix)?;
        generation.name = Some(format!("pkcs11-{}", hex(&suffix)));
    }
    let key = token.create_key(&generation)?;
    let public = token.handle(&Object::PublicKey(key.clone()));
    let private = token.handle(&Object::PrivateKey(key));
    public
        .zip(private)
        .ok_or_else(|| Failure::new(CKR_FUNCTION_FAILED, "the created key was deleted meanwhile"))
}

/// Checks the permission to create and delete keys in a session, which may be read/write.
pub(super) fn check_writable(token: &Token, read_write: bool, action: &str) -> Result<()> {
    if token.config.read_only {
        return fail(
            CKR_TOKEN_WRITE_PROTECTED,
            format!(
                "the token {} cannot {action}; read-only = false in its configuration permits it",
                token.name()
            ),
        );
    }
    if !read_write {
        return fail(
            CKR_SESSION_READ_ONLY,
            format!("a read-only session cannot {action}"),
        );
    }
    if !token.shows_keys() {
        return fail(CKR_USER_NOT_LOGGED_IN, "the token needs a login");
    }
    Ok(())
}
