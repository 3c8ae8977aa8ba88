"""The declarations of the package: those of the C library, and its own."""

import ctypes
import inspect
import os
import pathlib
import re
import subprocess
import sys

import pytest

import scwkms
from scwkms import _functions, _library, envelope, private_keys

ROOT = pathlib.Path(__file__).parents[2]
HEADER = re.sub(r"/\*.*?\*/", "", (ROOT / "include" / "scwkms.h").read_text(), flags=re.DOTALL)
CONSTANTS = {name: int(value) for name, value in re.findall(r"#define SCWKMS_(\w+) (\d+)\n", HEADER)}
C_TYPES = {
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "bool": ctypes.c_bool,
    "void": None,
    "scwkms_client": ctypes.c_uint64,
    "scwkms_operation": ctypes.c_uint64,
    "scwkms_observer": ctypes.c_void_p,
}
STRUCTS = {
    "scwkms_buffer": _functions.Buffer,
    "scwkms_async_options": _functions.AsyncOptions,
    "scwkms_key_update": _functions.KeyUpdate,
    "scwkms_data_key_limits": _functions.DataKeyLimits,
}


def python_types(declaration):
    """The types of ctypes that may stand for a type in C."""
    words = re.sub(r"\b(const|struct)\b", " ", declaration).split("*")
    name, stars = words[0].split()[0], len(words) - 1
    if stars == 0:
        return [C_TYPES[name]]
    if stars == 2:
        return [ctypes.POINTER(ctypes.c_void_p)]
    if name in ("char", "uint8_t"):
        return [ctypes.c_char_p, ctypes.c_void_p]
    if name in STRUCTS:
        return [ctypes.POINTER(STRUCTS[name])]
    return [ctypes.c_void_p] if name not in C_TYPES or name == "void" else [ctypes.POINTER(C_TYPES[name])]


def declared():
    """Each function of the header: its result, and its parameters."""
    pattern = r"^((?:const |struct )*\w+ \**)scwkms_(\w+)\(([^;{]*)\);"
    return {name: (result, parameters) for result, name, parameters in re.findall(pattern, HEADER, re.MULTILINE)}


def test_functions():
    header = declared()
    assert len(header) > 120 and header.keys() == _functions.FUNCTIONS.keys()
    for name, (result, parameters) in header.items():
        given = [part for part in parameters.split(",") if part.strip() != "void"]
        types = _functions.FUNCTIONS[name]
        assert types[0] in python_types(result), name
        assert len(types) - 1 == len(given), name
        assert all(kind in python_types(part) for kind, part in zip(types[1:], given)), name


def test_structs():
    for name, struct in STRUCTS.items():
        body = re.search(r"typedef struct %s \{(.*?)\}" % name, HEADER, re.DOTALL)[1]
        members = re.findall(r"(\w+);", body)
        assert [field for field, _ in struct._fields_] == members, name


def test_numbers():
    assert CONSTANTS["ABI_VERSION"] == _functions.ABI_VERSION
    assert CONSTANTS["ENVELOPE_MAX_HEADER_LEN"] == envelope.MAX_HEADER_LEN
    assert numbers("ERROR") == {code.name: code for code in scwkms.ErrorCode}
    assert numbers("ALGORITHM") == {algorithm.name: algorithm.number for algorithm in scwkms.Algorithm}
    assert numbers("WRAPPING") == {algorithm.name: algorithm.number for algorithm in scwkms.WrappingAlgorithm}
    assert numbers("PROTECTION_LEVEL") == {level.name: level.number for level in scwkms.ProtectionLevel}


def numbers(prefix):
    start = f"{prefix}_"
    return {name[len(start) :]: value for name, value in CONSTANTS.items() if name.startswith(start) and value}


def test_names_of_algorithms():
    for algorithm in scwkms.Algorithm:
        assert _library.function("algorithm_name")(algorithm.number).decode() == algorithm


def test_each_error_has_a_class():
    from scwkms.errors import ERRORS

    assert list(ERRORS) == list(scwkms.ErrorCode)
    assert len(set(ERRORS.values())) == len(ERRORS)


def methods(kind):
    return {name: value for name, value in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}


def test_both_clients_have_the_same_methods():
    blocking, coroutines = methods(scwkms.Client), methods(scwkms.AsyncClient)
    local = {"data_key_cache", "encryptor", "decryptor", "encrypt_envelope", "decrypt_envelope"}
    assert blocking.keys() - coroutines.keys() == local and coroutines.keys() <= blocking.keys()
    for name in coroutines.keys() - {"close"}:
        assert inspect.signature(blocking[name]) == inspect.signature(coroutines[name]), name
        assert inspect.iscoroutinefunction(coroutines[name]), name


def test_both_clients_have_the_same_settings():
    from scwkms._settings import Settings

    parameters = inspect.signature(scwkms.Client).parameters.values()
    expected = {p.name: p.annotation for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    assert {name: kind.__forward_arg__ for name, kind in Settings.__annotations__.items()} == expected


def test_each_operation_has_a_method():
    assert {*_functions.OPERATIONS, "generate_data_key"} <= methods(scwkms.Client).keys()


def test_everything_public_has_a_docstring():
    public = [getattr(scwkms, name) for name in scwkms.__all__ if name not in ("Data", "KeyReference", "__version__")]
    classes = [value for value in public if inspect.isclass(value)]
    classes += [private_keys.EllipticCurvePrivateKey, private_keys.RSAPrivateKey]
    for value in [*public, *classes, *[method for kind in classes for method in methods(kind).values()]]:
        assert value.__doc__, value


def test_versions():
    cargo = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    assert scwkms.__version__ == scwkms.library_version() == cargo


def test_place_of_the_library(monkeypatch):
    monkeypatch.setenv("SCWKMS_LIBRARY", "/another/libscwkms.so")
    assert _library.path() == "/another/libscwkms.so"
    monkeypatch.delenv("SCWKMS_LIBRARY")
    # The sources contain no library, so that of the system is used.
    assert _library.path() == "libscwkms.so.1"


@pytest.mark.parametrize("library", ["/nonexistent/libscwkms.so", "libc.so.6"])
def test_another_library(library):
    done = subprocess.run(
        [sys.executable, "-c", "import scwkms"],
        env={**os.environ, "SCWKMS_LIBRARY": library},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "ImportError: scwkms cannot load its C library" in done.stderr
