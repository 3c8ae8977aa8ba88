//! The operations of the client that send requests.

use crate::call_paths::CallPath;

/// An operation of the client. `verify` and `verify_message` are not here: they only load the key, as `public_key` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    CreateKey,
    RotateKey,
    RestoreKey,
    ImportKeyMaterial,
    DeleteKey,
    DeleteKeyMaterial,
    UpdateKey,
    EnableKey,
    DisableKey,
    ProtectKey,
    UnprotectKey,
    ImportParameters,
    ListRotations,
    ListAlgorithms,
    FindKeys,
    KeyInfo,
    PublicKey,
    Sign,
    /// With an ML-DSA key.
    SignMessage,
    VerifyByService,
    Encrypt,
    Decrypt,
    EncryptWithAssociatedData,
    DecryptWithAssociatedData,
    GenerateDataKey,
    Wrap,
    Unwrap,
    /// Requests a data key.
    EncryptEnvelope,
    /// Requests the decryption of a data key.
    DecryptEnvelope,
}

use Operation::*;

impl Operation {
    pub(super) const ALL: [Operation; 29] = [
        CreateKey,
        RotateKey,
        RestoreKey,
        ImportKeyMaterial,
        DeleteKey,
        DeleteKeyMaterial,
        UpdateKey,
        EnableKey,
        DisableKey,
        ProtectKey,
        UnprotectKey,
        ImportParameters,
        ListRotations,
        ListAlgorithms,
        FindKeys,
        KeyInfo,
        PublicKey,
        Sign,
        SignMessage,
        VerifyByService,
        Encrypt,
        Decrypt,
        EncryptWithAssociatedData,
        DecryptWithAssociatedData,
        GenerateDataKey,
        Wrap,
        Unwrap,
        EncryptEnvelope,
        DecryptEnvelope,
    ];

    /// The name of the client's method, and the emulator's name for the request that the fault affects.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            CreateKey => ("create_key", "CreateKey"),
            RotateKey => ("rotate_key", "RotateKey"),
            RestoreKey => ("restore_key", "RestoreKey"),
            ImportKeyMaterial => ("import_key_material", "ImportKeyMaterial"),
            DeleteKey => ("delete_key", "DeleteKey"),
            DeleteKeyMaterial => ("delete_key_material", "DeleteKeyMaterial"),
            UpdateKey => ("update_key", "UpdateKey"),
            EnableKey => ("enable_key", "EnableKey"),
            DisableKey => ("disable_key", "DisableKey"),
            ProtectKey => ("protect_key", "ProtectKey"),
            UnprotectKey => ("unprotect_key", "UnprotectKey"),
            ImportParameters => ("import_parameters", "GenerateKeyMaterialImportParameters"),
            ListRotations => ("list_rotations", "ListKeyRotations"),
            ListAlgorithms => ("list_algorithms", "ListAlgorithms"),
            FindKeys => ("find_keys", "ListKeys"),
            KeyInfo => ("key_info", "GetKey"),
            PublicKey => ("public_key", "GetPublicKey"),
            Sign => ("sign", "Sign"),
            SignMessage => ("sign_message", "Sign"),
            VerifyByService => ("verify_by_service", "Verify"),
            Encrypt => ("encrypt", "Encrypt"),
            Decrypt => ("decrypt", "Decrypt"),
            EncryptWithAssociatedData => ("encrypt_with_associated_data", "Encrypt"),
            DecryptWithAssociatedData => ("decrypt_with_associated_data", "Decrypt"),
            GenerateDataKey => ("generate_data_key", "GenerateDataKey"),
            Wrap => ("wrap", "WrapKey"),
            Unwrap => ("unwrap", "UnwrapKey"),
            EncryptEnvelope => ("encrypt_envelope", "GenerateDataKey"),
            DecryptEnvelope => ("decrypt_envelope", "Decrypt"),
        }
    }

    /// The name of the client's method.
    pub(super) const fn name(self) -> &'static str {
        self.names().0
    }

    /// The emulator's name for the request that the fault affects.
    pub(super) const fn endpoint(self) -> &'static str {
        self.names().1
    }

    /// Whether the operation loads a key, which takes two parallel requests.
    pub(super) fn loads_key(self) -> bool {
        matches!(self, KeyInfo | PublicKey)
    }

    /// The call paths on which the operation is tested. Direct connections do not depend on the operation. Envelope
    /// encryption has no asynchronous form.
    pub(super) fn call_paths(self) -> &'static [CallPath] {
        match self {
            Encrypt | Sign | Decrypt => &CallPath::ALL,
            EncryptEnvelope | DecryptEnvelope => &[CallPath::Blocking],
            _ => &CallPath::FORMS,
        }
    }

    /// Whether each fault is tested on one call path only, by turns. The matrix would take too long otherwise. The other
    /// operations send their requests in the same way, and are tested on all call paths with each fault.
    pub(super) fn alternates(self) -> bool {
        let each = [
            CreateKey, DeleteKey, FindKeys, KeyInfo, PublicKey, Encrypt, Sign, Decrypt,
        ];
        self.call_paths().len() > 1 && !each.contains(&self)
    }

    /// The advice in an error of unknown outcome. `None` if the operation is idempotent. `name` is the name of a
    /// creation.
    pub(super) fn advice(self, name: &str) -> Option<String> {
        let advice = match self {
            CreateKey => &format!("created all the same: look for {name:?}"),
            DeleteKey => "scheduled for deletion all the same: check its state",
            RotateKey => "rotated all the same: compare its rotation count",
            RestoreKey => "restored all the same: check its state",
            ImportKeyMaterial => "imported all the same: look at the key's rotations",
            DeleteKeyMaterial => "deleted all the same: look at the key's rotations",
            _ => return None,
        };
        Some(format!("may have been {advice}"))
    }
}
