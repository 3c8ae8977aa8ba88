"""scwkms through ctypes: an example of a binding for a language with a foreign function interface.

The library is static, so a binding first links it into a shared object; harness/build.py has the command.
"""

import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char_p, c_int32, c_int64, c_size_t, c_uint8,
                    c_uint32, c_uint64, c_void_p, sizeof)

ABI_VERSION = 2
CODES = [
    "ok", "invalid_argument", "invalid_handle", "configuration", "authentication", "permission_denied", "not_found",
    "already_exists", "unsupported", "key_state", "rate_limited", "unavailable", "timeout", "network", "protocol",
    "integrity", "cancelled", "internal",
]
# The accessors of a key, with the type of their result.
KEY_FIELDS = {
    **dict.fromkeys([
        "uri", "id", "region", "project_id", "name", "description", "usage", "algorithm_name", "state", "origin",
        "protection_level", "created_at", "updated_at", "rotated_at", "next_rotation_at", "deletion_requested_at"],
        c_char_p),
    "algorithm": c_uint32, "rotation_count": c_uint64, "rotation_period": c_uint64, "is_protected": c_bool, "is_locked": c_bool,
}

# The accessors of a list's elements: of a rotation, and of an algorithm that the service offers.
ROTATION_FIELDS = {
    "index": c_uint32, "status": c_char_p, "is_manual": c_bool, "created_at": c_char_p, "updated_at": c_char_p,
    "deleted_at": c_char_p,
}
OFFERED_ALGORITHM_FIELDS = {"name": c_char_p, "usage": c_char_p, "is_recommended": c_bool, "number": c_uint32}


class _Buffer(Structure):
    _fields_ = [("data", POINTER(c_uint8)), ("len", c_size_t)]


# ctypes acquires the interpreter's lock before it runs the Python function, on any thread.
_CALLBACK = CFUNCTYPE(None, c_void_p, c_uint64)


class _AsyncOptions(Structure):
    _fields_ = [("size", c_size_t), ("callback", _CALLBACK), ("context", c_void_p), ("timeout_ms", c_uint32),
                ("reserved", c_uint32)]


class KeyUpdate(Structure):
    """Changes of a key's attributes; the tags are an array of c_char_p."""
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("description", c_char_p), ("tags", POINTER(c_char_p)),
                ("tag_count", c_size_t), ("rotation_period", c_uint64), ("next_rotation_at", c_char_p)]


_HANDLE, _BUFFER, _NUMBER, _OPTIONS = c_uint64, POINTER(_Buffer), POINTER(c_uint32), POINTER(_AsyncOptions)
# Errors, keys and lists are opaque: pointers that only the library reads.
_ERROR = _KEY = _LIST = POINTER(c_void_p)
_BYTES = (c_char_p, c_size_t)
# The actions on a key that need no arguments.
ACTIONS = ("rotate", "enable", "disable", "protect", "unprotect", "restore")
# The parameters of each operation between the client and its results, and those of its results.
OPERATIONS = {
    "public_key": ((c_char_p,), (_BUFFER, _NUMBER)),
    "sign": ((c_char_p, c_uint32, c_char_p, c_size_t), (_BUFFER,)),
    "decrypt": ((c_char_p, c_char_p, c_size_t), (_BUFFER,)),
    "encrypt": ((c_char_p, c_char_p, c_size_t), (_BUFFER,)),
    "get_key": ((c_char_p,), (_KEY,)),
    "create_key": ((c_char_p, c_uint32, c_uint32), (_KEY,)),
    "delete_key": ((c_char_p,), ()),
    "find_keys": ((c_char_p,), (_LIST,)),
    "verify": ((c_char_p, c_uint32, *_BYTES, *_BYTES), ()),
    "sign_message": ((c_char_p, c_uint32, *_BYTES), (_BUFFER,)),
    "verify_message": ((c_char_p, c_uint32, *_BYTES, *_BYTES), ()),
    "verify_by_service": ((c_char_p, c_uint32, *_BYTES, *_BYTES), ()),
    "encrypt_with_associated_data": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    "decrypt_with_associated_data": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER, _BUFFER)),
    "wrap": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    "unwrap": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    **{f"{action}_key": ((c_char_p,), (_KEY,)) for action in ACTIONS},
    "update_key": ((c_char_p, POINTER(KeyUpdate)), (_KEY,)),
    "list_rotations": ((c_char_p,), (_LIST,)),
    "list_algorithms": ((c_char_p,), (_LIST,)),
    "import_key_material": ((c_char_p, *_BYTES, *_BYTES), (_KEY,)),
    "delete_key_material": ((c_char_p, c_int64), ()),
    "get_import_parameters": ((c_char_p, c_uint32), (_BUFFER, _BUFFER)),
}
# Encryptors, decryptors and caches of data keys are opaque too. This binding declares their functions, but has no classes
# for them.
_OBJECT = POINTER(c_void_p)
FUNCTIONS = {
    "scwkms_encryptor_new": (c_int32, _HANDLE, c_char_p, *_BYTES, c_void_p, _OBJECT, _ERROR),
    "scwkms_encryptor_update": (c_int32, c_void_p, *_BYTES, _BUFFER, _ERROR),
    "scwkms_encryptor_finish": (c_int32, c_void_p, _BUFFER, _ERROR),
    "scwkms_encryptor_free": (None, c_void_p),
    "scwkms_decryptor_new": (c_int32, _HANDLE, c_char_p, *_BYTES, c_void_p, *_BYTES, _OBJECT, _ERROR),
    "scwkms_decryptor_update": (c_int32, c_void_p, *_BYTES, _BUFFER, _ERROR),
    "scwkms_decryptor_finish": (c_int32, c_void_p, _BUFFER, _ERROR),
    "scwkms_decryptor_free": (None, c_void_p),
    "scwkms_data_key_cache_new": (c_int32, _HANDLE, c_void_p, _OBJECT, _ERROR),
    "scwkms_data_key_cache_free": (None, c_void_p),
    # The observer is a function of C. A library thread that calls Python would wait for the interpreter's lock.
    "scwkms_set_observer": (c_int32, c_void_p, c_void_p, _ERROR),
    "scwkms_abi_version": (c_uint32,),
    "scwkms_version": (c_char_p,),
    "scwkms_algorithm_name": (c_char_p, c_uint32),
    "scwkms_open": (_HANDLE, c_char_p, _ERROR),
    "scwkms_close": (None, _HANDLE),
    "scwkms_free": (None, _HANDLE),
    "scwkms_timeout_ms": (c_uint32, _HANDLE),
    "scwkms_validate_name": (c_int32, c_char_p, _ERROR),
    "scwkms_wait": (c_int32, _HANDLE, _BUFFER, _ERROR),
    "scwkms_wait_public_key": (c_int32, _HANDLE, _BUFFER, _NUMBER, _ERROR),
    "scwkms_wait_key": (c_int32, _HANDLE, _KEY, _ERROR),
    "scwkms_wait_key_list": (c_int32, _HANDLE, _LIST, _ERROR),
    "scwkms_wait_done": (c_int32, _HANDLE, _ERROR),
    **{f"scwkms_wait_{name}": (c_int32, _HANDLE, _BUFFER, _BUFFER, _ERROR)
       for name in ("decrypted", "data_key", "import_parameters")},
    **{f"scwkms_wait_{name}": (c_int32, _HANDLE, _LIST, _ERROR) for name in ("rotation_list", "algorithm_list")},
    "scwkms_is_ready": (c_bool, _HANDLE),
    "scwkms_wait_ready": (c_int32, _HANDLE, c_uint32, _ERROR),
    "scwkms_cancel": (None, _HANDLE),
    "scwkms_buffer_free": (None, _BUFFER),
    "scwkms_error_code": (c_int32, c_void_p),
    "scwkms_error_http_status": (c_int32, c_void_p),
    "scwkms_error_message": (c_char_p, c_void_p),
    "scwkms_error_request_id": (c_char_p, c_void_p),
    "scwkms_error_free": (None, c_void_p),
    **{f"scwkms_key_{name}": (result, c_void_p) for name, result in KEY_FIELDS.items()},
    "scwkms_key_tag_count": (c_size_t, c_void_p),
    "scwkms_key_tag": (c_char_p, c_void_p, c_size_t),
    "scwkms_key_public_key": (c_void_p, c_void_p, POINTER(c_size_t)),
    "scwkms_key_free": (None, c_void_p),
    "scwkms_key_list_len": (c_size_t, c_void_p),
    "scwkms_key_list_get": (c_void_p, c_void_p, c_size_t),
    "scwkms_key_list_free": (None, c_void_p),
    **{f"scwkms_{kind}_list_len": (c_size_t, c_void_p) for kind in ("rotation", "algorithm")},
    **{f"scwkms_{kind}_list_free": (None, c_void_p) for kind in ("rotation", "algorithm")},
    **{f"scwkms_rotation_{name}": (result, c_void_p, c_size_t) for name, result in ROTATION_FIELDS.items()},
    **{f"scwkms_offered_algorithm_{name}": (result, c_void_p, c_size_t)
       for name, result in OFFERED_ALGORITHM_FIELDS.items()},
    # The blocking form returns the data key unless its output is NULL; the asynchronous form has a parameter for it.
    "scwkms_generate_data_key": (c_int32, _HANDLE, c_char_p, _BUFFER, _BUFFER, _ERROR),
    "scwkms_generate_data_key_async": (c_int32, _HANDLE, c_char_p, c_bool, _OPTIONS, POINTER(_HANDLE), _ERROR),
    **{f"scwkms_{name}": (c_int32, _HANDLE, *given, *results, _ERROR) for name, (given, results) in OPERATIONS.items()},
    **{f"scwkms_{name}_async": (c_int32, _HANDLE, *given, _OPTIONS, POINTER(_HANDLE), _ERROR)
       for name, (given, _) in OPERATIONS.items()},
}


class Error(Exception):
    """A failure: its code as a word, the HTTP status (0 without a response) and the service's request id ("" without
    one)."""

    def __init__(self, code, http_status, message, request_id):
        super().__init__(message)
        self.code = CODES[code]
        self.http_status = http_status
        self.request_id = request_id


class Library:
    """The shared object, with the types of its functions."""

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name, (result, *arguments) in FUNCTIONS.items():
            function = getattr(self.c, name)
            function.restype, function.argtypes = result, arguments
        if self.c.scwkms_abi_version() != ABI_VERSION:
            raise ImportError(f"the library has ABI version {self.c.scwkms_abi_version()}, not {ABI_VERSION}")

    def version(self):
        return self.c.scwkms_version().decode()

    def algorithm_name(self, number):
        name = self.c.scwkms_algorithm_name(number)
        return name.decode() if name is not None else None

    def validate_name(self, name):
        self.done("scwkms_validate_name", name.encode())

    def open(self, uri=None):
        return Client(self, uri)

    def call(self, name, *arguments):
        """Calls a function whose last parameter is an error, and returns its result. A failure is raised."""
        error = c_void_p()
        result = getattr(self.c, name)(*arguments, byref(error))
        if error.value is None:
            return result
        try:
            raise Error(self.c.scwkms_error_code(error), self.c.scwkms_error_http_status(error),
                        self.c.scwkms_error_message(error).decode(), self.c.scwkms_error_request_id(error).decode())
        finally:
            self.c.scwkms_error_free(error)

    def done(self, name, *arguments):
        """Calls a function without a result."""
        self.call(name, *arguments)

    def bytes(self, name, *arguments):
        """Calls a function with one result, a buffer, and returns a copy of it."""
        buffer = _Buffer()
        self.call(name, *arguments, byref(buffer))
        return self._copy(buffer)

    def public_key(self, name, *arguments):
        """Calls a function with two results: SubjectPublicKeyInfo in DER and the algorithm's number."""
        buffer, algorithm = _Buffer(), c_uint32()
        self.call(name, *arguments, byref(buffer), byref(algorithm))
        return self._copy(buffer), algorithm.value

    def pair(self, name, *arguments):
        """Calls a function with two buffers as its results, and returns copies of them."""
        first, second = _Buffer(), _Buffer()
        self.call(name, *arguments, byref(first), byref(second))
        return self._copy(first), self._copy(second)

    def _copy(self, buffer):
        try:
            return ctypes.string_at(buffer.data, buffer.len)
        finally:
            self.c.scwkms_buffer_free(byref(buffer))

    def key(self, name, *arguments):
        """Calls a function with one result, a key, and returns it as a dictionary."""
        key = c_void_p()
        self.call(name, *arguments, byref(key))
        try:
            return self._read_key(key)
        finally:
            self.c.scwkms_key_free(key)

    def keys(self, name, *arguments):
        """Calls a function with one result, a list of keys, and returns a list of dictionaries."""
        keys = c_void_p()
        self.call(name, *arguments, byref(keys))
        try:
            count = self.c.scwkms_key_list_len(keys)
            return [self._read_key(self.c.scwkms_key_list_get(keys, index)) for index in range(count)]
        finally:
            self.c.scwkms_key_list_free(keys)

    def elements(self, kind, prefix, fields, name, *arguments):
        """Calls a function with one result, a list, and returns its elements as dictionaries."""
        found = c_void_p()
        self.call(name, *arguments, byref(found))
        try:
            return [{field: self._text(getattr(self.c, f"scwkms_{prefix}_{field}")(found, index)) for field in fields}
                    for index in range(getattr(self.c, f"scwkms_{kind}_list_len")(found))]
        finally:
            getattr(self.c, f"scwkms_{kind}_list_free")(found)

    @staticmethod
    def _text(value):
        return value.decode() if isinstance(value, bytes) else value

    def _read_key(self, key):
        read = {name: getattr(self.c, f"scwkms_key_{name}")(key) for name in KEY_FIELDS}
        read = {name: self._text(value) for name, value in read.items()}
        read["tags"] = [self.c.scwkms_key_tag(key, i).decode() for i in range(self.c.scwkms_key_tag_count(key))]
        length = c_size_t()
        data = self.c.scwkms_key_public_key(key, byref(length))
        read["public_key"] = ctypes.string_at(data, length.value) if data else None
        return read


class Client:
    """A client of Key Manager. close() or the end of a `with` block frees it. Threads may share it: ctypes releases the
    interpreter's lock during a call."""

    def __init__(self, library, uri):
        self._library = library
        self._handle = library.call("scwkms_open", uri.encode() if uri is not None else None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._library.c.scwkms_free(self._handle)

    def timeout_ms(self):
        return self._library.c.scwkms_timeout_ms(self._handle)

    def public_key(self, key):
        """SubjectPublicKeyInfo in DER, and the algorithm's number."""
        return self._library.public_key("scwkms_public_key", self._handle, key.encode())

    def sign(self, key, digest, algorithm=0):
        return self._library.bytes("scwkms_sign", self._handle, key.encode(), algorithm, digest, len(digest))

    def decrypt(self, key, ciphertext):
        return self._library.bytes("scwkms_decrypt", self._handle, key.encode(), ciphertext, len(ciphertext))

    def encrypt(self, key, plaintext):
        return self._library.bytes("scwkms_encrypt", self._handle, key.encode(), plaintext, len(plaintext))

    def get_key(self, key):
        return self._library.key("scwkms_get_key", self._handle, key.encode())

    def create_key(self, name, algorithm=0, protection_level=0):
        return self._library.key("scwkms_create_key", self._handle, name.encode(), algorithm, protection_level)

    def delete_key(self, key):
        self._library.done("scwkms_delete_key", self._handle, key.encode())

    def find_keys(self, query=""):
        return self._library.keys("scwkms_find_keys", self._handle, query.encode())

    def verify(self, key, digest, signature, algorithm=0, by_service=False):
        """A signature that is not valid is an error with the code integrity."""
        name = "scwkms_verify_by_service" if by_service else "scwkms_verify"
        self._library.done(name, self._handle, key.encode(), algorithm, digest, len(digest), signature, len(signature))

    def sign_message(self, key, message, algorithm=0):
        return self._library.bytes("scwkms_sign_message", self._handle, key.encode(), algorithm, message, len(message))

    def verify_message(self, key, message, signature, algorithm=0):
        """A signature that is not valid is an error with the code integrity."""
        self._library.done("scwkms_verify_message", self._handle, key.encode(), algorithm, message, len(message),
                           signature, len(signature))

    def encrypt_with_associated_data(self, key, plaintext, associated_data):
        return self._library.bytes("scwkms_encrypt_with_associated_data", self._handle, key.encode(), plaintext,
                                   len(plaintext), associated_data, len(associated_data))

    def decrypt_with_associated_data(self, key, ciphertext, associated_data):
        """The plaintext, and it encrypted again, or nothing if the key was not rotated."""
        return self._library.pair("scwkms_decrypt_with_associated_data", self._handle, key.encode(), ciphertext,
                                  len(ciphertext), associated_data, len(associated_data))

    def wrap(self, key, plaintext, associated_data=b""):
        return self._library.bytes("scwkms_wrap", self._handle, key.encode(), plaintext, len(plaintext),
                                   associated_data, len(associated_data))

    def unwrap(self, key, ciphertext, associated_data=b""):
        return self._library.bytes("scwkms_unwrap", self._handle, key.encode(), ciphertext, len(ciphertext),
                                   associated_data, len(associated_data))

    def generate_data_key(self, key):
        """The data key, and its ciphertext."""
        return self._library.pair("scwkms_generate_data_key", self._handle, key.encode())

    def act(self, action, key):
        """One of ACTIONS. Returns the key's new metadata."""
        return self._library.key(f"scwkms_{action}_key", self._handle, key.encode())

    def update_key(self, key, **changes):
        update = KeyUpdate(size=sizeof(KeyUpdate), **changes)
        return self._library.key("scwkms_update_key", self._handle, key.encode(), byref(update))

    def list_rotations(self, key):
        return self._library.elements("rotation", "rotation", ROTATION_FIELDS, "scwkms_list_rotations", self._handle,
                                      key.encode())

    def list_algorithms(self, query=""):
        return self._library.elements("algorithm", "offered_algorithm", OFFERED_ALGORITHM_FIELDS,
                                      "scwkms_list_algorithms", self._handle, query.encode())

    def import_key_material(self, key, material, salt=b""):
        return self._library.key("scwkms_import_key_material", self._handle, key.encode(), material, len(material),
                                 salt, len(salt))

    def delete_key_material(self, key, rotation_index=-1):
        self._library.done("scwkms_delete_key_material", self._handle, key.encode(), rotation_index)

    def get_import_parameters(self, key, wrapping_algorithm):
        """The public key and the token."""
        return self._library.pair("scwkms_get_import_parameters", self._handle, key.encode(), wrapping_algorithm)

    def start_public_key(self, key, **options):
        return self._start("public_key", self._library.public_key, "scwkms_wait_public_key", key.encode(), **options)

    def start_sign(self, key, digest, algorithm=0, **options):
        return self._start("sign", self._library.bytes, "scwkms_wait", key.encode(), algorithm, digest, len(digest),
                           **options)

    def start_decrypt(self, key, ciphertext, **options):
        return self._start("decrypt", self._library.bytes, "scwkms_wait", key.encode(), ciphertext, len(ciphertext),
                           **options)

    def start_encrypt(self, key, plaintext, **options):
        return self._start("encrypt", self._library.bytes, "scwkms_wait", key.encode(), plaintext, len(plaintext),
                           **options)

    def start_get_key(self, key, **options):
        return self._start("get_key", self._library.key, "scwkms_wait_key", key.encode(), **options)

    def start_create_key(self, name, algorithm=0, protection_level=0, **options):
        return self._start("create_key", self._library.key, "scwkms_wait_key", name.encode(), algorithm,
                           protection_level, **options)

    def start_delete_key(self, key, **options):
        return self._start("delete_key", self._library.done, "scwkms_wait_done", key.encode(), **options)

    def start_generate_data_key(self, key, with_plaintext=True, **options):
        return self._start("generate_data_key", self._library.pair, "scwkms_wait_data_key", key.encode(),
                           with_plaintext, **options)

    def start_find_keys(self, query="", **options):
        return self._start("find_keys", self._library.keys, "scwkms_wait_key_list", query.encode(), **options)

    def _start(self, name, read, wait, *arguments, done=None, timeout_ms=0):
        """`done` is called with the operation's number, on another thread, when the result can be taken."""
        callback = _CALLBACK(lambda _, number: done(number)) if done else _CALLBACK()
        options = _AsyncOptions(sizeof(_AsyncOptions), callback, None, timeout_ms, 0)
        operation = _HANDLE()
        self._library.call(f"scwkms_{name}_async", self._handle, *arguments, byref(options), byref(operation))
        return Operation(self._library, operation.value, lambda: read(wait, operation.value), callback)


class Operation:
    """An asynchronous operation."""

    def __init__(self, library, number, take, callback):
        self.number = number
        self._library = library
        self._take = take
        self._callback = callback  # must live until the library has called it

    def wait(self):
        """The result, which can be taken once."""
        return self._take()

    def is_ready(self):
        """Whether wait() returns at once."""
        return self._library.c.scwkms_is_ready(self.number)

    def wait_ready(self, timeout_ms):
        """Waits with a time limit. The end of the limit is an error with the code timeout."""
        self._library.done("scwkms_wait_ready", self.number, timeout_ms)

    def cancel(self):
        self._library.c.scwkms_cancel(self.number)
