"""Builds the C programs of c/, and verifies their signatures."""

import os

from harness.build import WARNINGS, run_tool
from pykcs11 import DOCUMENT, der

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = "/usr/include/p11-kit-1"


def build(token, name):
    output = token.path(name)
    sources = [os.path.join(HERE, "c", f"{source}.c") for source in (name, "module")]
    run_tool(["cc", "-std=gnu11", *WARNINGS, "-isystem", INCLUDE, "-pthread", *sources, "-o", output, "-ldl"])
    return output


def verify(token, key, signature):
    """`signature` is r and s in hexadecimal digits."""
    token.verify(key, DOCUMENT, der(bytes.fromhex(signature)))
