//! The exported functions, and the function lists that they return.

use std::ffi::{CStr, c_void};

use cryptoki_sys::*;

use super::call::run;
use super::output::{OutputBuffer, write};
use super::{
    decryption, digests, encryption, general, keygen, objects, random, sessions, signing, slots,
    unsupported, verification,
};
use crate::failure::{Failure, Result};

/// The functions of version 3.2. Its list begins with that of version 3.0, and that with that of version 2.40.
const fn functions(major: u8, minor: u8, get_info: CK_C_GetInfo) -> CK_FUNCTION_LIST_3_2 {
    CK_FUNCTION_LIST_3_2 {
        version: CK_VERSION { major, minor },
        C_Initialize: Some(general::C_Initialize),
        C_Finalize: Some(general::C_Finalize),
        C_GetInfo: get_info,
        C_GetFunctionList: Some(C_GetFunctionList),
        C_GetSlotList: Some(slots::C_GetSlotList),
        C_GetSlotInfo: Some(slots::C_GetSlotInfo),
        C_GetTokenInfo: Some(slots::C_GetTokenInfo),
        C_GetMechanismList: Some(slots::C_GetMechanismList),
        C_GetMechanismInfo: Some(slots::C_GetMechanismInfo),
        C_InitToken: Some(unsupported::C_InitToken),
        C_InitPIN: Some(unsupported::C_InitPIN),
        C_SetPIN: Some(unsupported::C_SetPIN),
        C_OpenSession: Some(sessions::C_OpenSession),
        C_CloseSession: Some(sessions::C_CloseSession),
        C_CloseAllSessions: Some(sessions::C_CloseAllSessions),
        C_GetSessionInfo: Some(sessions::C_GetSessionInfo),
        C_GetOperationState: Some(sessions::C_GetOperationState),
        C_SetOperationState: Some(unsupported::C_SetOperationState),
        C_Login: Some(sessions::C_Login),
        C_Logout: Some(sessions::C_Logout),
        C_CreateObject: Some(unsupported::C_CreateObject),
        C_CopyObject: Some(objects::C_CopyObject),
        C_DestroyObject: Some(objects::C_DestroyObject),
        C_GetObjectSize: Some(objects::C_GetObjectSize),
        C_GetAttributeValue: Some(objects::C_GetAttributeValue),
        C_SetAttributeValue: Some(objects::C_SetAttributeValue),
        C_FindObjectsInit: Some(objects::C_FindObjectsInit),
        C_FindObjects: Some(objects::C_FindObjects),
        C_FindObjectsFinal: Some(objects::C_FindObjectsFinal),
        C_EncryptInit: Some(encryption::C_EncryptInit),
        C_Encrypt: Some(encryption::C_Encrypt),
        C_EncryptUpdate: Some(encryption::C_EncryptUpdate),
        C_EncryptFinal: Some(encryption::C_EncryptFinal),
        C_DecryptInit: Some(decryption::C_DecryptInit),
        C_Decrypt: Some(decryption::C_Decrypt),
        C_DecryptUpdate: Some(decryption::C_DecryptUpdate),
        C_DecryptFinal: Some(decryption::C_DecryptFinal),
        C_DigestInit: Some(digests::C_DigestInit),
        C_Digest: Some(digests::C_Digest),
        C_DigestUpdate: Some(digests::C_DigestUpdate),
        C_DigestKey: Some(digests::C_DigestKey),
        C_DigestFinal: Some(digests::C_DigestFinal),
        C_SignInit: Some(signing::C_SignInit),
        C_Sign: Some(signing::C_Sign),
        C_SignUpdate: Some(signing::C_SignUpdate),
        C_SignFinal: Some(signing::C_SignFinal),
        C_SignRecoverInit: Some(unsupported::C_SignRecoverInit),
        C_SignRecover: Some(unsupported::C_SignRecover),
        C_VerifyInit: Some(verification::C_VerifyInit),
        C_Verify: Some(verification::C_Verify),
        C_VerifyUpdate: Some(verification::C_VerifyUpdate),
        C_VerifyFinal: Some(verification::C_VerifyFinal),
        C_VerifyRecoverInit: Some(unsupported::C_VerifyRecoverInit),
        C_VerifyRecover: Some(unsupported::C_VerifyRecover),
        C_DigestEncryptUpdate: Some(unsupported::C_DigestEncryptUpdate),
        C_DecryptDigestUpdate: Some(unsupported::C_DecryptDigestUpdate),
        C_SignEncryptUpdate: Some(unsupported::C_SignEncryptUpdate),
        C_DecryptVerifyUpdate: Some(unsupported::C_DecryptVerifyUpdate),
        C_GenerateKey: Some(unsupported::C_GenerateKey),
        C_GenerateKeyPair: Some(keygen::C_GenerateKeyPair),
        C_WrapKey: Some(unsupported::C_WrapKey),
        C_UnwrapKey: Some(unsupported::C_UnwrapKey),
        C_DeriveKey: Some(unsupported::C_DeriveKey),
        C_SeedRandom: Some(random::C_SeedRandom),
        C_GenerateRandom: Some(random::C_GenerateRandom),
        C_GetFunctionStatus: Some(general::C_GetFunctionStatus),
        C_CancelFunction: Some(general::C_CancelFunction),
        C_WaitForSlotEvent: Some(slots::C_WaitForSlotEvent),
        C_GetInterfaceList: Some(C_GetInterfaceList),
        C_GetInterface: Some(C_GetInterface),
        C_LoginUser: Some(sessions::C_LoginUser),
        C_SessionCancel: Some(sessions::C_SessionCancel),
        C_MessageEncryptInit: Some(unsupported::C_MessageEncryptInit),
        C_EncryptMessage: Some(unsupported::C_EncryptMessage),
        C_EncryptMessageBegin: Some(unsupported::C_EncryptMessageBegin),
        C_EncryptMessageNext: Some(unsupported::C_EncryptMessageNext),
        C_MessageEncryptFinal: Some(unsupported::C_MessageEncryptFinal),
        C_MessageDecryptInit: Some(unsupported::C_MessageDecryptInit),
        C_DecryptMessage: Some(unsupported::C_DecryptMessage),
        C_DecryptMessageBegin: Some(unsupported::C_DecryptMessageBegin),
        C_DecryptMessageNext: Some(unsupported::C_DecryptMessageNext),
        C_MessageDecryptFinal: Some(unsupported::C_MessageDecryptFinal),
        C_MessageSignInit: Some(unsupported::C_MessageSignInit),
        C_SignMessage: Some(unsupported::C_SignMessage),
        C_SignMessageBegin: Some(unsupported::C_SignMessageBegin),
        C_SignMessageNext: Some(unsupported::C_SignMessageNext),
        C_MessageSignFinal: Some(unsupported::C_MessageSignFinal),
        C_MessageVerifyInit: Some(unsupported::C_MessageVerifyInit),
        C_VerifyMessage: Some(unsupported::C_VerifyMessage),
        C_VerifyMessageBegin: Some(unsupported::C_VerifyMessageBegin),
        C_VerifyMessageNext: Some(unsupported::C_VerifyMessageNext),
        C_MessageVerifyFinal: Some(unsupported::C_MessageVerifyFinal),
        C_EncapsulateKey: Some(unsupported::C_EncapsulateKey),
        C_DecapsulateKey: Some(unsupported::C_DecapsulateKey),
        C_VerifySignatureInit: Some(unsupported::C_VerifySignatureInit),
        C_VerifySignature: Some(unsupported::C_VerifySignature),
        C_VerifySignatureUpdate: Some(unsupported::C_VerifySignatureUpdate),
        C_VerifySignatureFinal: Some(unsupported::C_VerifySignatureFinal),
        C_GetSessionValidationFlags: Some(unsupported::C_GetSessionValidationFlags),
        C_AsyncComplete: Some(unsupported::C_AsyncComplete),
        C_AsyncGetID: Some(unsupported::C_AsyncGetID),
        C_AsyncJoin: Some(unsupported::C_AsyncJoin),
        C_WrapKeyAuthenticated: Some(unsupported::C_WrapKeyAuthenticated),
        C_UnwrapKeyAuthenticated: Some(unsupported::C_UnwrapKeyAuthenticated),
    }
}

static FUNCTIONS_2_40: CK_FUNCTION_LIST_3_2 = functions(2, 40, Some(general::C_GetInfo));
static FUNCTIONS_3_0: CK_FUNCTION_LIST_3_2 = functions(3, 0, Some(general::C_GetInfo_3));
static FUNCTIONS_3_1: CK_FUNCTION_LIST_3_2 = functions(3, 1, Some(general::C_GetInfo_3));
static FUNCTIONS_3_2: CK_FUNCTION_LIST_3_2 = functions(3, 2, Some(general::C_GetInfo_3));

const NAME: &CStr = c"PKCS 11";

/// The structures are never written, although the specification's pointers to them are mutable.
struct Interfaces([CK_INTERFACE; 4]);

// SAFETY: the pointers are to constants.
unsafe impl Sync for Interfaces {}

const fn interface(functions: &'static CK_FUNCTION_LIST_3_2) -> CK_INTERFACE {
    CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast_mut().cast(),
        pFunctionList: (&raw const *functions).cast_mut().cast::<c_void>(),
        flags: CKF_INTERFACE_FORK_SAFE,
    }
}

/// The default interface comes first.
static INTERFACES: Interfaces = Interfaces([
    interface(&FUNCTIONS_3_2),
    interface(&FUNCTIONS_3_1),
    interface(&FUNCTIONS_3_0),
    interface(&FUNCTIONS_2_40),
]);

const VERSIONS: [(u8, u8); 4] = [(3, 2), (3, 1), (3, 0), (2, 40)];

/// # Safety
/// `list` must be NULL or valid for writing a pointer.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    run("C_GetFunctionList", || {
        let functions = (&raw const FUNCTIONS_2_40).cast_mut().cast();
        // SAFETY: the program passes a pointer to a pointer.
        unsafe { write(list, functions, "ppFunctionList") }
    })
}

/// # Safety
/// `count` must be NULL or valid for reading and writing a number, `list` NULL or valid for writing as many interfaces.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetInterfaceList(
    list: *mut CK_INTERFACE,
    count: *mut CK_ULONG,
) -> CK_RV {
    run("C_GetInterfaceList", || {
        // SAFETY: the program passes a buffer and its length.
        let output = unsafe { OutputBuffer::new(list, count) }?;
        output.write_all(&INTERFACES.0)
    })
}

/// # Safety
/// `name` must be NULL or a NUL-terminated text, `version` NULL or readable, `interface` NULL or valid for writing a pointer.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn C_GetInterface(
    name: *mut CK_UTF8CHAR,
    version: *mut CK_VERSION,
    interface: *mut *mut CK_INTERFACE,
    flags: CK_FLAGS,
) -> CK_RV {
    run("C_GetInterface", || {
        // SAFETY: the program passes NULL or a text, and NULL or a version.
        let (name, version) = unsafe {
            let name = (!name.is_null()).then(|| CStr::from_ptr(name.cast_const().cast()));
            (
                name,
                version
                    .as_ref()
                    .map(|version| (version.major, version.minor)),
            )
        };
        let index = find(name, version, flags)?;
        let found = (&raw const INTERFACES.0[index]).cast_mut();
        // SAFETY: the program passes a pointer to a pointer.
        unsafe { write(interface, found, "ppInterface") }
    })
}

/// The index of the first interface with this name, version and flags.
fn find(name: Option<&CStr>, version: Option<(u8, u8)>, flags: CK_FLAGS) -> Result<usize> {
    let known = name.is_none_or(|name| name == NAME) && flags & !CKF_INTERFACE_FORK_SAFE == 0;
    let index = VERSIONS
        .iter()
        .position(|known| version.is_none_or(|version| version == *known));
    index.filter(|_| known).ok_or_else(|| {
        let cause = format!(
            "there is no interface {name:?} of version {version:?} with the flags {flags:#x}"
        );
        Failure::new(CKR_FUNCTION_FAILED, cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_found_by_name_and_version() {
        assert_eq!(find(None, None, 0), Ok(0));
        assert_eq!(
            find(Some(NAME), Some((2, 40)), CKF_INTERFACE_FORK_SAFE),
            Ok(3)
        );
        assert!(find(Some(c"Vendor"), None, 0).is_err());
        assert!(find(None, Some((2, 20)), 0).is_err());
        assert!(find(None, None, 2).is_err());
    }

    #[test]
    fn the_order_of_the_versions_is_that_of_the_interfaces() {
        let lists = [
            &FUNCTIONS_3_2,
            &FUNCTIONS_3_1,
            &FUNCTIONS_3_0,
            &FUNCTIONS_2_40,
        ];
        for ((major, minor), list) in VERSIONS.into_iter().zip(lists) {
            assert_eq!((list.version.major, list.version.minor), (major, minor));
        }
    }
}
