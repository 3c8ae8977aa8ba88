//! Files with a public key or a certificate.

use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

use super::{LABELS, PublicKey};
use crate::algorithm::Algorithm;
use crate::error::{Error, ErrorKind, Result};

/// The algorithms that a public key determines: those with one of these curves or parameter sets.
const DETERMINED: [Algorithm; 5] = [
    Algorithm::EcP256Sha256,
    Algorithm::EcP384Sha384,
    Algorithm::MlDsa44,
    Algorithm::MlDsa65,
    Algorithm::MlDsa87,
];

impl PublicKey {
    /// Parses the first public key or certificate in the text of a PEM file. `algorithm` is required for RSA keys.
    pub(crate) fn from_file(text: &str, algorithm: Option<Algorithm>) -> Result<Self> {
        let spki = first_public_key(text)?;
        match algorithm {
            Some(algorithm) => Self::from_der(&spki, algorithm).map_err(|_| {
                invalid(format!("the public key is not one of {algorithm}"))
            }),
            None => DETERMINED
                .into_iter()
                .find_map(|algorithm| Self::from_der(&spki, algorithm).ok())
                .ok_or_else(|| {
                    invalid(
                        "the public key is not one of EC P-256, EC P-384 and ML-DSA; for an RSA key add algorithm=, for \
                         example algorithm=rsa_pkcs1_2048_sha256"
                            .to_owned(),
                    )
                }),
        }
    }
}

/// The first public key in a PEM file. Other blocks are ignored.
fn first_public_key(text: &str) -> Result<Vec<u8>> {
    let blocks = pem::parse_many(text).map_err(|_| invalid("it is not in PEM".to_owned()))?;
    for block in &blocks {
        if LABELS.contains(&block.tag()) {
            return Ok(block.contents().to_vec());
        }
        if block.tag() == "CERTIFICATE" {
            return certified_key(block.contents());
        }
    }
    Err(invalid(
        "it has no public key and no certificate".to_owned(),
    ))
}

/// The SubjectPublicKeyInfo of a certificate (RFC 5280, section 4.1).
fn certified_key(der: &[u8]) -> Result<Vec<u8>> {
    let certificate = CertificateDer::from(der);
    let certificate = EndEntityCert::try_from(&certificate)
        .map_err(|e| invalid(format!("its certificate cannot be read: {e}")))?;
    Ok(certificate.subject_public_key_info().as_ref().to_vec())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
