"""A call of an operation: its arguments, and how its result is read and freed.

Both clients execute the same calls: with the blocking function, or with the function that starts the operation and the one
that takes its result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ctypes import byref, c_size_t, c_uint32, c_uint64, c_void_p, sizeof, string_at
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from ._functions import AsyncOptions, Buffer, KEY_FIELDS
from ._library import call, copy_buffer, function
from .results import DataKey, Decrypted, ImportParameters, Key, OfferedAlgorithm, PublicKey, Rotation

T = TypeVar("T")


@dataclass(frozen=True)
class Output:
    """A parameter that receives a result: its type, and the function that frees it."""

    kind: type[Any]
    free: str | None


@dataclass(frozen=True)
class Result(Generic[T]):
    """The result of an operation: the function that waits for it, its outputs, and their conversion to Python."""

    wait: str
    outputs: tuple[Output, ...]
    convert: Callable[..., T]

    def receive(self, start: Callable[..., Any]) -> T:
        """Calls a function with empty outputs, and converts and frees them."""
        outputs = [output.kind() for output in self.outputs]
        start(*[byref(output) for output in outputs])
        try:
            return self.convert(*outputs)
        finally:
            for output, value in zip(self.outputs, outputs):
                if output.free:
                    function(output.free)(value)


@dataclass(frozen=True)
class Call(Generic[T]):
    """An operation with its arguments after the client."""

    name: str
    arguments: tuple[Any, ...]
    result: Result[T]
    key: str | None = None

    def block(self, client: int) -> T:
        """Executes the operation, with the deadline of the client."""
        return self.result.receive(lambda *outputs: self._call(self.name, client, *self.arguments, *outputs))

    def start(self, client: int, options: AsyncOptions) -> int:
        """Starts the operation, and returns its handle."""
        operation = c_uint64()
        self._call(f"{self.name}_async", client, *self.arguments, byref(options), byref(operation))
        return operation.value

    def take(self, operation: int) -> T:
        """Waits for the result of an operation that was started, and releases the operation."""
        return self.result.receive(lambda *outputs: self._call(self.result.wait, operation, *outputs))

    def block_within(self, client: int, timeout_ms: int) -> T:
        """Executes the operation with a deadline of its own."""
        return self.take(self.start(client, AsyncOptions(size=sizeof(AsyncOptions), timeout_ms=timeout_ms)))

    def _call(self, name: str, *arguments: Any) -> None:
        call(name, *arguments, operation=self.name, key=self.key)


class DataKeyCall(Call[DataKey]):
    """generate_data_key, whose two forms have different parameters. The last argument is whether the plaintext is needed."""

    def block(self, client: int) -> DataKey:
        key, with_plaintext = self.arguments
        if with_plaintext:
            return self.result.receive(lambda *outputs: self._call(self.name, client, key, *outputs))
        return self.result.receive(lambda _, ciphertext: self._call(self.name, client, key, None, ciphertext))


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def _time(value: str) -> datetime | None:
    """A time of RFC 3339, or None if the service gave none or one that Python cannot represent."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _times(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _time(value) if name.endswith("_at") else value for name, value in fields.items()}


def _read_key(key: c_void_p | int) -> Key:
    fields = _times({name: _text(function(f"key_{name}")(key)) for name in KEY_FIELDS})
    fields["algorithm"] = fields.pop("algorithm_name")
    period = fields.pop("rotation_period")
    tags = tuple(function("key_tag")(key, index).decode() for index in range(function("key_tag_count")(key)))
    length = c_size_t()
    der = function("key_public_key")(key, byref(length))
    return Key(
        **fields,
        rotation_period=timedelta(seconds=period) if period else None,
        tags=tags,
        public_key=string_at(der, length.value) if der else None,
    )


def _read_keys(keys: c_void_p) -> list[Key]:
    get = function("key_list_get")
    return [_read_key(get(keys, index)) for index in range(function("key_list_len")(keys))]


def _element(prefix: str, fields: Iterable[str], elements: c_void_p, index: int) -> dict[str, Any]:
    return _times({name: _text(function(f"{prefix}_{name}")(elements, index)) for name in fields})


def _read_rotations(rotations: c_void_p) -> list[Rotation]:
    count = function("rotation_list_len")(rotations)
    return [Rotation(**_element("rotation", Rotation.__slots__, rotations, index)) for index in range(count)]


def _read_algorithms(algorithms: c_void_p) -> list[OfferedAlgorithm]:
    count = function("algorithm_list_len")(algorithms)
    fields = OfferedAlgorithm.__slots__
    return [OfferedAlgorithm(**_element("offered_algorithm", fields, algorithms, index)) for index in range(count)]


def _read_public_key(der: Buffer, algorithm: c_uint32) -> PublicKey:
    return PublicKey(copy_buffer(der), function("algorithm_name")(algorithm).decode())


def _nothing() -> None:
    return None


_BUFFER = Output(Buffer, "buffer_free")

BYTES = Result("wait", (_BUFFER,), copy_buffer)
DONE = Result("wait_done", (), _nothing)
PUBLIC_KEY = Result("wait_public_key", (_BUFFER, Output(c_uint32, None)), _read_public_key)
KEY = Result("wait_key", (Output(c_void_p, "key_free"),), _read_key)
KEYS = Result("wait_key_list", (Output(c_void_p, "key_list_free"),), _read_keys)
ROTATIONS = Result("wait_rotation_list", (Output(c_void_p, "rotation_list_free"),), _read_rotations)
ALGORITHMS = Result("wait_algorithm_list", (Output(c_void_p, "algorithm_list_free"),), _read_algorithms)
DECRYPTED = Result(
    "wait_decrypted",
    (_BUFFER, _BUFFER),
    lambda plaintext, reencrypted: Decrypted(copy_buffer(plaintext), copy_buffer(reencrypted) or None),
)
DATA_KEY = Result(
    "wait_data_key",
    (_BUFFER, _BUFFER),
    lambda plaintext, ciphertext: DataKey(copy_buffer(plaintext) or None, copy_buffer(ciphertext)),
)
IMPORT_PARAMETERS = Result(
    "wait_import_parameters",
    (_BUFFER, _BUFFER),
    lambda public_key, token: ImportParameters(copy_buffer(public_key), copy_buffer(token)),
)
