"""Signs a file: LD_LIBRARY_PATH=FOLDER python3 sign.py KEY FILE > signature

FOLDER contains libscwkms.so: target/shared, or the folder of an installation.
"""

import ctypes
import hashlib
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

ABI_VERSION = 2


class Buffer(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t)]


def load(name="libscwkms.so"):
    """The library, with the types of the functions that this program calls."""
    library = ctypes.CDLL(name)
    for function, result, *arguments in [
        ("scwkms_abi_version", c_uint32),
        ("scwkms_open", c_uint64, c_char_p, POINTER(c_void_p)),
        ("scwkms_sign", c_int32, c_uint64, c_char_p, c_uint32, c_char_p, c_size_t, POINTER(Buffer), POINTER(c_void_p)),
        ("scwkms_free", None, c_uint64),
        ("scwkms_buffer_free", None, POINTER(Buffer)),
        ("scwkms_error_message", c_char_p, c_void_p),
        ("scwkms_error_free", None, c_void_p),
    ]:
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    if library.scwkms_abi_version() != ABI_VERSION:
        raise ImportError(f"{name} has another ABI version than {ABI_VERSION}")
    return library


class Client:
    """A client with the settings of the environment and the config file. Threads may share it."""

    def __init__(self, library):
        self._library = library
        self._handle = self._call(library.scwkms_open, b"scwkms:")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._library.scwkms_free(self._handle)

    def sign(self, key, digest):
        signature = Buffer()
        self._call(self._library.scwkms_sign, self._handle, key.encode(), 0, digest, len(digest), byref(signature))
        try:
            return ctypes.string_at(signature.data, signature.len)
        finally:
            self._library.scwkms_buffer_free(byref(signature))

    def _call(self, function, *arguments):
        """Calls a function whose last parameter is an error, which is raised."""
        error = c_void_p()
        result = function(*arguments, byref(error))
        if error.value is None:
            return result
        try:
            raise RuntimeError(self._library.scwkms_error_message(error).decode())
        finally:
            self._library.scwkms_error_free(error)


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} KEY FILE")
    with open(sys.argv[2], "rb") as file:
        digest = hashlib.sha256(file.read()).digest()
    try:
        with Client(load()) as client:
            sys.stdout.buffer.write(client.sign(sys.argv[1], digest))
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
