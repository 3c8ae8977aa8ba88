//! The generation of key pairs.

use cryptoki_sys::*;

use super::call::with_session;
use super::input::{mechanism, template};
use super::output::{check_not_null, write};
use crate::objects::KeyPairTemplates;
use crate::operations::generate;

pub(super) unsafe extern "C" fn C_GenerateKeyPair(
    session: CK_SESSION_HANDLE,
    method: *mut CK_MECHANISM,
    public_template: *mut CK_ATTRIBUTE,
    public_count: CK_ULONG,
    private_template: *mut CK_ATTRIBUTE,
    private_count: CK_ULONG,
    public_key: *mut CK_OBJECT_HANDLE,
    private_key: *mut CK_OBJECT_HANDLE,
) -> CK_RV {
    with_session("C_GenerateKeyPair", session, |session| {
        check_not_null(public_key, "phPublicKey")?;
        check_not_null(private_key, "phPrivateKey")?;
        // SAFETY: the program passes a mechanism.
        let mechanism = unsafe { mechanism(method) }?;
        let templates = KeyPairTemplates {
            // SAFETY: the program passes a template and its length.
            public: unsafe { template(public_template, public_count) }?,
            // SAFETY: the program passes a template and its length.
            private: unsafe { template(private_template, private_count) }?,
        };
        let (token, read_write) = (&session.token, session.is_read_write());
        let (public, private) = generate(token, read_write, &mechanism, &templates)?;
        // SAFETY: the program passes pointers to handles.
        unsafe {
            write(public_key, public, "phPublicKey")?;
            write(private_key, private, "phPrivateKey")
        }
    })
}
