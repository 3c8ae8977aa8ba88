"""The blocking client."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TypeVar

from . import _operations
from ._calls import Call
from ._library import Data, KeyReference, call, function, optional_text
from ._settings import file_setting, milliseconds, timeout_setting
from ._uris import with_parameters
from .envelope import EnvelopeMethods
from .results import DataKey, Decrypted, ImportParameters, Key, OfferedAlgorithm, PublicKey, Rotation

T = TypeVar("T")


class Client(EnvelopeMethods):
    """A client of Key Manager.

    Any number of threads may use a client at once. Methods block until the operation has finished or its deadline has
    passed, and release the GIL meanwhile. A signal handler of Python, also that of Ctrl+C, runs when the method returns.

    All methods raise :class:`Error`. They raise TypeError and ValueError for arguments that cannot be passed to the C
    library. `key` is a :data:`KeyReference`: the UUID of a key, `REGION/UUID`, `scwkms:name=NAME`, another URI, or a
    :class:`Key`. Bytes may be given as any object with the buffer protocol. `timeout` is the deadline of the call in
    seconds, if it is shorter than the deadline of the client.

    A child of `os.fork()` may use the clients of its parent.
    """

    def __init__(
        self,
        uri: str | None = None,
        *,
        access_key: str | None = None,
        secret_key: str | None = None,
        project_id: str | None = None,
        organization_id: str | None = None,
        region: str | None = None,
        profile: str | None = None,
        api_url: str | None = None,
        config: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        insecure: bool | None = None,
        verify: bool | None = None,
    ) -> None:
        """Opens a client. Nothing is sent.

        The settings come from Scaleway's config file, the environment and the arguments; a later source wins. A setting is
        given in the URI, `scwkms:name=value;name=value`, or as a keyword argument.

        :param uri: a URI with settings
        :param config: the config file instead of Scaleway's usual one
        :param ca_file: a file with further trusted certificate authorities (PEM)
        :param timeout: the deadline of operations in seconds; 15 by default
        :param insecure: accept any certificate of the server
        :param verify: False to return signatures without verifying them
        :raises InvalidArgumentError: for a malformed URI
        :raises ConfigurationError: for invalid settings
        """
        whole = with_parameters(
            uri,
            access_key=access_key,
            secret_key=secret_key,
            project_id=project_id,
            organization_id=organization_id,
            region=region,
            profile=profile,
            api_url=api_url,
            config=file_setting(config),
            ca_file=file_setting(ca_file),
            timeout=timeout_setting(timeout),
            insecure=insecure,
            verify=verify,
        )
        self._handle: int = call("open", optional_text(whole))
        self._finalizer = weakref.finalize(self, function("free"), self._handle)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<scwkms.Client {'closed' if self.closed else 'open'}>"

    def close(self) -> None:
        """Closes the client. Later calls of its methods raise :class:`InvalidHandleError`. A second call is allowed.

        Blocking calls of other threads finish their current attempt; a failed attempt is not followed by another.
        """
        self._finalizer()

    @property
    def closed(self) -> bool:
        """Whether the client was closed."""
        return not self._finalizer.alive

    @property
    def timeout(self) -> float:
        """The deadline of operations in seconds; 0 if the client is closed."""
        return int(function("timeout_ms")(self._handle)) / 1000

    def _run(self, operation: Call[T], timeout: float | None) -> T:
        if timeout is None:
            return operation.block(self._handle)
        return operation.block_within(self._handle, milliseconds(timeout))

    def public_key(self, key: KeyReference, *, timeout: float | None = None) -> PublicKey:
        """Gets the public key of a key. The first use of a key sends two requests, later uses none.

        :raises UnsupportedError: for a symmetric key
        """
        return self._run(_operations.public_key(key), timeout)

    def sign(
        self, key: KeyReference, digest: Data, *, algorithm: str | None = None, timeout: float | None = None
    ) -> bytes:
        """Signs a digest. The signature is verified before it is returned.

        :param digest: 32 bytes for SHA-256, 48 for SHA-384, as the algorithm of the key requires
        :param algorithm: the :class:`Algorithm` that the key must have
        :returns: an ECDSA signature in ASN.1 DER, or an RSA signature
        :raises IntegrityError: if the service returned something other than a signature of the digest by the key
        :raises UnsupportedError: for a key of another algorithm or usage
        """
        return self._run(_operations.sign(key, digest, algorithm), timeout)

    def sign_message(
        self, key: KeyReference, message: Data, *, algorithm: str | None = None, timeout: float | None = None
    ) -> bytes:
        """Signs a message of any length. With ECDSA and RSA keys, the digest of the message is signed. This is the only
        method that signs with ML-DSA keys.

        :raises IntegrityError: if the service returned something other than a signature of the message by the key
        """
        return self._run(_operations.sign_message(key, message, algorithm), timeout)

    def verify(
        self,
        key: KeyReference,
        digest: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Verifies a signature of a digest with the public key, without a request.

        :raises IntegrityError: if it is not a signature of the digest by the key
        """
        self._run(_operations.verify("verify", key, digest, signature, algorithm), timeout)

    def verify_message(
        self,
        key: KeyReference,
        message: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Verifies a signature of a message with the public key, without a request.

        :raises IntegrityError: if it is not a signature of the message by the key
        """
        self._run(_operations.verify("verify_message", key, message, signature, algorithm), timeout)

    def verify_by_service(
        self,
        key: KeyReference,
        digest: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Verifies a signature of a digest by a request to the service.

        :raises IntegrityError: if it is not a signature of the digest by the key
        """
        self._run(_operations.verify("verify_by_service", key, digest, signature, algorithm), timeout)

    def encrypt(self, key: KeyReference, plaintext: Data, *, timeout: float | None = None) -> bytes:
        """Encrypts, by the service, with an RSA-OAEP or AES-256-GCM key.

        :param plaintext: at most 190, 318 or 446 bytes for RSA of 2048, 3072 or 4096 bits, 65535 for AES
        """
        return self._run(_operations.transform("encrypt", key, plaintext), timeout)

    def decrypt(self, key: KeyReference, ciphertext: Data, *, timeout: float | None = None) -> bytes:
        """Decrypts with an RSA-OAEP key (SHA-256, no label) or an AES-256-GCM key (no associated data).

        :raises InvalidArgumentError: for a ciphertext that was not made with the key
        """
        return self._run(_operations.transform("decrypt", key, ciphertext), timeout)

    def encrypt_with_associated_data(
        self, key: KeyReference, plaintext: Data, associated_data: Data, *, timeout: float | None = None
    ) -> bytes:
        """Encrypts, by the service, with an AES-256-GCM key. The ciphertext does not contain the associated data, but can
        only be decrypted with it."""
        operation = _operations.transform("encrypt_with_associated_data", key, plaintext, associated_data)
        return self._run(operation, timeout)

    def decrypt_with_associated_data(
        self, key: KeyReference, ciphertext: Data, associated_data: Data, *, timeout: float | None = None
    ) -> Decrypted:
        """Decrypts with the associated data of the encryption. If the key was rotated since then, the result also contains
        a new ciphertext.

        :raises InvalidArgumentError: for a ciphertext that was not made with the key and this associated data
        """
        return self._run(_operations.decrypt_with_associated_data(key, ciphertext, associated_data), timeout)

    def generate_data_key(
        self, key: KeyReference, *, with_plaintext: bool = True, timeout: float | None = None
    ) -> DataKey:
        """Generates a data key for AES-256-GCM outside of Key Manager, and encrypts it with a symmetric key.

        :param with_plaintext: whether the service also sends the data key unencrypted
        """
        return self._run(_operations.generate_data_key(key, with_plaintext), timeout)

    def wrap(
        self, key: KeyReference, plaintext: Data, *, associated_data: Data = b"", timeout: float | None = None
    ) -> bytes:
        """Encrypts at most 2048 bytes, usually another key, with an ML-KEM key."""
        return self._run(_operations.transform("wrap", key, plaintext, associated_data), timeout)

    def unwrap(
        self, key: KeyReference, ciphertext: Data, *, associated_data: Data = b"", timeout: float | None = None
    ) -> bytes:
        """Decrypts a ciphertext of :meth:`wrap`, which needs the same associated data."""
        return self._run(_operations.transform("unwrap", key, ciphertext, associated_data), timeout)

    def get_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Gets the metadata of a key with its public key. It is cached: it shows the key at the first use by the client."""
        return self._run(_operations.key_action("get_key", key), timeout)

    def create_key(
        self,
        name: str,
        *,
        algorithm: str | None = None,
        protection_level: str | None = None,
        unprotected: bool | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        region: str | None = None,
        project_id: str | None = None,
        origin: str | None = None,
        timeout: float | None = None,
    ) -> Key:
        """Creates a key. A creation is repeated only if the first request was certainly not processed.

        :param name: the name, or a URI, `scwkms:name=NAME` with further parameters
        :param algorithm: an :class:`Algorithm`; EC_P256_SHA256 by default
        :param protection_level: a :class:`ProtectionLevel`
        :param unprotected: True to create a key that is not protected against deletion
        :param origin: `external` for a key whose material is imported
        """
        operation = _operations.create_key(
            name,
            algorithm,
            protection_level,
            unprotected=unprotected,
            description=description,
            tags=tags,
            region=region,
            project_id=project_id,
            origin=origin,
        )
        return self._run(operation, timeout)

    def update_key(
        self,
        key: KeyReference,
        *,
        name: str | None = None,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        rotation_period: timedelta | None = None,
        next_rotation_at: datetime | None = None,
        timeout: float | None = None,
    ) -> Key:
        """Changes attributes of a key. Those that are None do not change.

        :param description: the new description; "" removes it
        :param tags: the new tags, which replace all others
        :param rotation_period: the time between two rotations by the service, at least one day
        :param next_rotation_at: the time of the next rotation, with a time zone; by default after one period
        """
        operation = _operations.update_key(key, name, description, tags, rotation_period, next_rotation_at)
        return self._run(operation, timeout)

    def delete_key(self, key: KeyReference, *, timeout: float | None = None) -> None:
        """Schedules a key for deletion. For 7 days :meth:`restore_key` restores it, by its id.

        :raises KeyStateError: for a protected key
        """
        self._run(_operations.delete_key(key), timeout)

    def restore_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Restores a key that is scheduled for deletion."""
        return self._run(_operations.key_action("restore_key", key), timeout)

    def rotate_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Generates new key material for a symmetric key. Older ciphertexts can still be decrypted."""
        return self._run(_operations.key_action("rotate_key", key), timeout)

    def enable_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Enables a disabled key."""
        return self._run(_operations.key_action("enable_key", key), timeout)

    def disable_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Disables a key: no cryptographic operation is possible until :meth:`enable_key`."""
        return self._run(_operations.key_action("disable_key", key), timeout)

    def protect_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Protects a key against deletion."""
        return self._run(_operations.key_action("protect_key", key), timeout)

    def unprotect_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Removes the protection of a key against deletion."""
        return self._run(_operations.key_action("unprotect_key", key), timeout)

    def find_keys(
        self,
        query: str | None = None,
        *,
        name: str | None = None,
        usage: str | None = None,
        algorithm: str | None = None,
        tags: Iterable[str] | None = None,
        region: str | None = None,
        project_id: str | None = None,
        timeout: float | None = None,
    ) -> list[Key]:
        """Finds keys, ordered by name, without those that are scheduled for deletion.

        :param query: a URI with the conditions, in place of or in addition to the other arguments
        :param name: the exact name
        :param tags: tags, all of which the keys have
        """
        operation = _operations.find_keys(
            query, name=name, usage=usage, algorithm=algorithm, tags=tags, region=region, project_id=project_id
        )
        return self._run(operation, timeout)

    def list_rotations(self, key: KeyReference, *, timeout: float | None = None) -> list[Rotation]:
        """Lists the rotations of a key, the oldest first."""
        return self._run(_operations.list_rotations(key), timeout)

    def list_algorithms(
        self, *, usage: str | None = None, region: str | None = None, timeout: float | None = None
    ) -> list[OfferedAlgorithm]:
        """Lists the algorithms that the service offers for new keys."""
        return self._run(_operations.list_algorithms(usage=usage, region=region), timeout)

    def import_key_material(
        self, key: KeyReference, material: Data, *, salt: Data = b"", timeout: float | None = None
    ) -> Key:
        """Imports key material into a key of origin external. Each import is a rotation."""
        return self._run(_operations.import_key_material(key, material, salt), timeout)

    def delete_key_material(
        self, key: KeyReference, *, rotation_index: int | None = None, timeout: float | None = None
    ) -> None:
        """Deletes imported key material at once: ciphertexts of it can no longer be decrypted.

        :param rotation_index: the index of the rotation; the newest one by default
        """
        self._run(_operations.delete_key_material(key, rotation_index), timeout)

    def get_import_parameters(
        self, key: KeyReference, wrapping_algorithm: str, *, timeout: float | None = None
    ) -> ImportParameters:
        """Gets the public key and the token for an import of wrapped key material.

        :param wrapping_algorithm: a :class:`WrappingAlgorithm`
        """
        return self._run(_operations.get_import_parameters(key, wrapping_algorithm), timeout)
