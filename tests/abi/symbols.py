"""Compares the exported symbols of the shared library with the reference file of its SONAME. Each line has a symbol with its
version, and the first version of the library that has it."""

import os

from harness import needs
from harness.build import run_tool

HERE = os.path.dirname(os.path.abspath(__file__))


def exported():
    """The symbols of the shared library, as `name@version`."""
    path = os.path.join(needs.shared_dir(), "libscwkms.so")
    table = run_tool([needs.program("nm", "binutils"), "--dynamic", "--defined-only", "--format=posix", path])
    # The version itself has the type A.
    return {line.split()[0].replace("@@", "@") for line in table.splitlines() if line.split()[1] != "A"}


def reference():
    soname = run_tool([os.path.join(needs.ROOT, "scripts/build/soname")]).strip()
    with open(os.path.join(HERE, f"{soname}.symbols"), encoding="utf-8") as file:
        return dict(line.split() for line in file)


def differences(recorded, found):
    """The differences between the recorded symbols and those that were found."""
    for symbol in sorted(recorded - found):
        yield f"{symbol} was removed, so programs that use it fail"
    for symbol in sorted(found - recorded):
        yield f"{symbol} is new: add it to the reference file, with the version of the library"
