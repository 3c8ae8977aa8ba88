"""The operations: each function converts the arguments of one, and returns its call."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_char_p, sizeof
from datetime import datetime, timedelta
from typing import Any, TypeVar

from . import _calls
from ._calls import Call, DataKeyCall, Result
from ._functions import KeyUpdate
from ._library import Data, KeyReference, data, optional_text, reference, text
from ._uris import named, with_parameters
from .enums import Algorithm, ProtectionLevel, WrappingAlgorithm
from .results import DataKey, Decrypted, ImportParameters, Key, OfferedAlgorithm, PublicKey, Rotation

T = TypeVar("T")
Numbered = TypeVar("Numbered", Algorithm, ProtectionLevel, WrappingAlgorithm)

DAY = timedelta(days=1)


def number(kind: type[Numbered], value: str | None) -> int:
    """The number of an algorithm or a protection level in C, or 0 for None."""
    return 0 if value is None else kind(value).number


def on_key(name: str, key: KeyReference, result: Result[T], *arguments: Any) -> Call[T]:
    """An operation whose first argument is a key."""
    named_key = reference(key)
    return Call(name, (text(named_key), *arguments), result, named_key)


def public_key(key: KeyReference) -> Call[PublicKey]:
    return on_key("public_key", key, _calls.PUBLIC_KEY)


def sign(key: KeyReference, digest: Data, algorithm: str | None) -> Call[bytes]:
    return on_key("sign", key, _calls.BYTES, number(Algorithm, algorithm), *data(digest))


def sign_message(key: KeyReference, message: Data, algorithm: str | None) -> Call[bytes]:
    return on_key("sign_message", key, _calls.BYTES, number(Algorithm, algorithm), *data(message))


def verify(name: str, key: KeyReference, signed: Data, signature: Data, algorithm: str | None) -> Call[None]:
    return on_key(name, key, _calls.DONE, number(Algorithm, algorithm), *data(signed), *data(signature))


def transform(name: str, key: KeyReference, *inputs: Data) -> Call[bytes]:
    """Encryption, decryption, wrapping or unwrapping."""
    return on_key(name, key, _calls.BYTES, *[part for value in inputs for part in data(value)])


def decrypt_with_associated_data(key: KeyReference, ciphertext: Data, associated_data: Data) -> Call[Decrypted]:
    name = "decrypt_with_associated_data"
    return on_key(name, key, _calls.DECRYPTED, *data(ciphertext), *data(associated_data))


def generate_data_key(key: KeyReference, with_plaintext: bool) -> Call[DataKey]:
    named_key = reference(key)
    return DataKeyCall("generate_data_key", (text(named_key), with_plaintext), _calls.DATA_KEY, named_key)


def key_action(name: str, key: KeyReference) -> Call[Key]:
    """An operation that returns the metadata of a key and needs no other argument."""
    return on_key(name, key, _calls.KEY)


def create_key(name: str, algorithm: str | None, protection_level: str | None, **parameters: object) -> Call[Key]:
    numbers = number(Algorithm, algorithm), number(ProtectionLevel, protection_level)
    return Call("create_key", (text(named(name, **parameters)), *numbers), _calls.KEY)


def delete_key(key: KeyReference) -> Call[None]:
    return on_key("delete_key", key, _calls.DONE)


def find_keys(query: str | None, **parameters: object) -> Call[list[Key]]:
    return Call("find_keys", (optional_text(with_parameters(query, **parameters)),), _calls.KEYS)


def list_rotations(key: KeyReference) -> Call[list[Rotation]]:
    return on_key("list_rotations", key, _calls.ROTATIONS)


def list_algorithms(**parameters: object) -> Call[list[OfferedAlgorithm]]:
    return Call("list_algorithms", (optional_text(with_parameters(None, **parameters)),), _calls.ALGORITHMS)


def import_key_material(key: KeyReference, material: Data, salt: Data) -> Call[Key]:
    return on_key("import_key_material", key, _calls.KEY, *data(material), *data(salt))


def delete_key_material(key: KeyReference, rotation_index: int | None) -> Call[None]:
    return on_key("delete_key_material", key, _calls.DONE, _rotation_index(rotation_index))


def _rotation_index(index: int | None) -> int:
    """The index of a rotation in C, where -1 is the newest one."""
    if index is None:
        return -1
    if not 0 <= index < 2**32:
        raise ValueError(f"the index of a rotation is not {index}")
    return index


def get_import_parameters(key: KeyReference, wrapping_algorithm: str) -> Call[ImportParameters]:
    wrapping = number(WrappingAlgorithm, wrapping_algorithm)
    return on_key("get_import_parameters", key, _calls.IMPORT_PARAMETERS, wrapping)


def update_key(
    key: KeyReference,
    name: str | None,
    description: str | None,
    tags: Sequence[str] | None,
    rotation_period: timedelta | None,
    next_rotation_at: datetime | None,
) -> Call[Key]:
    update = KeyUpdate(
        size=sizeof(KeyUpdate),
        name=optional_text(name),
        description=optional_text(description),
        tags=None if tags is None else _tags(tags),
        tag_count=0 if tags is None else len(tags),
        rotation_period=0 if rotation_period is None else _seconds(rotation_period),
        next_rotation_at=None if next_rotation_at is None else _rfc3339(next_rotation_at),
    )
    return on_key("update_key", key, _calls.KEY, byref(update))


def _tags(tags: Sequence[str]) -> Any:
    """An array of tags. Its address is not NULL even if there are none."""
    if isinstance(tags, str):
        raise TypeError("tags must be a sequence of str, not a str")
    return (c_char_p * max(len(tags), 1))(*[text(tag) for tag in tags])


def _seconds(period: timedelta) -> int:
    if period < DAY or period % timedelta(seconds=1):
        raise ValueError("the rotation period must be a whole number of seconds and at least one day")
    return period // timedelta(seconds=1)


def _rfc3339(time: datetime) -> bytes:
    if time.tzinfo is None:
        raise ValueError("a time without a time zone is ambiguous")
    return time.isoformat().encode()
