#!/usr/bin/env python3
"""Signs and decrypts for a long time against an emulator that fails now and then, and judges how that went.

`make soak DURATION=10m FAULTS=1` runs it with what it needs. The figures are printed, and written to the folder
`--out` as soak.json and table.md. The exit status says whether all held.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python"))

import faults as fault_orders  # noqa: E402
import judge  # noqa: E402
import report  # noqa: E402
from harness import needs, openssl  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import environment  # noqa: E402

KEYS = ("ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256", "rsa_oaep_2048_sha256",
        "aes_256_gcm")
# Long enough for any machine: a deadline that passes would be an ending that is not allowed for.
TIMEOUT = "60s"
SHOWN_EVERY = 10  # seconds
WARM_UP_FAULTS = 10  # times as many as later


def build_program(folder):
    sources = sorted(str(path) for path in HERE.glob("*.c"))
    return build("cc", "gnu11", sources, os.path.join(folder, "soak"), "-O2", "-Wl,--no-as-needed", "-lcrypto")


def write_keys(emulator, folder):
    for algorithm in KEYS:
        key = emulator.create_key(algorithm)
        Path(folder, f"{algorithm}.id").write_text(key)
        if not algorithm.startswith("aes"):
            Path(folder, f"{algorithm}.der").write_bytes(openssl.spki_der(emulator.public_pem(key)))


def soak(program, seconds, percent, *, warm_up=10, every=1, patience=90, plant=(), seed=None, show=None):
    """Runs the program once, and gives all that is known of the run."""
    seed = random.randrange(1 << 32) if seed is None else seed
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        write_keys(emulator, folder)
        command = [program, "--keys", folder, "--seconds", str(seconds), "--warm-up", str(warm_up),
                   "--every", str(every), "--patience", str(patience), *plant]
        # What is planted is complained about at length.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.DEVNULL if plant else None,
                                   env=environment(SCWKMS_URI=emulator.uri(timeout=TIMEOUT)))
        run = {"seconds": seconds, "percent": percent, "seed": seed, "samples": []}
        with process:
            for line in process.stdout:
                said = json.loads(line)
                if "ready" in said:
                    # So often that every thread has met them: what it keeps of its first failure is no leak.
                    fault_orders.order(emulator, min(percent * WARM_UP_FAULTS, 10), seed)
                elif "warm" in said:
                    emulator.clear_faults()
                    emulator.reset_stats()
                    ordered = fault_orders.order(emulator, percent, seed)
                elif "sample" in said:
                    run["samples"].append(said)
                    if show:
                        show(said)
                    continue
                else:
                    run["result"] = said
                    continue
                process.stdin.write("go\n")
                process.stdin.flush()
        if process.returncode != 0 or "result" not in run:
            raise RuntimeError(f"the program ended with {process.returncode}")
        fault_orders.count(emulator, ordered)
        stats = emulator.stats()
    run["operations"] = stats["operations"]
    run["requests"] = stats["requests"]
    run["faults"] = [asdict(fault) for fault in ordered]
    run["complaints"] = judge.complaints(run["samples"], run["result"], ordered, percent, stats["requests"])
    return run


def seconds_of(text):
    found = re.fullmatch(r"(\d+)([smh]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text}: a duration is a number and s, m or h")
    return int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--duration", type=seconds_of, default="10m")
    parser.add_argument("--faults", type=float, default=1, help="per cent of the requests")
    parser.add_argument("--seed", type=int, help="of the faults; a random one unless given")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def shower():
    shown = -SHOWN_EVERY

    def show(sample):
        nonlocal shown
        if sample["sample"] == "busy" and sample["seconds"] - shown >= SHOWN_EVERY:
            shown = sample["seconds"]
            print(report.progress(sample), flush=True)
    return show


def main():
    asked = arguments()
    needs.program("openssl")
    asked.out.mkdir(parents=True, exist_ok=True)
    program = build_program(str(asked.out))
    every = min(max(asked.duration / 60, 1), 5)
    run = soak(program, asked.duration, asked.faults, every=every, seed=asked.seed, show=shower())
    (asked.out / "soak.json").write_text(json.dumps(run, indent=1) + "\n")
    (asked.out / "table.md").write_text(report.render(run))
    print(report.render(run))
    for complaint in run["complaints"]:
        print(f"soak: {complaint}", file=sys.stderr)
    print(f"soak: {'FAILED' if run['complaints'] else 'all held'}; seed {run['seed']}; see {asked.out}")
    return 1 if run["complaints"] else 0


if __name__ == "__main__":
    sys.exit(main())
