"""The words and numbers of the C library and of the service.

Words of the service are strings. A newer service may return words that this version does not know. They stay strings, so
compare with `==` and not with `is`.
"""

import enum


class ErrorCode(enum.IntEnum):
    """The code of an :class:`~scwkms.Error`. The numbers are those of the C library, and never change."""

    INVALID_ARGUMENT = 1
    INVALID_HANDLE = 2
    CONFIGURATION = 3
    AUTHENTICATION = 4
    PERMISSION_DENIED = 5
    NOT_FOUND = 6
    ALREADY_EXISTS = 7
    UNSUPPORTED = 8
    KEY_STATE = 9
    RATE_LIMITED = 10
    UNAVAILABLE = 11
    TIMEOUT = 12
    NETWORK = 13
    PROTOCOL = 14
    INTEGRITY = 15
    CANCELLED = 16
    INTERNAL = 17


class _Numbered(enum.StrEnum):
    """Words that the C library receives as numbers: the first one is 1."""

    @property
    def number(self) -> int:
        """The number of the word in the C library."""
        return list(type(self)).index(self) + 1


class Algorithm(_Numbered):
    """A key's algorithm, as the service writes it."""

    EC_P256_SHA256 = "ec_p256_sha256"
    """ECDSA on P-256 with SHA-256."""
    EC_P384_SHA384 = "ec_p384_sha384"
    """ECDSA on P-384 with SHA-384."""
    RSA_PSS_2048_SHA256 = "rsa_pss_2048_sha256"
    """RSASSA-PSS with SHA-256 and a salt of 32 bytes."""
    RSA_PSS_3072_SHA256 = "rsa_pss_3072_sha256"
    RSA_PSS_4096_SHA256 = "rsa_pss_4096_sha256"
    RSA_PKCS1_2048_SHA256 = "rsa_pkcs1_2048_sha256"
    """RSASSA-PKCS1-v1_5 with SHA-256."""
    RSA_PKCS1_3072_SHA256 = "rsa_pkcs1_3072_sha256"
    RSA_PKCS1_4096_SHA256 = "rsa_pkcs1_4096_sha256"
    RSA_OAEP_2048_SHA256 = "rsa_oaep_2048_sha256"
    """RSAES-OAEP with SHA-256; encrypts and decrypts."""
    RSA_OAEP_3072_SHA256 = "rsa_oaep_3072_sha256"
    RSA_OAEP_4096_SHA256 = "rsa_oaep_4096_sha256"
    AES_256_GCM = "aes_256_gcm"
    """AES-256-GCM; encrypts, decrypts and generates data keys."""
    ML_DSA_44 = "ml_dsa_44"
    """ML-DSA-44; signs messages, not digests."""
    ML_DSA_65 = "ml_dsa_65"
    ML_DSA_87 = "ml_dsa_87"
    ML_KEM_768 = "ml_kem_768"
    """ML-KEM-768; wraps and unwraps."""
    ML_KEM_1024 = "ml_kem_1024"
    EC_SECP256K1_SHA256 = "ec_secp256k1_sha256"
    """ECDSA on secp256k1; the library cannot sign with such keys."""


class WrappingAlgorithm(_Numbered):
    """How key material is wrapped for an import."""

    RSA_OAEP_2048_SHA256 = "rsa_oaep_2048_sha256"
    RSA_OAEP_3072_SHA256 = "rsa_oaep_3072_sha256"
    RSA_OAEP_4096_SHA256 = "rsa_oaep_4096_sha256"
    RSA_AES_KEY_WRAP_2048_SHA256 = "rsa_aes_key_wrap_2048_sha256"
    RSA_AES_KEY_WRAP_3072_SHA256 = "rsa_aes_key_wrap_3072_sha256"
    RSA_AES_KEY_WRAP_4096_SHA256 = "rsa_aes_key_wrap_4096_sha256"


class ProtectionLevel(_Numbered):
    """Where the service executes operations."""

    SOFTWARE = "software"
    HSM = "hsm"
    """In a hardware security module."""


class KeyUsage(enum.StrEnum):
    """The purpose of a key."""

    ASYMMETRIC_SIGNING = "asymmetric_signing"
    ASYMMETRIC_ENCRYPTION = "asymmetric_encryption"
    SYMMETRIC_ENCRYPTION = "symmetric_encryption"
    KEY_ENCAPSULATION = "key_encapsulation"


class KeyState(enum.StrEnum):
    """The state of a key. Only an enabled key signs, encrypts and decrypts."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    PENDING_KEY_MATERIAL = "pending_key_material"
    SCHEDULED_FOR_DELETION = "scheduled_for_deletion"


class KeyOrigin(enum.StrEnum):
    """The origin of a key's material."""

    SCALEWAY_KMS = "scaleway_kms"
    """The service generates it."""
    EXTERNAL = "external"
    """:meth:`~scwkms.Client.import_key_material` imports it."""
