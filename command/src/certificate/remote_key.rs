//! A key in Key Manager that signs certificates.

use std::cell::RefCell;

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_RSA_SHA256, PublicKeyData,
    SignatureAlgorithm, SigningKey,
};
use scwkms::{Algorithm, Client, Error, Hash, Scheme};
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::digest;
use crate::failure::Failure;

/// A key in Key Manager, for rcgen.
pub(crate) struct RemoteKey<'a> {
    client: &'a Client,
    key: &'a str,
    algorithm: Algorithm,
    hash: Hash,
    certificate_algorithm: &'static SignatureAlgorithm,
    /// The content of the SubjectPublicKeyInfo's BIT STRING.
    public_key: Vec<u8>,
    /// The error of the last signature, since rcgen's errors have no text.
    error: RefCell<Option<Error>>,
}

impl<'a> RemoteKey<'a> {
    pub(crate) fn open(client: &'a Client, key: &'a str) -> Result<Self, Failure> {
        let info = client.public_key(key)?;
        let (certificate_algorithm, hash) = certificate_algorithm(info.algorithm)?;
        let (_, spki) = SubjectPublicKeyInfo::from_der(&info.spki)
            .map_err(|error| Failure::other(format!("the public key is malformed: {error}")))?;
        Ok(Self {
            client,
            key,
            algorithm: info.algorithm,
            hash,
            certificate_algorithm,
            public_key: spki.subject_public_key.data.to_vec(),
            error: RefCell::default(),
        })
    }

    /// The failure of making a certificate.
    pub(crate) fn failure(&self, error: &rcgen::Error) -> Failure {
        match self.error.take() {
            Some(error) => error.into(),
            None => Failure::invalid(format!("the certificate cannot be made: {error}")),
        }
    }
}

fn certificate_algorithm(
    algorithm: Algorithm,
) -> Result<(&'static SignatureAlgorithm, Hash), Failure> {
    match (algorithm.scheme(), algorithm.hash()) {
        (Scheme::Ecdsa, Some(Hash::Sha256)) => Ok((&PKCS_ECDSA_P256_SHA256, Hash::Sha256)),
        (Scheme::Ecdsa, Some(Hash::Sha384)) => Ok((&PKCS_ECDSA_P384_SHA384, Hash::Sha384)),
        (Scheme::RsaPkcs1, Some(Hash::Sha256)) => Ok((&PKCS_RSA_SHA256, Hash::Sha256)),
        _ => Err(Failure::unsupported(format!(
            "certificates cannot be made with a key of algorithm {algorithm}; use a key of ec_p256_sha256, \
             ec_p384_sha384 or rsa_pkcs1"
        ))),
    }
}

impl PublicKeyData for RemoteKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.certificate_algorithm
    }
}

impl SigningKey for RemoteKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let digest = digest::of(self.hash, message);
        let signed = self.client.sign(self.key, Some(self.algorithm), &digest);
        signed.map_err(|error| {
            self.error.replace(Some(error));
            rcgen::Error::RemoteKeyError
        })
    }
}
