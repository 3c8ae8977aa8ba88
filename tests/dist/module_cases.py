"""The PKCS#11 module of a platform, and the file by which p11-kit finds it."""

import os
import tempfile

from harness import needs, pkcs11
from harness.build import run_tool
from harness.results import expect

MODULE = "lib/pkcs11/libscwkms-pkcs11.so"
EXPORTED = {"C_GetFunctionList", "C_GetInterface", "C_GetInterfaceList"}


def exports(platform):
    printed = run_tool([needs.program("readelf", "binutils"), "--dyn-syms", "--wide", platform.path(MODULE)])
    symbols = [line.split() for line in printed.splitlines() if " GLOBAL " in line]
    found = {symbol[7] for symbol in symbols if symbol[6] != "UND"}
    expect(found == EXPORTED, found)


def description(platform):
    """The files can be anywhere, so the file has no path. p11-kit then searches its own folder of modules."""
    with open(platform.path("share/p11-kit/modules/scwkms.module"), encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if not line.startswith("#")]
    expect(lines == [f"module: {os.path.basename(MODULE)}"], lines)


def signs(platform, emulator):
    """A C program loads the module. A static one could not."""
    program = os.path.join(tempfile.mkdtemp(dir=platform.folder), "signatures")
    pkcs11.build(platform.compiler(), "signatures", program, *(["-dynamic"] if platform.libc == "musl" else []))
    pkcs11.signs(emulator, platform.runner, program, platform.path(MODULE))


def run(results, platform, emulator):
    name = platform.name
    results.case(f"exports of the PKCS#11 module {name}", exports, platform)
    results.case(f"p11-kit file {name}", description, platform)
    results.case(f"C program with the PKCS#11 module {name}", signs, platform, emulator)
