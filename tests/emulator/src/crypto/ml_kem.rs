//! ML-KEM (FIPS 203) keys. A wrapped key is the encapsulated secret, followed by the payload, which
//! is encrypted with AES-256-GCM and that secret.

use aws_lc_rs::kem::{
    Algorithm, AlgorithmId, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768, ML_KEM_1024,
};

use super::CryptoError;
use super::aes::Aes;
use crate::algorithm::MlKemSet;

/// The first byte of a wrapped key, the version of its layout.
const FORMAT: u8 = 1;

pub struct MlKem {
    set: MlKemSet,
    decapsulation: DecapsulationKey,
    encapsulation: EncapsulationKey,
    // The library cannot derive it from a stored private key.
    public: Vec<u8>,
}

fn parameters(set: MlKemSet) -> &'static Algorithm<AlgorithmId> {
    match set {
        MlKemSet::MlKem768 => &ML_KEM_768,
        MlKemSet::MlKem1024 => &ML_KEM_1024,
    }
}

impl MlKem {
    pub fn generate(set: MlKemSet) -> Result<Self, CryptoError> {
        let decapsulation = DecapsulationKey::generate(parameters(set))?;
        let encapsulation = decapsulation.encapsulation_key()?;
        let public = encapsulation.key_bytes()?.as_ref().to_vec();
        Ok(MlKem {
            set,
            decapsulation,
            encapsulation,
            public,
        })
    }

    pub fn from_stored(set: MlKemSet, bytes: &[u8]) -> Result<Self, CryptoError> {
        let (public, secret) = bytes
            .split_at_checked(public_length(set))
            .ok_or(CryptoError)?;
        Ok(MlKem {
            set,
            decapsulation: DecapsulationKey::new(parameters(set), secret)?,
            encapsulation: EncapsulationKey::new(parameters(set), public)?,
            public: public.to_vec(),
        })
    }

    pub fn to_stored(&self) -> Result<Vec<u8>, CryptoError> {
        let secret = self.decapsulation.key_bytes()?;
        Ok([&self.public, secret.as_ref()].concat())
    }

    pub fn spki(&self) -> Vec<u8> {
        // All lengths are fixed, so the structure before the key is constant:
        // SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.4.x }, BIT STRING }.
        let (outer, oid, inner) = match self.set {
            MlKemSet::MlKem768 => ([0x04, 0xb2], 0x02, [0x04, 0xa1]),
            MlKemSet::MlKem1024 => ([0x06, 0x32], 0x03, [0x06, 0x21]),
        };
        let mut der = vec![0x30, 0x82, outer[0], outer[1], 0x30, 0x0b, 0x06, 0x09];
        der.extend_from_slice(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, oid]);
        der.extend_from_slice(&[0x03, 0x82, inner[0], inner[1], 0x00]);
        der.extend_from_slice(&self.public);
        der
    }

    pub fn wrap(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (encapsulated, secret) = self.encapsulation.encapsulate()?;
        let key = Aes::new(secret.as_ref().try_into().map_err(|_| CryptoError)?)?;
        let mut out = vec![FORMAT];
        out.extend_from_slice(encapsulated.as_ref());
        out.extend_from_slice(&key.seal(plaintext, associated)?);
        Ok(out)
    }

    pub fn unwrap(&self, wrapped: &[u8], associated: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let rest = wrapped.strip_prefix(&[FORMAT]).ok_or(CryptoError)?;
        let (encapsulated, sealed) = rest
            .split_at_checked(encapsulated_length(self.set))
            .ok_or(CryptoError)?;
        let secret = self
            .decapsulation
            .decapsulate(Ciphertext::from(encapsulated))?;
        let key = Aes::new(secret.as_ref().try_into().map_err(|_| CryptoError)?)?;
        key.open(sealed, associated)
    }
}

/// FIPS 203, table 3.
fn public_length(set: MlKemSet) -> usize {
    match set {
        MlKemSet::MlKem768 => 1184,
        MlKemSet::MlKem1024 => 1568,
    }
}

/// FIPS 203, table 3.
fn encapsulated_length(set: MlKemSet) -> usize {
    match set {
        MlKemSet::MlKem768 => 1088,
        MlKemSet::MlKem1024 => 1568,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_and_unwraps_after_a_restart() {
        for set in [MlKemSet::MlKem768, MlKemSet::MlKem1024] {
            let key = MlKem::generate(set).unwrap();
            assert_eq!(key.public.len(), public_length(set));
            let wrapped = key.wrap(b"a data key", b"context").unwrap();
            assert_eq!(
                wrapped.len(),
                1 + encapsulated_length(set) + crate::crypto::aes::OVERHEAD + b"a data key".len()
            );
            let again = MlKem::from_stored(set, &key.to_stored().unwrap()).unwrap();
            assert_eq!(again.unwrap(&wrapped, b"context").unwrap(), b"a data key");
            assert_eq!(again.unwrap(&wrapped, b"other"), Err(CryptoError));
            assert_eq!(again.unwrap(&wrapped[1..], b"context"), Err(CryptoError));
            assert_eq!(again.unwrap(&[1, 2], b"context"), Err(CryptoError));
            let rewrapped = again.wrap(b"x", b"").unwrap();
            assert_eq!(key.unwrap(&rewrapped, b"").unwrap(), b"x");
        }
    }
}
