"""Finds the files and programs that the tests need. The message for a missing one says how to get it."""

import os
import shutil
import sys

NATIVE_LIBS = ["-lpthread", "-ldl", "-lm"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def fail(message):
    print(f"error: {message}", file=sys.stderr)
    print("0 passed, 1 failed")
    sys.exit(1)


def _path(variable, required_file=""):
    """The path in an environment variable: a file, or a folder that contains `required_file`."""
    path = os.environ.get(variable)
    if not path:
        fail(f"{variable} is not set; `make test` builds the file and sets the variable")
    whole = os.path.join(path, required_file) if required_file else path
    if not os.path.exists(whole):
        fail(f"{variable}: {whole} does not exist; `make test` builds it")
    return os.path.abspath(path)


def emulator():
    return _path("SCWKMS_EMULATOR")


def command():
    return _path("SCWKMS_COMMAND")


def lib_dir():
    return _path("SCWKMS_LIB_DIR", "libscwkms.a")


def shared_dir():
    return _path("SCWKMS_SHARED_DIR", "libscwkms.so")


def pkcs11_module():
    return _path("SCWKMS_PKCS11_MODULE")


def include_dir():
    return _path("SCWKMS_INCLUDE_DIR", "scwkms.h")


def program(name, package=None):
    """The path of an installed program. `package` is its Debian package where the name differs."""
    found = shutil.which(name)
    if not found:
        fail(f"{name} is not installed: apt-get install {package or name}")
    return found
