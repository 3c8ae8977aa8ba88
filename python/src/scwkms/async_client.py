"""The client for asyncio."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TypeVar, Unpack

from . import _operations
from ._calls import Call
from ._completion import Completions
from ._library import Data, KeyReference
from ._settings import Settings, milliseconds
from .client import Client
from .results import DataKey, Decrypted, ImportParameters, Key, OfferedAlgorithm, PublicKey, Rotation

T = TypeVar("T")


def _close(client: Client, completions: Completions) -> None:
    """Frees the client, after which no callback runs, and then the channels of the callbacks."""
    client.close()
    completions.close()


class AsyncClient:
    """A client of Key Manager for asyncio. Its methods are coroutines with the parameters, results and errors of
    :class:`Client`.

    Thousands of operations can be in flight without a thread for each. The cancellation of a task cancels its operation; it
    is then unknown whether the service processes the request. Event loops of several threads may use one client at once. A
    client needs no running loop, and outlives loops. Signatures are verified in the thread of the loop, which takes less than
    a millisecond.

    Envelope encryption is local apart from its first call: use :attr:`client` with `asyncio.to_thread`.

    The class needs Linux, and an event loop with `add_reader`. Up to 1024 operations in flight in a loop need one file
    descriptor. If it cannot be created, the operation raises OSError.
    """

    def __init__(self, uri: str | None = None, **settings: Unpack[Settings]) -> None:
        """Opens a client. Nothing is sent. The parameters are those of :class:`Client`."""
        self._client = Client(uri, **settings)
        self._completions = Completions()
        self._finalizer = weakref.finalize(self, _close, self._client, self._completions)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<scwkms.AsyncClient {'closed' if self._client.closed else 'open'}>"

    def close(self) -> None:
        """Closes the client. Operations in flight raise :class:`OperationCancelledError`. A second call is allowed."""
        self._finalizer()

    @property
    def client(self) -> Client:
        """A blocking client with the same settings, connections and cache. It is closed with this client, also
        when this client is no longer referenced."""
        return self._client

    async def _run(self, operation: Call[T], timeout: float | None) -> T:
        timeout_ms = 0 if timeout is None else milliseconds(timeout)
        return await self._completions.run(operation, self._client._handle, timeout_ms)

    async def public_key(self, key: KeyReference, *, timeout: float | None = None) -> PublicKey:
        """Like :meth:`Client.public_key`."""
        return await self._run(_operations.public_key(key), timeout)

    async def sign(
        self, key: KeyReference, digest: Data, *, algorithm: str | None = None, timeout: float | None = None
    ) -> bytes:
        """Like :meth:`Client.sign`."""
        return await self._run(_operations.sign(key, digest, algorithm), timeout)

    async def sign_message(
        self, key: KeyReference, message: Data, *, algorithm: str | None = None, timeout: float | None = None
    ) -> bytes:
        """Like :meth:`Client.sign_message`."""
        return await self._run(_operations.sign_message(key, message, algorithm), timeout)

    async def verify(
        self,
        key: KeyReference,
        digest: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Like :meth:`Client.verify`."""
        await self._run(_operations.verify("verify", key, digest, signature, algorithm), timeout)

    async def verify_message(
        self,
        key: KeyReference,
        message: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Like :meth:`Client.verify_message`."""
        await self._run(_operations.verify("verify_message", key, message, signature, algorithm), timeout)

    async def verify_by_service(
        self,
        key: KeyReference,
        digest: Data,
        signature: Data,
        *,
        algorithm: str | None = None,
        timeout: float | None = None,
    ) -> None:
        """Like :meth:`Client.verify_by_service`."""
        await self._run(_operations.verify("verify_by_service", key, digest, signature, algorithm), timeout)

    async def encrypt(self, key: KeyReference, plaintext: Data, *, timeout: float | None = None) -> bytes:
        """Like :meth:`Client.encrypt`."""
        return await self._run(_operations.transform("encrypt", key, plaintext), timeout)

    async def decrypt(self, key: KeyReference, ciphertext: Data, *, timeout: float | None = None) -> bytes:
        """Like :meth:`Client.decrypt`."""
        return await self._run(_operations.transform("decrypt", key, ciphertext), timeout)

    async def encrypt_with_associated_data(
        self, key: KeyReference, plaintext: Data, associated_data: Data, *, timeout: float | None = None
    ) -> bytes:
        """Like :meth:`Client.encrypt_with_associated_data`."""
        operation = _operations.transform("encrypt_with_associated_data", key, plaintext, associated_data)
        return await self._run(operation, timeout)

    async def decrypt_with_associated_data(
        self, key: KeyReference, ciphertext: Data, associated_data: Data, *, timeout: float | None = None
    ) -> Decrypted:
        """Like :meth:`Client.decrypt_with_associated_data`."""
        return await self._run(_operations.decrypt_with_associated_data(key, ciphertext, associated_data), timeout)

    async def generate_data_key(
        self, key: KeyReference, *, with_plaintext: bool = True, timeout: float | None = None
    ) -> DataKey:
        """Like :meth:`Client.generate_data_key`."""
        return await self._run(_operations.generate_data_key(key, with_plaintext), timeout)

    async def wrap(
        self, key: KeyReference, plaintext: Data, *, associated_data: Data = b"", timeout: float | None = None
    ) -> bytes:
        """Like :meth:`Client.wrap`."""
        return await self._run(_operations.transform("wrap", key, plaintext, associated_data), timeout)

    async def unwrap(
        self, key: KeyReference, ciphertext: Data, *, associated_data: Data = b"", timeout: float | None = None
    ) -> bytes:
        """Like :meth:`Client.unwrap`."""
        return await self._run(_operations.transform("unwrap", key, ciphertext, associated_data), timeout)

    async def get_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.get_key`."""
        return await self._run(_operations.key_action("get_key", key), timeout)

    async def create_key(
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
        """Like :meth:`Client.create_key`."""
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
        return await self._run(operation, timeout)

    async def update_key(
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
        """Like :meth:`Client.update_key`."""
        operation = _operations.update_key(key, name, description, tags, rotation_period, next_rotation_at)
        return await self._run(operation, timeout)

    async def delete_key(self, key: KeyReference, *, timeout: float | None = None) -> None:
        """Like :meth:`Client.delete_key`."""
        await self._run(_operations.delete_key(key), timeout)

    async def restore_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.restore_key`."""
        return await self._run(_operations.key_action("restore_key", key), timeout)

    async def rotate_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.rotate_key`."""
        return await self._run(_operations.key_action("rotate_key", key), timeout)

    async def enable_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.enable_key`."""
        return await self._run(_operations.key_action("enable_key", key), timeout)

    async def disable_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.disable_key`."""
        return await self._run(_operations.key_action("disable_key", key), timeout)

    async def protect_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.protect_key`."""
        return await self._run(_operations.key_action("protect_key", key), timeout)

    async def unprotect_key(self, key: KeyReference, *, timeout: float | None = None) -> Key:
        """Like :meth:`Client.unprotect_key`."""
        return await self._run(_operations.key_action("unprotect_key", key), timeout)

    async def find_keys(
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
        """Like :meth:`Client.find_keys`."""
        operation = _operations.find_keys(
            query, name=name, usage=usage, algorithm=algorithm, tags=tags, region=region, project_id=project_id
        )
        return await self._run(operation, timeout)

    async def list_rotations(self, key: KeyReference, *, timeout: float | None = None) -> list[Rotation]:
        """Like :meth:`Client.list_rotations`."""
        return await self._run(_operations.list_rotations(key), timeout)

    async def list_algorithms(
        self, *, usage: str | None = None, region: str | None = None, timeout: float | None = None
    ) -> list[OfferedAlgorithm]:
        """Like :meth:`Client.list_algorithms`."""
        return await self._run(_operations.list_algorithms(usage=usage, region=region), timeout)

    async def import_key_material(
        self, key: KeyReference, material: Data, *, salt: Data = b"", timeout: float | None = None
    ) -> Key:
        """Like :meth:`Client.import_key_material`."""
        return await self._run(_operations.import_key_material(key, material, salt), timeout)

    async def delete_key_material(
        self, key: KeyReference, *, rotation_index: int | None = None, timeout: float | None = None
    ) -> None:
        """Like :meth:`Client.delete_key_material`."""
        await self._run(_operations.delete_key_material(key, rotation_index), timeout)

    async def get_import_parameters(
        self, key: KeyReference, wrapping_algorithm: str, *, timeout: float | None = None
    ) -> ImportParameters:
        """Like :meth:`Client.get_import_parameters`."""
        return await self._run(_operations.get_import_parameters(key, wrapping_algorithm), timeout)
