//! The responses of the endpoints. Each function takes a response of status 2xx.

use http::StatusCode;
use serde::de::{DeserializeOwned, IgnoredAny};
use zeroize::Zeroizing;

use super::bodies::{
    AlgorithmEntry, AlgorithmsResponse, DataKeyResponse, DecryptResponse, EncryptResponse,
    ImportParametersResponse, KeyPage, PublicKeyResponse, RotationPage, SignResponse,
    VerifyResponse,
};
use super::key_location::KeyLocation;
use super::wire::Key;
use crate::error::{Error, ErrorKind, Result};
use crate::transport::Response;

/// A key's metadata.
pub(crate) fn read_key(requested: &KeyLocation, response: &Response) -> Result<Key> {
    let key: Key = parse(response)?;
    check_key_id(requested, &key.id)?;
    Ok(key)
}

/// A public key in PEM, with the service's own labels.
pub(crate) fn read_public_key(response: &Response) -> Result<String> {
    let response: PublicKeyResponse = parse(response)?;
    Ok(response.pem)
}

/// One page of a list of keys.
pub(crate) fn read_page(response: &Response) -> Result<KeyPage> {
    parse(response)
}

/// The metadata of a new key.
pub(crate) fn read_created_key(response: &Response) -> Result<Key> {
    parse(response)
}

/// One page of a list of rotations.
pub(crate) fn read_rotation_page(
    requested: &KeyLocation,
    response: &Response,
) -> Result<RotationPage> {
    let page: RotationPage = parse(response)?;
    for rotation in &page.rotations {
        check_key_id(requested, &rotation.key_id)?;
    }
    Ok(page)
}

/// The algorithms that the service offers.
pub(crate) fn read_algorithms(response: &Response) -> Result<Vec<AlgorithmEntry>> {
    let response: AlgorithmsResponse = parse(response)?;
    Ok(response.algorithms)
}

/// The response to a deletion contains nothing to read. A proxy's page must not pass as a success.
pub(crate) fn check_deleted(response: &Response) -> Result<()> {
    if response.status != StatusCode::NO_CONTENT && !response.body.is_empty() {
        parse::<IgnoredAny>(response)?;
    }
    Ok(())
}

/// The signature, as the service encodes it.
pub(crate) fn read_signature(
    requested: &KeyLocation,
    response: &Response,
) -> Result<Zeroizing<Vec<u8>>> {
    let response: SignResponse = parse(response)?;
    check_key_id(requested, &response.key_id)?;
    Ok(response.signature.0)
}

/// The ciphertext. An empty one is an error: the caller may discard the plaintext after an encryption.
pub(crate) fn read_ciphertext(
    requested: &KeyLocation,
    response: &Response,
) -> Result<Zeroizing<Vec<u8>>> {
    let body: EncryptResponse = parse(response)?;
    check_key_id(requested, &body.key_id)?;
    match body.ciphertext.0 {
        ciphertext if ciphertext.is_empty() => Err(malformed(response, "has no ciphertext")),
        ciphertext => Ok(ciphertext),
    }
}

/// Whether a signature is valid.
pub(crate) fn read_validity(requested: &KeyLocation, response: &Response) -> Result<bool> {
    let response: VerifyResponse = parse(response)?;
    check_key_id(requested, &response.key_id)?;
    Ok(response.valid)
}

type SecretBytes = Zeroizing<Vec<u8>>;

/// The plaintext, and if the key was rotated since its encryption, the plaintext encrypted again. An empty ciphertext counts
/// as none: it must not replace the old one.
pub(crate) fn read_plaintext(
    requested: &KeyLocation,
    response: &Response,
) -> Result<(SecretBytes, Option<SecretBytes>)> {
    let response: DecryptResponse = parse(response)?;
    check_key_id(requested, &response.key_id)?;
    let reencrypted = response.ciphertext.map(|c| c.0);
    Ok((response.plaintext.0, reencrypted.filter(|c| !c.is_empty())))
}

/// The ciphertext of a data key, and its plaintext if it was requested.
pub(crate) fn read_data_key(
    requested: &KeyLocation,
    response: &Response,
) -> Result<(SecretBytes, Option<SecretBytes>)> {
    let response: DataKeyResponse = parse(response)?;
    check_key_id(requested, &response.key_id)?;
    Ok((response.ciphertext.0, response.plaintext.map(|p| p.0)))
}

/// The public key that wraps key material, and the import token.
pub(crate) fn read_import_parameters(
    requested: &KeyLocation,
    response: &Response,
) -> Result<(SecretBytes, SecretBytes)> {
    let response: ImportParametersResponse = parse(response)?;
    check_key_id(requested, &response.key_id)?;
    Ok((response.public_key.0, response.import_token.0))
}

fn parse<T: DeserializeOwned>(response: &Response) -> Result<T> {
    if !response.is_json {
        return Err(malformed(
            response,
            "is not JSON: a server other than Key Manager responds at this address",
        ));
    }
    serde_json::from_slice(&response.body).map_err(|e| {
        // serde_json's own text may quote a value, which may be a plaintext.
        let column = e.column();
        let problem = match e.classify() {
            serde_json::error::Category::Data => {
                format!("lacks a field or has one of the wrong type (column {column})")
            }
            _ => format!("is malformed JSON (column {column})"),
        };
        malformed(response, &problem)
    })
}

fn malformed(response: &Response, problem: &str) -> Error {
    let message = format!("the service's response {problem}");
    Error::new(ErrorKind::Protocol, message)
        .with_http_status(response.status.as_u16())
        .with_request_id(response.request_id.clone())
        .outcome_unknown()
}

/// A response about another key than the requested one must not be used.
fn check_key_id(requested: &KeyLocation, id: &str) -> Result<()> {
    if requested.id.eq_ignore_ascii_case(id) {
        return Ok(());
    }
    let message = "the service's response is about another key";
    Err(Error::new(ErrorKind::Integrity, message).outcome_unknown())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> KeyLocation {
        KeyLocation {
            region: "fr-par".to_owned(),
            id: "8a83f62f-2b00-4e17-9bef-bc10faef3098".to_owned(),
        }
    }

    /// A response about the key, with further fields.
    fn about_key(fields: &str) -> Response {
        let body = format!(r#"{{"key_id": "{}", {fields}}}"#, key().id);
        Response::of(200, true, &body)
    }

    #[test]
    fn an_empty_ciphertext_is_an_error() {
        let error = read_ciphertext(&key(), &about_key(r#""ciphertext": """#));
        assert_eq!(error.expect_err("empty").kind(), ErrorKind::Protocol);
        let read = read_ciphertext(&key(), &about_key(r#""ciphertext": "eA==""#));
        assert_eq!(*read.expect("a ciphertext"), b"x");
    }

    #[test]
    fn an_empty_new_ciphertext_counts_as_none() {
        for (ciphertext, expected) in [("null", None), (r#""""#, None), (r#""eA==""#, Some("x"))] {
            let fields = format!(r#""plaintext": "cA==", "ciphertext": {ciphertext}"#);
            let read = read_plaintext(&key(), &about_key(&fields));
            let (plaintext, reencrypted) = read.expect("a plaintext");
            assert_eq!(*plaintext, b"p");
            let reencrypted = reencrypted.map(|bytes| bytes.to_vec());
            assert_eq!(reencrypted, expected.map(|text| text.as_bytes().to_vec()));
        }
    }
}
