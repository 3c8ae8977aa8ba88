//! Keys.

use once_cell::race::OnceBox;
use scwkms::{Algorithm, KeyInfo, Scheme};

use crate::certificate::hex;
use crate::public_parts::PublicParts;

/// The CKA_ID given at a key's creation is kept in a tag: this prefix and hexadecimal digits.
const ID_TAG: &str = "pkcs11-id:";

const GENERATED_BY_THE_SERVICE: &str = "scaleway_kms";

/// A key of the service, which is the private and the public key object.
pub(crate) struct Key {
    /// The URI that names the key.
    pub(crate) uri: String,
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) algorithm: Algorithm,
    /// The value of CKA_ID.
    pub(crate) id: Vec<u8>,
    /// Whether the service has generated the key. Otherwise it was imported.
    pub(crate) is_local: bool,
    /// Whether the token permits to delete it.
    pub(crate) destroyable: bool,
    /// It is loaded when it is needed.
    public: OnceBox<PublicParts>,
}

impl Key {
    /// `None` for a key that the module cannot use.
    pub(crate) fn new(info: KeyInfo, read_only: bool) -> Option<Self> {
        let algorithm = info
            .algorithm
            .filter(|algorithm| is_supported(*algorithm))?;
        if info.state != "enabled" || info.locked {
            return None;
        }
        let key = Self {
            algorithm,
            id: given_id(&info.tags).or_else(|| uuid_bytes(&info.id))?,
            is_local: info.origin == GENERATED_BY_THE_SERVICE,
            destroyable: !read_only && !info.protected,
            public: OnceBox::new(),
            uri: info.uri,
            uuid: info.id,
            name: info.name,
        };
        if let Some(spki) = info.public_key {
            key.set_public(spki);
        }
        Some(key)
    }

    #[cfg(test)]
    pub(super) fn example(algorithm: Algorithm) -> Self {
        Self {
            uri: "scwkms:example".to_owned(),
            uuid: "8a83f62f-2b00-4e17-9bef-bc10faef3098".to_owned(),
            name: "example".to_owned(),
            algorithm,
            id: vec![0x73, 0x71],
            is_local: true,
            destroyable: false,
            public: OnceBox::new(),
        }
    }

    /// Whether the id is the value of CKA_ID or the UUID.
    pub(crate) fn has_id(&self, id: &[u8]) -> bool {
        self.id == id || uuid_bytes(&self.uuid).is_some_and(|bytes| bytes == id)
    }

    pub(crate) fn unique_id(&self, class: &str) -> String {
        format!("{}/{class}", self.uuid)
    }

    pub(crate) fn public(&self) -> Option<&PublicParts> {
        self.public.get()
    }

    /// Sets the public key. `None` if it is malformed.
    pub(crate) fn set_public(&self, spki: Vec<u8>) -> Option<&PublicParts> {
        if self.public.get().is_none() {
            let parts = PublicParts::parse(spki, self.algorithm)?;
            // Another thread may have set it meanwhile.
            let _ = self.public.set(Box::new(parts));
        }
        self.public.get()
    }

    pub(crate) fn can_sign(&self) -> bool {
        self.algorithm.can_sign()
    }

    /// The tag of a key that is created with this CKA_ID.
    pub(crate) fn id_tag(id: &[u8]) -> String {
        format!("{ID_TAG}{}", hex(id))
    }
}

/// The CKA_ID in a tag.
fn given_id(tags: &[String]) -> Option<Vec<u8>> {
    let tag = tags.iter().find_map(|tag| tag.strip_prefix(ID_TAG))?;
    from_hex(tag)
}

fn uuid_bytes(uuid: &str) -> Option<Vec<u8>> {
    from_hex(&uuid.replace('-', ""))
}

fn is_supported(algorithm: Algorithm) -> bool {
    matches!(
        algorithm.scheme(),
        Scheme::Ecdsa | Scheme::RsaPkcs1 | Scheme::RsaPss | Scheme::RsaOaep
    )
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok())
        .collect();
    bytes.filter(|bytes| rest.is_empty() && !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_in_tags() {
        assert_eq!(Key::id_tag(&[0x73, 0x0f]), "pkcs11-id:730f");
        let tags = ["other", "pkcs11-id:730f"].map(str::to_owned);
        assert_eq!(given_id(&tags), Some(vec![0x73, 0x0f]));
        for malformed in ["pkcs11-id:", "pkcs11-id:7", "pkcs11-id:xy", "pkcs11-id"] {
            assert_eq!(given_id(&[malformed.to_owned()]), None, "{malformed}");
        }
    }

    #[test]
    fn a_key_has_its_id_and_its_uuid() {
        let key = Key::example(Algorithm::EcP256Sha256);
        assert!(key.has_id(b"\x73\x71"));
        assert!(key.has_id(b"\x8a\x83\xf6\x2f\x2b\x00\x4e\x17\x9b\xef\xbc\x10\xfa\xef\x30\x98"));
        assert!(!key.has_id(b"\x73"));
    }
}
