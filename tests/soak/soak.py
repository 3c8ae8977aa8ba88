#!/usr/bin/env python3
"""Signs and decrypts for a long time with an emulator that has random faults, and checks the figures.

`make soak DURATION=10m FAULTS=1` builds the library and runs this. The figures are printed, and written to the folder
`--out` as soak.json and table.md. The exit status is 0 if all checks passed.
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
sys.path.insert(0, str(HERE.parent))

import checks  # noqa: E402
import faults  # noqa: E402
import report  # noqa: E402
from harness import needs, openssl  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import environment  # noqa: E402

KEYS = ("ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256", "rsa_oaep_2048_sha256",
        "aes_256_gcm")
# Long enough for any machine: SCWKMS_ERROR_TIMEOUT is not an allowed outcome.
TIMEOUT = "60s"
SHOWN_EVERY = 10  # seconds
WARM_UP_FAULTS = 10  # times the later percentage


def build_program(folder):
    sources = sorted(str(path) for path in HERE.glob("*.c"))
    return build("cc", "gnu11", sources, os.path.join(folder, "soak"), "-O2", "-Wl,--no-as-needed", "-lcrypto")


def write_keys(emulator, folder):
    for algorithm in KEYS:
        key = emulator.create_key(algorithm)
        Path(folder, f"{algorithm}.id").write_text(key)
        if not algorithm.startswith("aes"):
            Path(folder, f"{algorithm}.der").write_bytes(openssl.spki_der(emulator.public_pem(key)))


class Soak:
    """One run of the program, with an emulator."""

    def __init__(self, emulator, percent, seed, show):
        self.emulator = emulator
        self.percent = percent
        self.seed = seed
        self.show = show
        self.samples = []
        self.result = None
        self.faults = []

    def run(self, command, is_quiet):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.DEVNULL if is_quiet else None,
                                   env=environment(SCWKMS_URI=self.emulator.uri(timeout=TIMEOUT)))
        with process:
            for line in process.stdout:
                if self._handle(json.loads(line)):
                    process.stdin.write("go\n")
                    process.stdin.flush()
        if process.returncode != 0 or self.result is None:
            raise RuntimeError(f"the program ended with {process.returncode}")
        faults.count(self.emulator, self.faults)

    def _handle(self, message):
        """Returns whether the program waits for a line."""
        if "ready" in message:
            # So frequent that every thread has met each fault: memory that it keeps after its first failure is no leak.
            faults.install(self.emulator, min(self.percent * WARM_UP_FAULTS, 10), self.seed)
        elif "warm" in message:
            self.emulator.clear_faults()
            self.emulator.reset_stats()
            self.faults = faults.install(self.emulator, self.percent, self.seed)
        elif "sample" in message:
            self.samples.append(message)
            if self.show:
                self.show(message)
        else:
            self.result = message
        return "ready" in message or "warm" in message

    def figures(self):
        stats = self.emulator.stats()
        return {
            "percent": self.percent, "seed": self.seed, "samples": self.samples, "result": self.result,
            "operations": stats["operations"], "requests": stats["requests"],
            "faults": [asdict(fault) for fault in self.faults],
            "failures": checks.failures(self.samples, self.result, self.faults, self.percent, stats["requests"]),
        }


def soak(program, seconds, percent, *, warm_up=10, every=1, wait_limit=90, canary=(), seed=None, show=None):
    """Runs the program once, and returns all figures of the run."""
    seed = random.randrange(1 << 32) if seed is None else seed
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        write_keys(emulator, folder)
        run = Soak(emulator, percent, seed, show)
        # A canary makes the program print many failures.
        run.run([program, "--keys", folder, "--seconds", str(seconds), "--warm-up", str(warm_up), "--every", str(every),
                 "--wait-limit", str(wait_limit), *canary], is_quiet=bool(canary))
        return {"seconds": seconds, **run.figures()}


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


def progress():
    """A function that prints a sample from time to time."""
    shown = -SHOWN_EVERY

    def show(sample):
        nonlocal shown
        if sample["sample"] == "busy" and sample["seconds"] - shown >= SHOWN_EVERY:
            shown = sample["seconds"]
            print(report.progress(sample), flush=True)
    return show


def main():
    options = arguments()
    needs.program("openssl")
    options.out.mkdir(parents=True, exist_ok=True)
    program = build_program(str(options.out))
    every = min(max(options.duration / 60, 1), 5)
    run = soak(program, options.duration, options.faults, every=every, seed=options.seed, show=progress())
    (options.out / "soak.json").write_text(json.dumps(run, indent=1) + "\n")
    (options.out / "table.md").write_text(report.render(run))
    print(report.render(run))
    for failure in run["failures"]:
        print(f"soak: {failure}", file=sys.stderr)
    print(f"soak: {'FAILED' if run['failures'] else 'passed'}; seed {run['seed']}; see {options.out}")
    return 1 if run["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
