"""Tests the PKCS#11 module with the emulator. Usage: run.py [GROUP...]"""

import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tests"))
sys.path.insert(0, HERE)

import ciphers  # noqa: E402
import configuration  # noqa: E402
import faults  # noqa: E402
import fixture as fixtures  # noqa: E402
import general  # noqa: E402
import generation  # noqa: E402
import objects  # noqa: E402
import processes  # noqa: E402
import signing  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results  # noqa: E402

GROUPS = [general, objects, signing, ciphers, generation, configuration, processes, faults]


def main():
    results = Results()
    with Emulator() as emulator:
        fixture, keys = fixtures.create(emulator)
        for group in GROUPS:
            if len(sys.argv) > 1 and group.__name__ not in sys.argv[1:]:
                continue
            arguments = (fixture,) if group is general else (fixture, keys)
            for case in group.CASES:
                results.case(f"{group.__name__}: {case.__name__}", case, *arguments)
        shutil.rmtree(fixture.folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
