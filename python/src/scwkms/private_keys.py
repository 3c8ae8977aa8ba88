"""Private keys for the package `cryptography`, which sign and decrypt with keys in Key Manager.

:func:`load` returns an object that certificate builders and other functions of `cryptography` accept as a private key::

    key = scwkms.private_keys.load(client, "scwkms:name=my-ca")
    certificate = builder.sign(key, hashes.SHA256())

A key in Key Manager has one algorithm. Another hash or padding raises `cryptography.exceptions.UnsupportedAlgorithm`, which
is also raised by functions that need the private key itself. Certificates of RSA-PSS keys need `rsa_padding=` with
:func:`pss_padding`. All other failures raise :class:`scwkms.Error`.

The keys may be used by several threads. They remain usable as long as their client is open.
"""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from ._library import KeyReference
from .client import Client
from .enums import Algorithm, ErrorCode
from .errors import new_error
from .results import Key

_SALT_LENGTHS = (padding.PSS.DIGEST_LENGTH, hashes.SHA256.digest_size)


def load(client: Client, key: KeyReference) -> EllipticCurvePrivateKey | RSAPrivateKey:
    """Gets a private key for `cryptography`. It refers to the key by its id, also if it was named by its name.

    :param client: the client with which the key signs and decrypts
    :raises UnsupportedError: for a key that is neither an elliptic-curve nor an RSA key
    """
    found = client.get_key(key)
    if found.algorithm in (Algorithm.EC_P256_SHA256, Algorithm.EC_P384_SHA384):
        return EllipticCurvePrivateKey(client, found)
    if found.algorithm.startswith("rsa_"):
        return RSAPrivateKey(client, found)
    message = f"the key {found.uri} of the algorithm {found.algorithm} cannot be a private key of cryptography"
    raise new_error(ErrorCode.UNSUPPORTED, message, operation="load", key=found.uri)


def pss_padding() -> padding.PSS:
    """The only padding of RSA-PSS keys in Key Manager: SHA-256, with a salt of 32 bytes."""
    return padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


def oaep_padding() -> padding.OAEP:
    """The only padding of RSA-OAEP keys in Key Manager: SHA-256, without a label."""
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


class _PrivateKey:
    """A key in Key Manager with its metadata."""

    def __init__(self, client: Client, key: Key) -> None:
        self._client = client
        self._key = key
        self._public_key: Any = serialization.load_der_public_key(key.public_key or b"")

    @property
    def key(self) -> Key:
        """The metadata of the key in Key Manager."""
        return self._key

    @property
    def key_size(self) -> int:
        """The size of the key in bits."""
        return int(self._public_key.key_size)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self

    def __repr__(self) -> str:
        return f"<scwkms.private_keys.{type(self).__name__} {self._key.uri}>"

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:
        """Always raises UnsupportedAlgorithm: the private key never leaves Key Manager."""
        raise UnsupportedAlgorithm("the private key never leaves Key Manager")

    def private_numbers(self) -> NoReturn:
        """Always raises UnsupportedAlgorithm: the private key never leaves Key Manager."""
        raise UnsupportedAlgorithm("the private key never leaves Key Manager")

    def _refuse(self, requested: str) -> NoReturn:
        raise UnsupportedAlgorithm(f"a key of the algorithm {self._key.algorithm} does not support {requested}")

    def _sign(self, data: Any, algorithm: Any) -> bytes:
        """Signs data, or a digest if the algorithm is Prehashed."""
        name = self._hash_name(algorithm)
        digest = data if isinstance(algorithm, Prehashed) else hashlib.new(name, data).digest()
        return self._client.sign(self._key, digest, algorithm=self._key.algorithm)

    def _hash_name(self, algorithm: Any) -> str:
        """The name of a hash, which must be that of the key."""
        requested: str = (algorithm._algorithm if isinstance(algorithm, Prehashed) else algorithm).name
        if not self._key.algorithm.endswith(f"_{requested}"):
            self._refuse(f"the hash {requested}")
        return requested


class EllipticCurvePrivateKey(_PrivateKey, ec.EllipticCurvePrivateKey):
    """An ECDSA key on P-256 or P-384."""

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve of the key."""
        curve: ec.EllipticCurve = self._public_key.curve
        return curve

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public key."""
        public: ec.EllipticCurvePublicKey = self._public_key
        return public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Signs data. The only algorithm is `ec.ECDSA` with the hash of the key, or `Prehashed` with this hash.

        :returns: the signature in ASN.1 DER
        """
        if not isinstance(signature_algorithm, ec.ECDSA):
            self._refuse(type(signature_algorithm).__name__)
        if getattr(signature_algorithm, "deterministic_signing", False):
            self._refuse("deterministic signatures")
        return self._sign(data, signature_algorithm.algorithm)

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        """Always raises UnsupportedAlgorithm: Key Manager has no key exchange."""
        self._refuse("ECDH")


class RSAPrivateKey(_PrivateKey, rsa.RSAPrivateKey):
    """An RSA key, which either signs with PKCS #1 v1.5, signs with PSS, or decrypts with OAEP."""

    def public_key(self) -> rsa.RSAPublicKey:
        """The public key."""
        public: rsa.RSAPublicKey = self._public_key
        return public

    def sign(self, data: Any, padding: padding.AsymmetricPadding, algorithm: Any) -> bytes:
        """Signs data. The only algorithm is SHA-256, or `Prehashed` with SHA-256; the padding is that of the key."""
        if not self._key.algorithm.startswith(self._signature_scheme(padding)):
            self._refuse(f"the padding {padding.name}")
        return self._sign(data, algorithm)

    def decrypt(self, ciphertext: Any, padding: padding.AsymmetricPadding) -> bytes:
        """Decrypts with the padding of :func:`oaep_padding`."""
        if not self._key.algorithm.startswith("rsa_oaep_"):
            self._refuse("decryption")
        self._check_oaep(padding)
        return self._client.decrypt(self._key, ciphertext)

    def _signature_scheme(self, requested: padding.AsymmetricPadding) -> str:
        """The start of the name of the algorithms with a padding, which has no other parameters than those of the keys."""
        if isinstance(requested, padding.PKCS1v15):
            return "rsa_pkcs1_"
        if not isinstance(requested, padding.PSS):
            self._refuse(f"the padding {requested.name}")
        self._hash_name(requested.mgf._algorithm)
        if requested._salt_length not in _SALT_LENGTHS:
            self._refuse("a PSS salt of another length than 32 bytes, which is PSS.DIGEST_LENGTH")
        return "rsa_pss_"

    def _check_oaep(self, requested: padding.AsymmetricPadding) -> None:
        if not isinstance(requested, padding.OAEP):
            self._refuse(f"the padding {requested.name}")
        self._hash_name(requested.algorithm)
        self._hash_name(requested.mgf._algorithm)
        if requested._label:
            self._refuse("a label")
