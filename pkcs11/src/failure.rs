//! Failures: the return code for the program, and the cause for the log.

use cryptoki_sys::*;
use scwkms::ErrorKind;

/// A return code other than CKR_OK, and its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: CK_RV,
    pub(crate) cause: String,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(code: CK_RV, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        Self { code, cause }
    }

    /// Puts the attempted operation before the cause.
    pub(crate) fn context(mut self, operation: impl std::fmt::Display) -> Self {
        self.cause = format!("{operation}: {}", self.cause);
        self
    }
}

/// The failure of a function that names its key as an object.
pub(crate) fn on_object(failure: Failure) -> Failure {
    match failure.code {
        CKR_KEY_HANDLE_INVALID => Failure {
            code: CKR_OBJECT_HANDLE_INVALID,
            ..failure
        },
        _ => failure,
    }
}

pub(crate) fn fail<T>(code: CK_RV, cause: impl Into<String>) -> Result<T> {
    Err(Failure::new(code, cause))
}

impl From<scwkms::Error> for Failure {
    fn from(error: scwkms::Error) -> Self {
        Self::new(code_of(error.kind()), error.to_string())
    }
}

/// The return code for an error of the core. docs/pkcs11.md has this table for users.
fn code_of(kind: ErrorKind) -> CK_RV {
    match kind {
        ErrorKind::InvalidArgument => CKR_ARGUMENTS_BAD,
        ErrorKind::Authentication => CKR_USER_NOT_LOGGED_IN,
        ErrorKind::PermissionDenied => CKR_FUNCTION_REJECTED,
        ErrorKind::NotFound => CKR_KEY_HANDLE_INVALID,
        ErrorKind::Unsupported | ErrorKind::KeyState => CKR_KEY_FUNCTION_NOT_PERMITTED,
        ErrorKind::RateLimited => CKR_TOKEN_RESOURCE_EXCEEDED,
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Network => CKR_DEVICE_ERROR,
        ErrorKind::AlreadyExists | ErrorKind::Protocol | ErrorKind::Integrity => {
            CKR_FUNCTION_FAILED
        }
        // The client is closed, by C_Finalize or C_Logout of another thread.
        ErrorKind::Cancelled | ErrorKind::InvalidHandle => CKR_FUNCTION_CANCELED,
        _ => CKR_GENERAL_ERROR,
    }
}

macro_rules! names {
    ($($code:ident)*) => {
        /// The name of a return code.
        pub(crate) fn code_name(code: CK_RV) -> Option<&'static str> {
            match code {
                $($code => Some(stringify!($code)),)*
                _ => None,
            }
        }
    };
}

names! {
    CKR_OK CKR_HOST_MEMORY CKR_SLOT_ID_INVALID CKR_GENERAL_ERROR CKR_FUNCTION_FAILED CKR_ARGUMENTS_BAD CKR_NO_EVENT
    CKR_CANT_LOCK CKR_ATTRIBUTE_READ_ONLY CKR_ATTRIBUTE_SENSITIVE CKR_ATTRIBUTE_TYPE_INVALID
    CKR_ATTRIBUTE_VALUE_INVALID CKR_ACTION_PROHIBITED CKR_DATA_INVALID CKR_DATA_LEN_RANGE CKR_DEVICE_ERROR
    CKR_ENCRYPTED_DATA_INVALID CKR_ENCRYPTED_DATA_LEN_RANGE CKR_FUNCTION_CANCELED CKR_FUNCTION_NOT_PARALLEL
    CKR_FUNCTION_NOT_SUPPORTED CKR_KEY_HANDLE_INVALID CKR_KEY_SIZE_RANGE CKR_KEY_TYPE_INCONSISTENT
    CKR_KEY_INDIGESTIBLE CKR_KEY_FUNCTION_NOT_PERMITTED CKR_MECHANISM_INVALID CKR_MECHANISM_PARAM_INVALID
    CKR_OBJECT_HANDLE_INVALID CKR_OPERATION_ACTIVE CKR_OPERATION_NOT_INITIALIZED CKR_PIN_INCORRECT
    CKR_SESSION_ASYNC_NOT_SUPPORTED CKR_SESSION_HANDLE_INVALID CKR_SESSION_PARALLEL_NOT_SUPPORTED
    CKR_SESSION_READ_ONLY CKR_SIGNATURE_INVALID CKR_SIGNATURE_LEN_RANGE CKR_TEMPLATE_INCOMPLETE CKR_TEMPLATE_INCONSISTENT CKR_TOKEN_NOT_PRESENT
    CKR_TOKEN_WRITE_PROTECTED CKR_USER_ALREADY_LOGGED_IN CKR_USER_NOT_LOGGED_IN CKR_USER_TYPE_INVALID
    CKR_RANDOM_SEED_NOT_SUPPORTED CKR_BUFFER_TOO_SMALL CKR_STATE_UNSAVEABLE CKR_CRYPTOKI_NOT_INITIALIZED
    CKR_CRYPTOKI_ALREADY_INITIALIZED CKR_TOKEN_RESOURCE_EXCEEDED CKR_CURVE_NOT_SUPPORTED CKR_FUNCTION_REJECTED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_core_have_a_code_with_a_name() {
        for (kind, expected) in [
            (ErrorKind::Network, "CKR_DEVICE_ERROR"),
            (ErrorKind::KeyState, "CKR_KEY_FUNCTION_NOT_PERMITTED"),
            (ErrorKind::InvalidHandle, "CKR_FUNCTION_CANCELED"),
            (ErrorKind::Internal, "CKR_GENERAL_ERROR"),
        ] {
            let failure = Failure::from(scwkms::Error::new(kind, "because"));
            assert_eq!(code_name(failure.code), Some(expected));
            assert_eq!(failure.cause, "because");
        }
    }
}
