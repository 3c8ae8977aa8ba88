"""Sign and decrypt with keys that never leave Scaleway Key Manager.

:class:`Client` is the blocking client, :class:`AsyncClient` the one for asyncio. :mod:`scwkms.private_keys` contains private
keys for the package `cryptography`. The package is a layer over the C library libscwkms.so.1.
"""

from . import _library
from ._library import Data, KeyReference
from ._version import __version__
from .async_client import AsyncClient
from .client import Client
from .enums import Algorithm, ErrorCode, KeyOrigin, KeyState, KeyUsage, ProtectionLevel, WrappingAlgorithm
from .envelope import DataKeyCache, Decryptor, Encryptor
from .errors import (
    AlreadyExistsError,
    AuthenticationError,
    ConfigurationError,
    Error,
    IntegrityError,
    InternalError,
    InvalidArgumentError,
    InvalidHandleError,
    KeyStateError,
    NetworkError,
    NotFoundError,
    OperationCancelledError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitedError,
    TimedOutError,
    UnavailableError,
    UnsupportedError,
)
from .results import DataKey, Decrypted, ImportParameters, Key, OfferedAlgorithm, PublicKey, Rotation


def library_version() -> str:
    """The version of the C library."""
    return str(_library.function("version")().decode())


def validate_name(name: str) -> None:
    """Checks the spelling of a key reference or of a URI. Nothing is opened or sent.

    :raises InvalidArgumentError: for a malformed text
    """
    _library.call("validate_name", _library.text(name))


__all__ = [
    "Algorithm",
    "AlreadyExistsError",
    "AsyncClient",
    "AuthenticationError",
    "Client",
    "ConfigurationError",
    "Data",
    "DataKey",
    "DataKeyCache",
    "Decrypted",
    "Decryptor",
    "Encryptor",
    "Error",
    "ErrorCode",
    "ImportParameters",
    "IntegrityError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "Key",
    "KeyOrigin",
    "KeyReference",
    "KeyState",
    "KeyStateError",
    "KeyUsage",
    "NetworkError",
    "NotFoundError",
    "OfferedAlgorithm",
    "OperationCancelledError",
    "PermissionDeniedError",
    "ProtectionLevel",
    "ProtocolError",
    "PublicKey",
    "RateLimitedError",
    "Rotation",
    "TimedOutError",
    "UnavailableError",
    "UnsupportedError",
    "WrappingAlgorithm",
    "__version__",
    "library_version",
    "validate_name",
]
