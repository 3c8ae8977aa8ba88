#!/usr/bin/env python3
"""Compares C_Sign of the PKCS#11 module with scwkms_sign, and fails if C_Sign takes over 10 % longer.

`make bench-pkcs11` builds the programs and runs it. Both sides sign with the same key of the same emulator, one after the
other in each round. It writes the table pkcs11.md to the folder `--out`.
"""

import argparse
import sys
from pathlib import Path
from statistics import median

import table
from bench import say
from cases import P256
from emulator import Emulator
from programs import PROGRAMS, ROOT, measure

SIDES = {"scwkms_sign": "c-scwkms-verify", "C_Sign": "c-pkcs11"}
CALLERS = (1, 8)
LATENCIES_MS = (0, 10)
ROUNDS = 15
SECONDS = 1
MAX_RATIO = 1.10
METRICS = ("p50_us", "cpu_us_per_signature")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", type=Path, default=ROOT / "target/pkcs11/libscwkms-pkcs11.so")
    parser.add_argument("--bin", type=Path, default=ROOT / "target/bench/bin")
    parser.add_argument("--emulator", type=Path, default=ROOT / "target/release/scwkms-emulator")
    parser.add_argument("--out", type=Path, default=ROOT / "target/bench")
    return parser.parse_args()


def run(asked, latency_ms):
    """For each number of callers, side and metric the values of all rounds."""
    found = {}
    with Emulator(asked.emulator, latency_ms) as emulator:
        key = emulator.create_key(P256)
        environment = {**emulator.environment(), "SCWKMS_PKCS11_MODULE": str(asked.module)}
        for number in range(ROUNDS):
            for callers in CALLERS:
                for side in sorted(SIDES, reverse=number % 2 == 1):
                    command = PROGRAMS[SIDES[side]].command(
                        asked.bin, key, P256, concurrency=callers, seconds=SECONDS, warm_up=100)
                    result = measure(emulator, command, environment)
                    for metric in METRICS:
                        found.setdefault((callers, side, metric), []).append(result[metric])
    return found


def rows(latency_ms, found):
    """A row for each number of callers and metric, and the largest ratio of the durations."""
    lines, largest = [], 0
    for callers in CALLERS:
        for metric in METRICS:
            core, module = (median(found[callers, side, metric]) for side in ("scwkms_sign", "C_Sign"))
            lines.append([f"{latency_ms} ms, {callers} at once", table.TITLES[metric], table.number(core),
                          table.number(module), f"{module / core:.2f}"])
            largest = max(largest, module / core if metric == "p50_us" else 0)
    return lines, largest


def main():
    asked = arguments()
    lines, largest = [], 0
    for latency_ms in LATENCIES_MS:
        say(f"PKCS#11, {latency_ms} ms")
        more, ratio = rows(latency_ms, run(asked, latency_ms))
        lines, largest = lines + more, max(largest, ratio)
    text = table.rows_to_text(["load", "metric", "scwkms_sign", "C_Sign", "ratio"], lines)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "pkcs11.md").write_text(f"# C_Sign and scwkms_sign\n\n{text}\n")
    print(text)
    return f"C_Sign takes {largest:.2f} times as long; the limit is {MAX_RATIO}" if largest > MAX_RATIO else 0


if __name__ == "__main__":
    sys.exit(main())
