"""The installed PKCS#11 module, and the file by which p11-kit finds it."""

import os
import tempfile

from harness import needs, pkcs11
from harness.execute import Runner
from harness.results import expect


def description(installation):
    """The file names the installed module, not the stage."""
    with open(os.path.join(installation.root, "share/p11-kit/modules/scwkms.module"), encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if not line.startswith("#")]
    expect(lines == [f"module: {installation.prefix}/{installation.libdir}/pkcs11/libscwkms-pkcs11.so"], lines)


def signs(installation, folder, emulator):
    program = os.path.join(tempfile.mkdtemp(dir=folder), "signatures")
    pkcs11.build([needs.program("cc", "gcc")], "signatures", program)
    pkcs11.signs(emulator, Runner.plain, program, os.path.join(installation.lib, "pkcs11/libscwkms-pkcs11.so"))
