//! C_DestroyObject.

use cryptoki_sys::*;

use super::generate::check_writable;
use crate::failure::{Result, fail};
use crate::objects::Object;
use crate::session::Session;

/// Schedules the key of a private key object for deletion. A public key object is only removed from the token's objects,
/// since the key has no public key that exists without it.
pub(crate) fn destroy(session: &Session, handle: CK_OBJECT_HANDLE) -> Result<()> {
    let token = &session.token;
    let object = token.object(handle)?;
    check_writable(session, "delete a key")?;
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
