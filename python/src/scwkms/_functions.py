"""The functions of scwkms.h with the types of their results and parameters.

ctypes and not cffi: both need no compiler at installation and release the GIL during calls. ctypes is a part of Python, so
the package has no dependency, and this table is all that it needs. A test compares the table with the header.
"""

from __future__ import annotations

from ctypes import (
    POINTER,
    Structure,
    c_bool,
    c_char_p,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any

ABI_VERSION = 2


class Buffer(Structure):
    """scwkms_buffer"""

    _fields_ = (("data", c_void_p), ("len", c_size_t))


class AsyncOptions(Structure):
    """scwkms_async_options. The callback is the address of a function in C: see _completion.py."""

    _fields_ = (
        ("size", c_size_t),
        ("callback", c_void_p),
        ("context", c_void_p),
        ("timeout_ms", c_uint32),
        ("reserved", c_uint32),
    )


class KeyUpdate(Structure):
    """scwkms_key_update"""

    _fields_ = (
        ("size", c_size_t),
        ("name", c_char_p),
        ("description", c_char_p),
        ("tags", POINTER(c_char_p)),
        ("tag_count", c_size_t),
        ("rotation_period", c_uint64),
        ("next_rotation_at", c_char_p),
    )


class DataKeyLimits(Structure):
    """scwkms_data_key_limits"""

    _fields_ = (("size", c_size_t), ("max_age_ms", c_uint64), ("max_messages", c_uint64), ("max_bytes", c_uint64))


# The accessors of a key, of a rotation and of an offered algorithm, with the type of the result.
KEY_FIELDS: dict[str, Any] = {
    "uri": c_char_p,
    "id": c_char_p,
    "region": c_char_p,
    "project_id": c_char_p,
    "name": c_char_p,
    "description": c_char_p,
    "usage": c_char_p,
    "algorithm_name": c_char_p,
    "state": c_char_p,
    "origin": c_char_p,
    "protection_level": c_char_p,
    "created_at": c_char_p,
    "updated_at": c_char_p,
    "rotated_at": c_char_p,
    "next_rotation_at": c_char_p,
    "deletion_requested_at": c_char_p,
    "algorithm": c_uint32,
    "rotation_count": c_uint64,
    "rotation_period": c_uint64,
    "is_protected": c_bool,
    "is_locked": c_bool,
}
ROTATION_FIELDS: dict[str, Any] = {
    "index": c_uint32,
    "status": c_char_p,
    "is_manual": c_bool,
    "created_at": c_char_p,
    "updated_at": c_char_p,
    "deleted_at": c_char_p,
}
OFFERED_ALGORITHM_FIELDS: dict[str, Any] = {
    "name": c_char_p,
    "usage": c_char_p,
    "is_recommended": c_bool,
    "number": c_uint32,
}

_BYTES = (c_char_p, c_size_t)
_HANDLE = c_uint64
_BUFFER = POINTER(Buffer)
_NUMBER = POINTER(c_uint32)
# The address of a pointer to an opaque object.
_OBJECT = POINTER(c_void_p)
_ERROR = _OBJECT
_NOTHING: tuple[Any, ...] = ()

# Each operation: the parameters between the client and the outputs, and the outputs.
OPERATIONS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "public_key": ((c_char_p,), (_BUFFER, _NUMBER)),
    "sign": ((c_char_p, c_uint32, *_BYTES), (_BUFFER,)),
    "sign_message": ((c_char_p, c_uint32, *_BYTES), (_BUFFER,)),
    "verify": ((c_char_p, c_uint32, *_BYTES, *_BYTES), _NOTHING),
    "verify_message": ((c_char_p, c_uint32, *_BYTES, *_BYTES), _NOTHING),
    "verify_by_service": ((c_char_p, c_uint32, *_BYTES, *_BYTES), _NOTHING),
    "encrypt": ((c_char_p, *_BYTES), (_BUFFER,)),
    "decrypt": ((c_char_p, *_BYTES), (_BUFFER,)),
    "encrypt_with_associated_data": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    "decrypt_with_associated_data": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER, _BUFFER)),
    "wrap": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    "unwrap": ((c_char_p, *_BYTES, *_BYTES), (_BUFFER,)),
    "get_key": ((c_char_p,), (_OBJECT,)),
    "create_key": ((c_char_p, c_uint32, c_uint32), (_OBJECT,)),
    "update_key": ((c_char_p, POINTER(KeyUpdate)), (_OBJECT,)),
    "delete_key": ((c_char_p,), _NOTHING),
    "restore_key": ((c_char_p,), (_OBJECT,)),
    "rotate_key": ((c_char_p,), (_OBJECT,)),
    "enable_key": ((c_char_p,), (_OBJECT,)),
    "disable_key": ((c_char_p,), (_OBJECT,)),
    "protect_key": ((c_char_p,), (_OBJECT,)),
    "unprotect_key": ((c_char_p,), (_OBJECT,)),
    "find_keys": ((c_char_p,), (_OBJECT,)),
    "list_rotations": ((c_char_p,), (_OBJECT,)),
    "list_algorithms": ((c_char_p,), (_OBJECT,)),
    "import_key_material": ((c_char_p, *_BYTES, *_BYTES), (_OBJECT,)),
    "delete_key_material": ((c_char_p, c_int64), _NOTHING),
    "get_import_parameters": ((c_char_p, c_uint32), (_BUFFER, _BUFFER)),
}
_START = (POINTER(AsyncOptions), POINTER(_HANDLE), _ERROR)
_WAITS: dict[str, tuple[Any, ...]] = {
    "wait": (_BUFFER,),
    "wait_public_key": (_BUFFER, _NUMBER),
    "wait_key": (_OBJECT,),
    "wait_key_list": (_OBJECT,),
    "wait_done": _NOTHING,
    "wait_decrypted": (_BUFFER, _BUFFER),
    "wait_data_key": (_BUFFER, _BUFFER),
    "wait_import_parameters": (_BUFFER, _BUFFER),
    "wait_rotation_list": (_OBJECT,),
    "wait_algorithm_list": (_OBJECT,),
}
# Each function: the type of its result, and those of its parameters.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    **{name: (c_int32, _HANDLE, *given, *outputs, _ERROR) for name, (given, outputs) in OPERATIONS.items()},
    **{f"{name}_async": (c_int32, _HANDLE, *given, *_START) for name, (given, _) in OPERATIONS.items()},
    **{name: (c_int32, _HANDLE, *outputs, _ERROR) for name, outputs in _WAITS.items()},
    # The blocking form returns the data key unless its output is NULL. The asynchronous form has a parameter for it.
    "generate_data_key": (c_int32, _HANDLE, c_char_p, _BUFFER, _BUFFER, _ERROR),
    "generate_data_key_async": (c_int32, _HANDLE, c_char_p, c_bool, *_START),
    "abi_version": (c_uint32,),
    "version": (c_char_p,),
    "algorithm_name": (c_char_p, c_uint32),
    "open": (_HANDLE, c_char_p, _ERROR),
    "close": (None, _HANDLE),
    "free": (None, _HANDLE),
    "timeout_ms": (c_uint32, _HANDLE),
    "validate_name": (c_int32, c_char_p, _ERROR),
    "is_ready": (c_bool, _HANDLE),
    "wait_ready": (c_int32, _HANDLE, c_uint32, _ERROR),
    "cancel": (None, _HANDLE),
    "buffer_free": (None, _BUFFER),
    "error_code": (c_int32, c_void_p),
    "error_http_status": (c_int32, c_void_p),
    "error_message": (c_char_p, c_void_p),
    "error_request_id": (c_char_p, c_void_p),
    "error_free": (None, c_void_p),
    **{f"key_{name}": (result, c_void_p) for name, result in KEY_FIELDS.items()},
    "key_tag_count": (c_size_t, c_void_p),
    "key_tag": (c_char_p, c_void_p, c_size_t),
    "key_public_key": (c_void_p, c_void_p, POINTER(c_size_t)),
    "key_free": (None, c_void_p),
    "key_list_len": (c_size_t, c_void_p),
    "key_list_get": (c_void_p, c_void_p, c_size_t),
    "key_list_free": (None, c_void_p),
    "rotation_list_len": (c_size_t, c_void_p),
    "rotation_list_free": (None, c_void_p),
    **{f"rotation_{name}": (result, c_void_p, c_size_t) for name, result in ROTATION_FIELDS.items()},
    "algorithm_list_len": (c_size_t, c_void_p),
    "algorithm_list_free": (None, c_void_p),
    **{f"offered_algorithm_{name}": (result, c_void_p, c_size_t) for name, result in OFFERED_ALGORITHM_FIELDS.items()},
    "encryptor_new": (c_int32, _HANDLE, c_char_p, *_BYTES, c_void_p, _OBJECT, _ERROR),
    "encryptor_update": (c_int32, c_void_p, *_BYTES, _BUFFER, _ERROR),
    "encryptor_finish": (c_int32, c_void_p, _BUFFER, _ERROR),
    "encryptor_free": (None, c_void_p),
    "decryptor_new": (c_int32, _HANDLE, c_char_p, *_BYTES, c_void_p, *_BYTES, _OBJECT, _ERROR),
    "decryptor_update": (c_int32, c_void_p, *_BYTES, _BUFFER, _ERROR),
    "decryptor_finish": (c_int32, c_void_p, _BUFFER, _ERROR),
    "decryptor_free": (None, c_void_p),
    "data_key_cache_new": (c_int32, _HANDLE, POINTER(DataKeyLimits), _OBJECT, _ERROR),
    "data_key_cache_free": (None, c_void_p),
    # No Python function may be an observer: the library's thread would wait for the GIL.
    "set_observer": (c_int32, c_void_p, c_void_p, _ERROR),
}
