//! The service's operations.

mod attributes;
mod cipher;
mod create;
mod life_cycle;
mod list;
mod material;
mod metadata;
mod sign;
mod wrap;

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::crypto::MlDsaDigest;
use crate::http::error::{ApiError, Reason};
use crate::http::fields::Fields;
use crate::http::query::Query;
use crate::http::route::{Operation, Region};
use crate::state::Store;
use crate::state::identity::Identity;
use crate::state::key::Key;

pub use list::NameFilter;

/// The arguments of an operation.
pub struct Call {
    pub store: Arc<Store>,
    pub identity: Arc<Identity>,
    pub region: Region,
    /// The id in the path, or nil for operations without one.
    pub key: Uuid,
    pub query: String,
    pub body: Bytes,
    /// How ListKeys filters by name.
    pub name_filter: NameFilter,
    /// What the digest is for ML-DSA keys.
    pub ml_dsa_digest: MlDsaDigest,
}

/// The result of a successful operation: JSON, or an empty body with status 204.
#[derive(Debug)]
pub enum Reply {
    Json(Vec<u8>),
    Empty,
}

impl Reply {
    fn json(value: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_vec(value)
            .map(Reply::Json)
            .map_err(|error| ApiError::internal(&error.to_string()))
    }

    fn key(key: &Key) -> Result<Self, ApiError> {
        let json = key.json();
        Self::json(&json.map_err(|error| ApiError::internal(&error.to_string()))?)
    }
}

impl Call {
    /// The body of an operation on a key. It may contain `key_id`, as in the service's examples, which
    /// must then be the path's.
    fn fields(&self) -> Result<Fields, ApiError> {
        Query::parse(&self.query).finish()?;
        let mut fields = Fields::parse(&self.body)?;
        if let Some(id) = fields.text("key_id")
            && Uuid::try_parse(&id).ok() != Some(self.key)
        {
            fields.report(
                "key_id",
                Reason::Constraint,
                "it differs from the key id in the path",
            );
        }
        Ok(fields)
    }

    /// Checks that neither the body nor the query has arguments.
    fn expect_no_arguments(&self) -> Result<(), ApiError> {
        self.fields()?.finish()
    }
}

/// Runs slow work, or work that writes files, outside the asynchronous threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(ApiError::internal(&error.to_string())))
}

pub async fn run(operation: Operation, call: Call) -> Result<Reply, ApiError> {
    match operation {
        Operation::Sign => sign::sign(call).await,
        Operation::Verify => sign::verify(call).await,
        Operation::Encrypt => cipher::encrypt(call).await,
        Operation::Decrypt => cipher::decrypt(call).await,
        Operation::GetKey => attributes::get(&call),
        Operation::GetPublicKey => attributes::public_key(&call),
        Operation::ListKeys => list::keys(&call),
        Operation::ListKeyRotations => list::rotations(&call),
        Operation::ListAlgorithms => list::algorithms(&call),
        Operation::GenerateDataKey => cipher::generate_data_key(&call),
        Operation::WrapKey => wrap::wrap(&call),
        Operation::UnwrapKey => wrap::unwrap(&call),
        Operation::CreateKey => blocking(move || create::create(&call)).await,
        Operation::UpdateKey => blocking(move || attributes::update(&call)).await,
        Operation::ProtectKey => blocking(move || attributes::protect(&call, true)).await,
        Operation::UnprotectKey => blocking(move || attributes::protect(&call, false)).await,
        Operation::EnableKey => blocking(move || life_cycle::enable(&call, true)).await,
        Operation::DisableKey => blocking(move || life_cycle::enable(&call, false)).await,
        Operation::RotateKey => blocking(move || life_cycle::rotate(&call)).await,
        Operation::DeleteKey => blocking(move || life_cycle::delete(&call)).await,
        Operation::RestoreKey => blocking(move || life_cycle::restore(&call)).await,
        Operation::ImportKeyMaterial => blocking(move || material::import(&call)).await,
        Operation::DeleteKeyMaterial => blocking(move || material::delete(&call)).await,
        Operation::GenerateKeyMaterialImportParameters => {
            blocking(move || material::import_parameters(&call)).await
        }
        Operation::GetAPIMetadata => metadata::get(&call),
        Operation::Unknown => Err(ApiError::internal("an unknown operation")),
    }
}
