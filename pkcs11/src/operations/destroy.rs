//! C_DestroyObject.

use cryptoki_sys::*;

use super::generate::check_writable;
use crate::failure::{Result, fail};
use crate::objects::Object;
use crate::token::Token;

/// Schedules the key of a private key object for deletion. A public key object is only removed from the token's objects,
/// since the key has no public key that exists without it.
pub(crate) fn destroy(token: &Token, read_write: bool, handle: CK_OBJECT_HANDLE) -> Result<()> {
    let object = token.object(handle)?;
    check_writable(token, read_write, "delete a key")?;
    match object {
        Object::PrivateKey(key) => token.delete_key(&key)?,
        Object::PublicKey(_) => {}
        Object::Certificate(_) => {
            return fail(
                CKR_ACTION_PROHIBITED,
                "certificates come from files, and cannot be deleted",
            );
        }
    }
    token.remove_object(handle);
    Ok(())
}
