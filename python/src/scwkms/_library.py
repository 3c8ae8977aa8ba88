"""Loads the C library, and calls its functions.

The library is the file that the environment variable SCWKMS_LIBRARY names, else the one in the package, else the
libscwkms.so.1 of the system.
"""

from __future__ import annotations

import ctypes
import os
import pathlib
from ctypes import byref, c_void_p
from typing import Any, TypeAlias

from . import _functions
from .errors import Error, new_error
from .results import Key

NAME = "libscwkms.so.1"

Data: TypeAlias = "bytes | bytearray | memoryview[Any]"
"""Bytes, or another object with the buffer protocol, whose bytes are copied."""
KeyReference: TypeAlias = "str | Key"
"""The UUID of a key, `REGION/UUID`, a `scwkms:` URI, or a :class:`Key`."""


def path() -> str:
    """The path or the name of the shared library."""
    bundled = pathlib.Path(__file__).with_name(NAME)
    return os.environ.get("SCWKMS_LIBRARY") or (str(bundled) if bundled.exists() else NAME)


def _load(name: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(name)
        for function, (result, *parameters) in _functions.FUNCTIONS.items():
            declared = getattr(library, f"scwkms_{function}")
            declared.restype, declared.argtypes = result, parameters
    except (OSError, AttributeError) as error:
        raise ImportError(f"scwkms cannot load its C library: {error}") from error
    version = library.scwkms_abi_version()
    if version != _functions.ABI_VERSION:
        raise ImportError(f"{name} has ABI version {version}, but scwkms needs {_functions.ABI_VERSION}")
    return library


LIBRARY = _load(path())


def function(name: str) -> Any:
    """The function of the C library with this name, without prefix. ctypes releases the GIL while it runs."""
    return getattr(LIBRARY, f"scwkms_{name}")


def call(name: str, *arguments: Any, operation: str | None = None, key: str | None = None) -> Any:
    """Calls a function whose last parameter is an error, and returns its result. An error is raised."""
    error = c_void_p()
    result = function(name)(*arguments, byref(error))
    if error.value is None:
        return result
    raise _take_error(error, operation or name, key)


def _take_error(error: c_void_p, operation: str, key: str | None) -> Error:
    try:
        return new_error(
            function("error_code")(error),
            function("error_message")(error).decode(),
            status=function("error_http_status")(error) or None,
            request_id=function("error_request_id")(error).decode() or None,
            operation=operation,
            key=key,
        )
    finally:
        function("error_free")(error)


def reference(key: KeyReference) -> str:
    """The text of a key reference."""
    return key.uri if isinstance(key, Key) else key


def text(value: str) -> bytes:
    """A text as the C library reads it."""
    if not isinstance(value, str):
        raise TypeError(f"a str is required, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError("a text contains a NUL character")
    return value.encode()


def optional_text(value: str | None) -> bytes | None:
    """A text, or NULL for None."""
    return None if value is None else text(value)


def data(value: Data) -> tuple[bytes, int]:
    """Bytes and their number, as the C library reads them."""
    copied = value if type(value) is bytes else bytes(memoryview(value))
    return copied, len(copied)


def copy_buffer(buffer: _functions.Buffer) -> bytes:
    """The bytes of a scwkms_buffer, which is not freed."""
    return ctypes.string_at(buffer.data, buffer.len)
