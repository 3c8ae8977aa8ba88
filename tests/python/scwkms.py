"""scwkms through ctypes: what a binding for any language with a foreign function interface looks like.

The library is static, so a binding links it into a shared object first; see run.py for the command.
"""

import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char_p, c_int32, c_size_t, c_uint8, c_uint32,
                    c_uint64, c_void_p)

ABI_VERSION = 1
CODES = [
    "ok", "invalid_argument", "invalid_handle", "configuration", "authentication", "permission_denied", "not_found",
    "already_exists", "unsupported", "key_state", "rate_limited", "unavailable", "timeout", "network", "protocol",
    "integrity", "cancelled", "internal",
]
TEXTS = ["uri", "id", "region", "project_id", "name", "usage", "algorithm_name", "state", "protection_level",
         "created_at"]


class _Buffer(Structure):
    _fields_ = [("data", POINTER(c_uint8)), ("len", c_size_t)]


class _Error(Structure):
    _fields_ = [("code", c_int32), ("http_status", c_int32), ("message", c_char_p), ("request_id", c_char_p)]


class _Key(Structure):
    _fields_ = [(name, c_char_p) for name in TEXTS] + [
        ("algorithm", c_uint32), ("is_protected", c_bool), ("is_locked", c_bool)]


class _KeyList(Structure):
    _fields_ = [("keys", POINTER(_Key)), ("len", c_size_t)]


# ctypes takes the interpreter's lock for a call of it, on whatever thread.
_CALLBACK = CFUNCTYPE(None, c_void_p, c_uint64)


class Error(Exception):
    """A failure: its code as a word, the HTTP status (0 where no answer came) and the service's request id."""

    def __init__(self, raw):
        super().__init__(raw.message.decode())
        self.code = CODES[raw.code]
        self.http_status = raw.http_status
        self.request_id = raw.request_id.decode() if raw.request_id else None


def _key(raw):
    key = {name: getattr(raw, name).decode() for name in TEXTS}
    return {**key, "algorithm": raw.algorithm, "is_protected": raw.is_protected, "is_locked": raw.is_locked}


class Library:
    """The shared object, with the types of the functions that are used here."""

    def __init__(self, path):
        self._c = ctypes.CDLL(path)
        error, handle = POINTER(_Error), c_uint64
        signatures = {
            "scwkms_abi_version": (c_uint32,),
            "scwkms_version": (c_char_p,),
            "scwkms_algorithm_name": (c_char_p, c_uint32),
            "scwkms_open": (handle, c_char_p, error),
            "scwkms_free": (None, handle),
            "scwkms_public_key": (c_int32, handle, c_char_p, POINTER(_Buffer), POINTER(c_uint32), error),
            "scwkms_sign": (c_int32, handle, c_char_p, c_uint32, c_char_p, c_size_t, POINTER(_Buffer), error),
            "scwkms_decrypt": (c_int32, handle, c_char_p, c_char_p, c_size_t, POINTER(_Buffer), error),
            "scwkms_encrypt": (c_int32, handle, c_char_p, c_char_p, c_size_t, POINTER(_Buffer), error),
            "scwkms_sign_async": (c_int32, handle, c_char_p, c_uint32, c_char_p, c_size_t, _CALLBACK, c_void_p,
                                  POINTER(handle), error),
            "scwkms_wait": (c_int32, handle, POINTER(_Buffer), error),
            "scwkms_cancel": (None, handle),
            "scwkms_create_key": (c_int32, handle, c_char_p, c_uint32, c_uint32, POINTER(_Key), error),
            "scwkms_delete_key": (c_int32, handle, c_char_p, error),
            "scwkms_find_keys": (c_int32, handle, c_char_p, POINTER(_KeyList), error),
            "scwkms_get_key": (c_int32, handle, c_char_p, POINTER(_Key), error),
            "scwkms_validate_name": (c_int32, c_char_p, error),
            "scwkms_buffer_free": (None, POINTER(_Buffer)),
            "scwkms_key_free": (None, POINTER(_Key)),
            "scwkms_key_list_free": (None, POINTER(_KeyList)),
            "scwkms_error_free": (None, error),
        }
        for name, (result, *arguments) in signatures.items():
            function = getattr(self._c, name)
            function.restype, function.argtypes = result, arguments
        if self._c.scwkms_abi_version() != ABI_VERSION:
            raise ImportError("the library's binary interface is not the one that this module was written for")

    def version(self):
        return self._c.scwkms_version().decode()

    def algorithm_name(self, number):
        name = self._c.scwkms_algorithm_name(number)
        return name.decode() if name is not None else None

    def validate_name(self, name):
        self.call("scwkms_validate_name", name.encode())

    def open(self, uri=None):
        return Client(self, uri)

    def call(self, name, *arguments):
        """Calls a function whose last parameter is an error; a failure is raised. Returns what the function does."""
        error = _Error()
        try:
            result = getattr(self._c, name)(*arguments, byref(error))
            if error.code != 0:
                raise Error(error)
            return result
        finally:
            self._c.scwkms_error_free(byref(error))

    def bytes_of(self, name, *arguments, after=()):
        """Calls a function that fills a buffer, the parameter after `arguments`; returns a copy of it."""
        buffer = _Buffer()
        try:
            self.call(name, *arguments, byref(buffer), *after)
            return ctypes.string_at(buffer.data, buffer.len)
        finally:
            self._c.scwkms_buffer_free(byref(buffer))

    def key_of(self, name, *arguments):
        key = _Key()
        try:
            self.call(name, *arguments, byref(key))
            return _key(key)
        finally:
            self._c.scwkms_key_free(byref(key))

    def keys_of(self, name, *arguments):
        keys = _KeyList()
        try:
            self.call(name, *arguments, byref(keys))
            return [_key(keys.keys[i]) for i in range(keys.len)]
        finally:
            self._c.scwkms_key_list_free(byref(keys))

    def cancel(self, request):
        self._c.scwkms_cancel(request)

    def free(self, handle):
        self._c.scwkms_free(handle)


class Client:
    """A client of Key Manager, freed by close() or at the end of a `with` block. Threads may share it: ctypes lets
    other threads run while a call waits."""

    def __init__(self, library, uri):
        self._library = library
        self._handle = library.call("scwkms_open", uri.encode() if uri is not None else None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._library.free(self._handle)

    def public_key(self, key):
        """SubjectPublicKeyInfo in DER, and the algorithm's number."""
        algorithm = c_uint32()
        der = self._library.bytes_of("scwkms_public_key", self._handle, key.encode(), after=(byref(algorithm),))
        return der, algorithm.value

    def sign(self, key, digest, algorithm=0):
        return self._library.bytes_of("scwkms_sign", self._handle, key.encode(), algorithm, digest, len(digest))

    def start_sign(self, key, digest, ended, algorithm=0):
        """Starts a signature; `ended` is called with the request, on another thread, once its result can be taken."""
        callback = _CALLBACK(lambda _, request: ended(request))
        request = c_uint64()
        self._library.call("scwkms_sign_async", self._handle, key.encode(), algorithm, digest, len(digest), callback,
                           None, byref(request))
        return Request(self._library, request.value, callback)

    def decrypt(self, key, ciphertext):
        return self._library.bytes_of("scwkms_decrypt", self._handle, key.encode(), ciphertext, len(ciphertext))

    def encrypt(self, key, plaintext):
        return self._library.bytes_of("scwkms_encrypt", self._handle, key.encode(), plaintext, len(plaintext))

    def create_key(self, name, algorithm=0, protection_level=0):
        return self._library.key_of("scwkms_create_key", self._handle, name.encode(), algorithm, protection_level)

    def delete_key(self, key):
        self._library.call("scwkms_delete_key", self._handle, key.encode())

    def find_keys(self, query=""):
        return self._library.keys_of("scwkms_find_keys", self._handle, query.encode())

    def get_key(self, key):
        return self._library.key_of("scwkms_get_key", self._handle, key.encode())


class Request:
    """An operation that was started."""

    def __init__(self, library, number, callback):
        self.number = number
        self._library = library
        # What the library will call must live until it has.
        self._callback = callback

    def wait(self):
        """The result, taken once."""
        return self._library.bytes_of("scwkms_wait", self.number)

    def cancel(self):
        self._library.cancel(self.number)
