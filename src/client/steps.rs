//! An operation as a sequence of steps. `operations/` defines each operation once; `driver` executes the steps.
//!
//! 1. `arguments` parses the arguments; the constructor of an operation runs the checks that need no key.
//! 2. [`Steps::target`] names the target of the operation, which the driver loads.
//! 3. [`Steps::request`] runs the checks that need the target,
//! 4. and builds the request, which the driver sends.
//! 5. [`Steps::output`] validates the response.

use zeroize::Zeroizing;

use super::key_info::{KeyInfo, PublicKeyInfo};
use super::results::{AlgorithmInfo, DataKey, Decrypted, ImportParameters, KeyRotation};
use super::shared::Shared;
use super::target::{LoadedTarget, Target, wrong_variant};
use crate::error::{Error, Result};
use crate::transport::{Request, Response};

/// The definition of one operation, with its arguments.
pub(super) trait Steps: Send + Sync {
    /// The operation's name in events: that of its function in C, without the prefix.
    fn name(&self) -> &'static str;

    /// The beginning of the operation's error messages, for example `sign with key K in fr-par`.
    fn title(&self) -> String;

    fn output_kind(&self) -> OutputKind;

    /// Step 2: the target to load.
    fn target(&self) -> Target<'_>;

    /// Steps 3 and 4: checks the arguments against the target and builds the request. `None` if no request is
    /// necessary.
    fn request(&self, target: &LoadedTarget) -> Result<Option<Request>>;

    /// After step 4: a further request that the response makes necessary. Only the last response is given to step 5. The
    /// driver calls this on the I/O thread too, so it must not take long.
    fn follow_up(&self, _target: &LoadedTarget, _response: &Response) -> Result<Option<Request>> {
        Ok(None)
    }

    /// Called when the request has been processed or may have been.
    fn after_request(&self, _shared: &Shared, _target: &LoadedTarget) {}

    /// Step 5: validates the response. It is `None` if step 4 built no request.
    fn output(
        &self,
        shared: &Shared,
        target: &LoadedTarget,
        response: Option<Response>,
    ) -> Result<Output>;

    /// Adds advice to an error of steps 4 and 5.
    fn explain(&self, e: Error) -> Error {
        e
    }
}

/// The response of an operation that sent a request.
pub(super) fn required(response: Option<Response>) -> Result<Response> {
    response.ok_or_else(wrong_variant)
}

/// The kind of an operation's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Bytes,
    Decrypted,
    DataKey,
    PublicKey,
    ImportParameters,
    Key,
    Keys,
    Rotations,
    Algorithms,
    Nothing,
}

/// The result of an operation of any kind.
pub enum Output {
    /// A signature, ciphertext or plaintext.
    Bytes(Zeroizing<Vec<u8>>),
    /// A plaintext, perhaps with a new ciphertext.
    Decrypted(Decrypted),
    /// A data key.
    DataKey(DataKey),
    /// A public key.
    PublicKey(PublicKeyInfo),
    /// The parameters of an import of key material.
    ImportParameters(ImportParameters),
    /// A key's metadata.
    Key(Box<KeyInfo>),
    /// The metadata of several keys.
    Keys(Vec<KeyInfo>),
    /// The rotations of a key.
    Rotations(Vec<KeyRotation>),
    /// The algorithms that the service offers.
    Algorithms(Vec<AlgorithmInfo>),
    /// Nothing.
    Nothing,
}

/// The types that operations return.
pub trait OperationResult: Sized {
    #[doc(hidden)]
    fn from_output(output: Output) -> Option<Self>;
}

/// Converts a result to the type that the operation declares.
pub(super) fn typed<T: OperationResult>(output: Output) -> Result<T> {
    T::from_output(output).ok_or_else(wrong_variant)
}

impl OperationResult for Output {
    fn from_output(output: Output) -> Option<Self> {
        Some(output)
    }
}

impl OperationResult for Zeroizing<Vec<u8>> {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl OperationResult for Vec<u8> {
    fn from_output(output: Output) -> Option<Self> {
        Zeroizing::from_output(output).map(|mut bytes| std::mem::take(&mut *bytes))
    }
}

impl OperationResult for Decrypted {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Decrypted(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for DataKey {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::DataKey(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for PublicKeyInfo {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::PublicKey(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for ImportParameters {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::ImportParameters(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for KeyInfo {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Key(value) => Some(*value),
            _ => None,
        }
    }
}

impl OperationResult for Vec<KeyInfo> {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Keys(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for Vec<KeyRotation> {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Rotations(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for Vec<AlgorithmInfo> {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Algorithms(value) => Some(value),
            _ => None,
        }
    }
}

impl OperationResult for () {
    fn from_output(output: Output) -> Option<Self> {
        match output {
            Output::Nothing => Some(()),
            _ => None,
        }
    }
}
