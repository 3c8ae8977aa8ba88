"""throughput: compares envelope encryption on one processor with `openssl speed`, and prints a table. It asserts nothing.

SCWKMS_EMULATOR, SCWKMS_LIB_DIR and SCWKMS_INCLUDE_DIR are as for the tests.
"""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import needs  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402

ROUNDS = 5
MEGABYTES = 2000


def openssl():
    """MB/s for blocks of 64 KiB."""
    output = run_tool([needs.program("openssl"), "speed", "-evp", "aes-256-gcm", "-bytes", "65536", "-seconds", "2"])
    return float(re.search(r"^AES-256-GCM +([\d.]+)k", output, re.MULTILINE)[1]) / 1000


def library(program, emulator, key):
    """MB/s of encryption and decryption, and the growth of memory in KiB."""
    output, _ = Runner.plain.run(program, key, str(MEGABYTES), env=environment(SCWKMS_URI=emulator.uri()))
    return [float(line.split()[1]) for line in output.decode().splitlines()]


def main():
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        program = build(needs.program("cc", "gcc"), "gnu11", [os.path.join(HERE, "throughput.c")],
                        os.path.join(folder, "throughput"))
        key = emulator.create_key("aes_256_gcm")
        rounds = [(openssl(), *library(program, emulator, key)) for _ in range(ROUNDS)]
    reference, encrypt, decrypt = (max(column) for column in list(zip(*rounds))[:3])
    print("| | MB/s | openssl speed / scwkms |\n|---|---:|---:|")
    print(f"| `openssl speed -evp aes-256-gcm -bytes 65536` | {reference:.0f} | |")
    print(f"| encryption | {encrypt:.0f} | {reference / encrypt:.2f} |")
    print(f"| decryption | {decrypt:.0f} | {reference / decrypt:.2f} |")
    print(f"\nMemory grew by at most {max(row[3] for row in rounds):.0f} KiB while {MEGABYTES} MiB were processed.")


if __name__ == "__main__":
    main()
