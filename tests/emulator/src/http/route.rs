//! Finds the operation of a method and a path.

use hyper::Method;
use serde::{Deserialize, Serialize};

/// The service's operations under the names of its SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Operation {
    CreateKey,
    GetKey,
    GetPublicKey,
    UpdateKey,
    DeleteKey,
    RestoreKey,
    RotateKey,
    ProtectKey,
    UnprotectKey,
    EnableKey,
    DisableKey,
    ListKeys,
    ListKeyRotations,
    Sign,
    Verify,
    Encrypt,
    Decrypt,
    GenerateDataKey,
    ImportKeyMaterial,
    DeleteKeyMaterial,
    GenerateKeyMaterialImportParameters,
    ListAlgorithms,
    WrapKey,
    UnwrapKey,
    /// The SDK calls it together with other operations, to build resource names.
    GetAPIMetadata,
    /// A request that matches no operation.
    Unknown,
}

impl Operation {
    pub const COUNT: usize = Operation::Unknown as usize + 1;

    pub const ALL: [Operation; Self::COUNT] = [
        Operation::CreateKey,
        Operation::GetKey,
        Operation::GetPublicKey,
        Operation::UpdateKey,
        Operation::DeleteKey,
        Operation::RestoreKey,
        Operation::RotateKey,
        Operation::ProtectKey,
        Operation::UnprotectKey,
        Operation::EnableKey,
        Operation::DisableKey,
        Operation::ListKeys,
        Operation::ListKeyRotations,
        Operation::Sign,
        Operation::Verify,
        Operation::Encrypt,
        Operation::Decrypt,
        Operation::GenerateDataKey,
        Operation::ImportKeyMaterial,
        Operation::DeleteKeyMaterial,
        Operation::GenerateKeyMaterialImportParameters,
        Operation::ListAlgorithms,
        Operation::WrapKey,
        Operation::UnwrapKey,
        Operation::GetAPIMetadata,
        Operation::Unknown,
    ];
}

/// Regions that have the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Region {
    #[serde(rename = "fr-par")]
    FrPar,
    #[serde(rename = "nl-ams")]
    NlAms,
    #[serde(rename = "pl-waw")]
    PlWaw,
}

impl Region {
    const ALL: [Region; 3] = [Region::FrPar, Region::NlAms, Region::PlWaw];

    pub fn name(self) -> &'static str {
        match self {
            Region::FrPar => "fr-par",
            Region::NlAms => "nl-ams",
            Region::PlWaw => "pl-waw",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.name() == name)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Route<'a> {
    Api {
        operation: Operation,
        region: Region,
        /// As in the path; not yet known to be a UUID.
        key: Option<&'a str>,
    },
    Metadata,
    NoRegion(&'a str),
    NoMethod,
    NoPath,
}

impl Route<'_> {
    pub fn operation(&self) -> Operation {
        match self {
            Route::Api { operation, .. } => *operation,
            Route::Metadata => Operation::GetAPIMetadata,
            _ => Operation::Unknown,
        }
    }
}

pub const PREFIX: &str = "/key-manager/v1alpha1/regions/";

pub fn route<'a>(method: &Method, path: &'a str) -> Route<'a> {
    let Some(rest) = path.strip_prefix(PREFIX) else {
        return match path {
            "/metadata" if method == Method::GET => Route::Metadata,
            "/metadata" => Route::NoMethod,
            _ => Route::NoPath,
        };
    };
    let mut parts = rest.split('/');
    let region = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let (matches, key) = match parts[..] {
        ["keys"] => (collection(), None),
        ["algorithms"] => (vec![(Method::GET, Operation::ListAlgorithms)], None),
        ["keys", key] if !key.is_empty() => (item(), Some(key)),
        ["keys", key, action] if !key.is_empty() => match on_key(action) {
            Some(found) => (vec![found], Some(key)),
            None => return Route::NoPath,
        },
        _ => return Route::NoPath,
    };
    let Some(region) = Region::from_name(region) else {
        return Route::NoRegion(region);
    };
    match matches.into_iter().find(|(allowed, _)| allowed == method) {
        Some((_, operation)) => Route::Api {
            operation,
            region,
            key,
        },
        None => Route::NoMethod,
    }
}

fn collection() -> Vec<(Method, Operation)> {
    vec![
        (Method::GET, Operation::ListKeys),
        (Method::POST, Operation::CreateKey),
    ]
}

fn item() -> Vec<(Method, Operation)> {
    vec![
        (Method::GET, Operation::GetKey),
        (Method::PATCH, Operation::UpdateKey),
        (Method::DELETE, Operation::DeleteKey),
    ]
}

fn on_key(action: &str) -> Option<(Method, Operation)> {
    let operation = match action {
        "public-key" => return Some((Method::GET, Operation::GetPublicKey)),
        "rotations" => return Some((Method::GET, Operation::ListKeyRotations)),
        "restore" => Operation::RestoreKey,
        "rotate" => Operation::RotateKey,
        "protect" => Operation::ProtectKey,
        "unprotect" => Operation::UnprotectKey,
        "enable" => Operation::EnableKey,
        "disable" => Operation::DisableKey,
        "sign" => Operation::Sign,
        "verify" => Operation::Verify,
        "encrypt" => Operation::Encrypt,
        "decrypt" => Operation::Decrypt,
        "generate-data-key" => Operation::GenerateDataKey,
        "import-key-material" => Operation::ImportKeyMaterial,
        "delete-key-material" => Operation::DeleteKeyMaterial,
        "import-parameters" => Operation::GenerateKeyMaterialImportParameters,
        "wrap" => Operation::WrapKey,
        "unwrap" => Operation::UnwrapKey,
        _ => return None,
    };
    Some((Method::POST, operation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(method: Method, rest: &str) -> Route<'_> {
        // The route borrows the path, so the test leaks it.
        route(
            &method,
            Box::leak(format!("{PREFIX}{rest}").into_boxed_str()),
        )
    }

    #[test]
    fn all_operations_are_in_the_list_in_order() {
        for (i, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation as usize, i);
        }
    }

    #[test]
    fn finds_operations() {
        assert_eq!(
            at(Method::POST, "fr-par/keys/k/sign"),
            Route::Api {
                operation: Operation::Sign,
                region: Region::FrPar,
                key: Some("k")
            }
        );
        assert_eq!(
            at(Method::GET, "pl-waw/keys"),
            Route::Api {
                operation: Operation::ListKeys,
                region: Region::PlWaw,
                key: None
            }
        );
    }

    #[test]
    fn rejects_other_methods_and_paths() {
        assert_eq!(at(Method::GET, "fr-par/keys/k/sign"), Route::NoMethod);
        assert_eq!(at(Method::PUT, "fr-par/keys"), Route::NoMethod);
        assert_eq!(at(Method::GET, "it-mil/keys"), Route::NoRegion("it-mil"));
        for rest in [
            "",
            "fr-par",
            "fr-par/",
            "fr-par/keys/",
            "fr-par/keys/k/",
            "fr-par/keys/k/x",
        ] {
            assert_eq!(at(Method::GET, rest), Route::NoPath, "{rest}");
        }
        assert_eq!(route(&Method::GET, "/"), Route::NoPath);
    }
}
