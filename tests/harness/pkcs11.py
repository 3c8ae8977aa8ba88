"""Builds the C programs of tests/pkcs11/c, which load a PKCS#11 module, and signs with one of them."""

import os
import secrets

from . import needs, openssl, sanitizer
from .build import WARNINGS, run_tool
from .execute import environment
from .results import expect

ALGORITHM = "ec_p256_sha256"
DOCUMENT = b"a document\n"  # which the programs sign
SOURCES = os.path.join(needs.ROOT, "tests/pkcs11/c")
INCLUDE = "/usr/include/p11-kit-1"


def build(compiler, name, output, *flags):
    """Compiles a program with a compiler command, and returns the path of `output`."""
    objects = []
    for source in (name, "module"):
        objects.append(f"{output}-{source}.o")
        run_tool([*compiler, "-std=gnu11", *WARNINGS, *sanitizer.compile_flags(), "-isystem", INCLUDE, "-pthread", "-c",
                  os.path.join(SOURCES, f"{source}.c"), "-o", objects[-1]])
    run_tool([*compiler, "-pthread", *objects, "-o", output, *flags, *sanitizer.runtime_flags(), "-ldl"])
    return output


def signs(emulator, runner, program, module):
    """The program `signatures` signs with a new key in the emulator. OpenSSL verifies the signature."""
    name = f"key-{secrets.token_hex(8)}"
    key = emulator.create_key(ALGORITHM, name=name)
    env = environment(**emulator.variables(), SCWKMS_PKCS11_LOG="stderr")
    printed, errors = runner.run(program, module, name, data=b"\n", env=env)
    code, _, signature = printed.decode().split()
    expect(code == "0", f"C_Sign returned 0x{code}\n{errors}")
    openssl.verify(ALGORITHM, openssl.spki_der(emulator.public_pem(key)), openssl.digest(ALGORITHM, DOCUMENT),
                   openssl.ecdsa_der(bytes.fromhex(signature)))
