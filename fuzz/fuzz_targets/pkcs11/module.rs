//! The module, which is a part of this program.

use std::ptr;
use std::sync::LazyLock;

use cryptoki_sys::*;
// Its functions are found by their names.
use scwkms_pkcs11 as _;

use super::service::{SECRET, SERVICE};

unsafe extern "C" {
    fn C_GetInterface(
        name: *mut CK_UTF8CHAR,
        version: *mut CK_VERSION,
        interface: *mut *mut CK_INTERFACE,
        flags: CK_FLAGS,
    ) -> CK_RV;
}

/// The functions of the default interface, which is that of version 3.2. The module is initialized.
pub static FUNCTIONS: LazyLock<&'static CK_FUNCTION_LIST_3_2> = LazyLock::new(|| {
    configure();
    let mut interface = ptr::null_mut();
    // SAFETY: NULL asks for the default interface. The pointer is writable.
    let code = unsafe { C_GetInterface(ptr::null_mut(), ptr::null_mut(), &mut interface, 0) };
    assert_eq!(code, CKR_OK);
    // SAFETY: the interface and its list exist as long as the process.
    let functions: &CK_FUNCTION_LIST_3_2 = unsafe { &*(*interface).pFunctionList.cast() };
    initialize(functions);
    functions
});

/// Writes a configuration file with the service of this process, beside this program.
fn configure() {
    let client = format!(
        "scwkms:api-url={};access-key=SCWEXAMPLE0000000000;secret-key={SECRET};region=fr-par;\
         project-id=105bdce1-64c0-48ab-899d-868455867ecf;config=/dev/null;timeout=30ms",
        SERVICE.url()
    );
    let text = format!("[[token]]\nlabel = \"a\"\nread-only = false\nclient = \"{client}\"\n");
    let path = std::env::current_exe()
        .expect("this program")
        .with_extension("toml");
    std::fs::write(&path, text).expect("written");
    // SAFETY: no other thread uses the environment yet.
    unsafe { std::env::set_var("SCWKMS_PKCS11_CONFIG", &path) };
}

pub fn initialize(functions: &CK_FUNCTION_LIST_3_2) {
    // SAFETY: the function permits NULL.
    let code = unsafe { functions.C_Initialize.expect("a function")(ptr::null_mut()) };
    assert_eq!(code, CKR_OK);
    // The module writes panics to its log. Here they are printed.
    drop(std::panic::take_hook());
}
