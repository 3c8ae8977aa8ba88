//! What the module presents, for `scwkms doctor --pkcs11`.

use std::sync::Arc;

use scwkms::Hash;

use crate::certificate::hex;
use crate::config::{self, PinPolicy, ProcessEnvironment};
use crate::failure::{Failure, Result, code_name};
use crate::log;
use crate::module::open_tokens;
use crate::objects::{Key, Resolver};
use crate::token::{Query, Token};

/// The tokens, and where they are configured.
pub struct Report {
    /// The configuration file, or the statement that there is none.
    pub configuration: String,
    /// Why the configured log cannot be written. The module then works without it.
    pub log_error: Option<String>,
    /// The tokens in the order of their slots.
    pub tokens: Vec<TokenReport>,
}

/// A token.
pub struct TokenReport {
    /// CKA_LABEL of the token.
    pub label: String,
    /// Whether keys can be created and deleted.
    pub read_only: bool,
    /// Whether a login with the secret key is necessary.
    pub login_required: bool,
    /// The keys and certificates, or the reason why there are none.
    pub objects: Result<Vec<ObjectReport>, String>,
}

/// A key, which is a private and a public key object, or a certificate.
pub struct ObjectReport {
    /// CKA_LABEL.
    pub label: String,
    /// CKA_ID in hexadecimal digits.
    pub id: String,
    /// The key's algorithm. `None` for a certificate.
    pub algorithm: Option<String>,
    /// The key's URI. `None` for a certificate.
    pub uri: Option<String>,
    /// The result of a test signature. `None` if none was made: for a certificate, or a key that decrypts.
    pub signature: Option<Result<(), String>>,
}

/// Loads the configuration and looks up all objects, as the module does for a program. With `sign`, each key that can
/// makes a signature.
///
/// # Errors
/// A description of an invalid configuration, with the line and its text.
pub fn report(sign: bool) -> Result<Report, String> {
    let config = config::load(&ProcessEnvironment { is_trusted: true })?;
    let tokens = open_tokens(&config).map_err(|failure| failure.cause)?;
    Ok(Report {
        log_error: log::open_error(config.log.as_ref()),
        configuration: config.origin,
        tokens: tokens.iter().map(|token| describe(token, sign)).collect(),
    })
}

fn describe(token: &Arc<Token>, sign: bool) -> TokenReport {
    let objects = objects(token, sign).map_err(|failure| text(&failure));
    TokenReport {
        label: token.config.label.clone(),
        read_only: token.config.read_only,
        login_required: token.config.pin == PinPolicy::SecretKey,
        objects,
    }
}

fn objects(token: &Arc<Token>, sign: bool) -> Result<Vec<ObjectReport>> {
    let keys = token.keys(&Query::All)?;
    token.load_public_keys(&keys)?;
    let describe_key = |key: &Arc<Key>| describe_key(token, key, sign);
    let mut objects: Vec<ObjectReport> = keys.iter().map(describe_key).collect();
    for certificate in token.certificates() {
        objects.push(ObjectReport {
            label: certificate.label.clone(),
            id: hex(&token.certificate_id(certificate)?),
            algorithm: None,
            uri: None,
            signature: None,
        });
    }
    Ok(objects)
}

fn describe_key(token: &Token, key: &Key, sign: bool) -> ObjectReport {
    let signature = (sign && key.can_sign()).then(|| test_signature(token, key));
    ObjectReport {
        label: key.name.clone(),
        id: hex(&key.id),
        algorithm: Some(key.algorithm.to_string()),
        uri: Some(key.uri.clone()),
        signature: signature.map(|result| result.map_err(|failure| text(&failure))),
    }
}

fn test_signature(token: &Token, key: &Key) -> Result<()> {
    let len = key.algorithm.hash().map_or(0, Hash::output_len);
    token.client()?.sign(&key.uri, None, &vec![0; len])?;
    Ok(())
}

fn text(failure: &Failure) -> String {
    let code = code_name(failure.code).unwrap_or("another code");
    format!("{} ({code})", failure.cause)
}
