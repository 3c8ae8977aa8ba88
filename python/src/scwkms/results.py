"""The results of operations. All of them are immutable."""

import base64
import textwrap
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Key:
    """The metadata of a key. All functions accept it in place of a key reference.

    `usage`, `algorithm`, `state`, `origin` and `protection_level` are words of the service: compare them with the enums
    :class:`KeyUsage`, :class:`Algorithm`, :class:`KeyState`, :class:`KeyOrigin` and :class:`ProtectionLevel`.
    """

    uri: str
    """`scwkms:key-id=UUID;region=REGION`, which refers to the key in all functions."""
    id: str
    """The UUID."""
    region: str
    project_id: str
    name: str
    description: str
    usage: str
    algorithm: str
    state: str
    origin: str
    protection_level: str
    created_at: datetime | None
    updated_at: datetime | None
    rotated_at: datetime | None
    next_rotation_at: datetime | None
    """None if the key has no rotation policy."""
    deletion_requested_at: datetime | None
    rotation_count: int
    rotation_period: timedelta | None
    """The time between two rotations by the service; None if the key has no rotation policy."""
    is_protected: bool
    """Whether the key is protected against deletion."""
    is_locked: bool
    tags: tuple[str, ...]
    public_key: bytes | None
    """A SubjectPublicKeyInfo in DER. Only keys from :meth:`Client.get_key` have it."""

    def __str__(self) -> str:
        return self.uri


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public key of a key pair."""

    der: bytes
    """A SubjectPublicKeyInfo in DER (RFC 5280)."""
    algorithm: str
    """One of :class:`Algorithm`."""

    @property
    def pem(self) -> str:
        """The SubjectPublicKeyInfo in PEM (RFC 7468)."""
        lines = textwrap.wrap(base64.b64encode(self.der).decode(), 64)
        return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key for AES-256-GCM outside of Key Manager. Its representation does not contain the plaintext."""

    plaintext: bytes | None = field(repr=False)
    """The data key, 32 bytes; None if it was not requested."""
    ciphertext: bytes
    """The encrypted data key, which :meth:`Client.decrypt` decrypts."""


@dataclass(frozen=True, slots=True)
class Decrypted:
    """The result of :meth:`Client.decrypt_with_associated_data`. Its representation does not contain the plaintext."""

    plaintext: bytes = field(repr=False)
    reencrypted: bytes | None
    """If the key was rotated since the encryption: the plaintext, encrypted with the newest key material."""


@dataclass(frozen=True, slots=True)
class ImportParameters:
    """The parameters for an import of wrapped key material."""

    public_key: bytes
    """The public key, as the service encodes it."""
    import_token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A rotation of a key."""

    index: int
    status: str
    """`enabled` or `deleted`, or a newer word of the service."""
    is_manual: bool
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfferedAlgorithm:
    """An algorithm that the service offers for new keys."""

    name: str
    """One of :class:`Algorithm`, or a newer word of the service."""
    usage: str
    """One of :class:`KeyUsage`, or a newer word of the service."""
    is_recommended: bool
