"""Envelope encryption: data of any size, encrypted locally with data keys of Key Manager.

Encryptors and decryptors are created by :class:`~scwkms.Client`. Calls of one encryptor or decryptor by several threads are
executed one after the other. docs/envelope.md of the repository documents the format of messages.
"""

from __future__ import annotations

import threading
import weakref
from ctypes import byref, c_void_p, sizeof
from types import TracebackType
from typing import Any, TypeVar

from ._functions import Buffer, DataKeyLimits
from ._library import Data, KeyReference, call, copy_buffer, data, function, optional_text, reference
from ._settings import milliseconds

MAX_HEADER_LEN = 1153
"""The length of the longest header of a message in bytes."""

C = TypeVar("C", bound="_Closeable")


class _Owned:
    """An object of the C library. It is freed with the Python object, so never during a call that has a reference to it."""

    def __init__(self, free: str, address: int | None) -> None:
        self.address = address
        # At exit, threads may still use the object.
        weakref.finalize(self, function(free), address).atexit = False


def _new(free: str, name: str, *arguments: Any, key: str | None = None) -> _Owned:
    created = c_void_p()
    call(name, *arguments, byref(created), key=key)
    return _Owned(free, created.value)


class _Closeable:
    _owned: _Owned | None = None

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the object and wipes its keys, after calls that are running. A second call is allowed."""
        self._owned = None


class DataKeyCache(_Closeable):
    """A cache of data keys, from :meth:`Client.data_key_cache`. Any number of threads may use it at once."""

    @classmethod
    def _create(cls, client: int, max_age_ms: int, max_messages: int, max_bytes: int) -> DataKeyCache:
        limits = DataKeyLimits(sizeof(DataKeyLimits), max_age_ms, max_messages, max_bytes)
        cache = cls()
        cache._owned = _new("data_key_cache_free", "data_key_cache_new", client, byref(limits))
        return cache


class _Owner:
    """A reference to the object of a cache during a call."""

    def __init__(self, cache: DataKeyCache | None) -> None:
        self._owned = None if cache is None else cache._owned
        if cache is not None and self._owned is None:
            raise ValueError("the data key cache is closed")
        self.address = None if self._owned is None else self._owned.address


class _Stream(_Closeable):
    """An encryptor or decryptor, which one thread at a time uses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def close(self) -> None:
        """Frees the object and wipes its keys. A second call is allowed."""
        with self._lock:
            self._owned = None

    def _call(self, name: str, *arguments: Any) -> bytes:
        """Calls a function that returns bytes. The lock is held."""
        if self._owned is None:
            raise ValueError(f"the {type(self).__name__.lower()} is closed")
        buffer = Buffer()
        call(name, self._owned.address, *arguments, byref(buffer))
        try:
            return copy_buffer(buffer)
        finally:
            function("buffer_free")(buffer)


class Encryptor(_Stream):
    """The encryption of a message, from :meth:`Client.encryptor`.

    The message consists of the bytes that :meth:`update` and :meth:`finish` return, in their order.
    """

    @classmethod
    def _create(
        cls, client: int, key: str, associated_data: tuple[bytes, int], cache: DataKeyCache | None
    ) -> Encryptor:
        encryptor, owner = cls(), _Owner(cache)
        arguments = client, optional_text(key), *associated_data, owner.address
        encryptor._owned = _new("encryptor_free", "encryptor_new", *arguments, key=key)
        return encryptor

    def update(self, plaintext: Data) -> bytes:
        """Encrypts the next part of the plaintext. It never waits for the service.

        :returns: the next bytes of the message, possibly none
        """
        with self._lock:
            return self._call("encryptor_update", *data(plaintext))

    def finish(self) -> bytes:
        """Encrypts the last segment. Without its bytes the message cannot be decrypted."""
        with self._lock:
            return self._call("encryptor_finish")


class Decryptor(_Stream):
    """The decryption of a message, from :meth:`Client.decryptor`.

    Plaintext is authentic when it is returned, but only the success of :meth:`finish` means that the message is complete.
    """

    def __init__(
        self, client: int, key: str | None, associated_data: tuple[bytes, int], cache: DataKeyCache | None
    ) -> None:
        super().__init__()
        self._client = client
        self._key = key
        self._associated_data = associated_data
        self._cache = cache
        # The start of the message until the header is complete; None afterwards.
        self._start: bytes | None = b""

    def close(self) -> None:
        """Frees the decryptor and wipes its key. A second call is allowed."""
        super().close()
        self._start = None

    def update(self, message: Data) -> bytes:
        """Decrypts the next part of a message. The first call with the whole header sends a request and may block.

        :returns: the next bytes of the plaintext, possibly none
        :raises IntegrityError: for a modified header or segment, other associated data, or another key
        :raises InvalidArgumentError: for data that is not a message
        """
        part, length = data(message)
        with self._lock:
            if self._start is None:
                return self._call("decryptor_update", part, length)
            self._start += part
            return self._open(self._start) if len(self._start) >= MAX_HEADER_LEN else b""

    def finish(self) -> bytes:
        """Decrypts the last segment. Success means that the message is complete.

        :raises IntegrityError: if the message is truncated or its last segment was modified
        """
        with self._lock:
            before = b"" if self._start is None else self._open(self._start)
            return before + self._call("decryptor_finish")

    def _open(self, message: bytes) -> bytes:
        """Begins the decryption with the first part of the message."""
        owner = _Owner(self._cache)
        arguments = self._client, optional_text(self._key), *self._associated_data, owner.address
        self._owned = _new("decryptor_free", "decryptor_new", *arguments, *data(message), key=self._key)
        self._start = None
        return self._call("decryptor_update", b"", 0)


class EnvelopeMethods:
    """The methods of :class:`~scwkms.Client` for envelope encryption."""

    _handle: int

    def data_key_cache(
        self, *, max_age: float | None = None, max_messages: int | None = None, max_bytes: int | None = None
    ) -> DataKeyCache:
        """Creates a cache of data keys, with which many messages need few requests. Any number of threads may use it.

        :param max_age: the time in seconds during which a data key is used; 5 minutes by default
        :param max_messages: the number of messages of a data key; 65536 by default
        :param max_bytes: the number of bytes after which a data key is not used for a new message; 2^40 by default
        """
        age_ms = None if max_age is None else milliseconds(max_age)
        return DataKeyCache._create(self._handle, *[_limit(value) for value in (age_ms, max_messages, max_bytes)])

    def encryptor(
        self, key: KeyReference, *, associated_data: Data = b"", cache: DataKeyCache | None = None
    ) -> Encryptor:
        """Begins the encryption of a message of any length with a symmetric key. Only this method sends a request.

        :param associated_data: data that the message authenticates but does not contain
        :param cache: a cache of this client; by default the message has a data key of its own
        """
        return Encryptor._create(self._handle, reference(key), data(associated_data), cache)

    def decryptor(
        self, *, key: KeyReference | None = None, associated_data: Data = b"", cache: DataKeyCache | None = None
    ) -> Decryptor:
        """Prepares the decryption of a message. The call of the decryptor that completes the header sends a request.

        :param key: the key that the message must have; by default any symmetric key that the credentials may use
        :param associated_data: the associated data of the encryption
        :param cache: a cache of this client
        """
        expected = None if key is None else reference(key)
        return Decryptor(self._handle, expected, data(associated_data), cache)

    def encrypt_envelope(
        self, key: KeyReference, plaintext: Data, *, associated_data: Data = b"", cache: DataKeyCache | None = None
    ) -> bytes:
        """Encrypts a message of any length in one call. The parameters are those of :meth:`encryptor`."""
        with self.encryptor(key, associated_data=associated_data, cache=cache) as encryptor:
            return encryptor.update(plaintext) + encryptor.finish()

    def decrypt_envelope(
        self,
        message: Data,
        *,
        key: KeyReference | None = None,
        associated_data: Data = b"",
        cache: DataKeyCache | None = None,
    ) -> bytes:
        """Decrypts a message in one call. The parameters are those of :meth:`decryptor`.

        :raises IntegrityError: for a message that was modified or truncated, or of another key
        """
        with self.decryptor(key=key, associated_data=associated_data, cache=cache) as decryptor:
            return decryptor.update(message) + decryptor.finish()


def _limit(value: int | None) -> int:
    """A limit of a data key; 0 is the default one in C."""
    if value is None:
        return 0
    if value <= 0 or value >= 2**64:
        raise ValueError(f"a limit must be positive and below 2^64, not {value}")
    return value
