"""Runs unmodified programs that load the PKCS#11 module, with keys in the emulator: docs/pkcs11-programs.md. Arguments select
files of this folder by their names."""

import importlib
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

from fixture import Token  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results  # noqa: E402

PROGRAMS = ["opensc", "gnutls", "p11kit", "openssl_engine", "nginx", "openssh", "java", "chains", "pykcs11", "osslsigncode",
            "p11test", "faults", "connection_faults", "process", "threads", "privileges", "stepca"]


def run_all(results, token, names):
    times = {}
    for name in names:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            importlib.import_module(name).run(results, token.at(folder))
        times[name] = time.monotonic() - start
    for name, seconds in times.items():
        print(f"{name}: {seconds:.1f} s")


def main(arguments):
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        token = Token(folder, emulator)
        token.create_keys()
        run_all(results, token, arguments or PROGRAMS)
    return results.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
