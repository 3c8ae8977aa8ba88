"""The cost of one more signature in requests, allocations and instructions. Other load on the machine does not change them.

Each is the difference between two runs with different numbers of signatures, so the costs of starting cancel out.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import P256
from programs import PROGRAMS, measure
from summary import entry

PAIRS = [
    ("Go, unverified", "go-ours", "go-sdk"),
    ("Go, verified", "go-ours-verify", "go-sdk-verify"),
    ("C, unverified", "c-scwkms", "c-libcurl"),
    ("C and the baseline", "c-scwkms", "baseline"),
]

VALGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def run(plan, emulator, key, bin_dir, say):
    say("requests and allocations")
    names = sorted({name for _, ours, peer in PAIRS for name in (ours, peer)})
    counted = {name: count(plan, emulator, key, bin_dir, name) for name in names}
    found = []
    for group, ours, peer in PAIRS:
        for metric in ("requests_per_signature", "requests_to_the_first", "allocations_per_signature"):
            case = f"{group}, the first signature" if "first" in metric else f"{group}, one signature more"
            found.append(entry(case, metric, "", *([counted[side][metric]] for side in (ours, peer)), peer))
    if plan.instructions:
        say("instructions (valgrind is slow)")
        names = ("c-scwkms", "c-libcurl", "baseline")
        needed = {name: instructions(plan, emulator, key, bin_dir, name) for name in names}
        for group, ours, peer in PAIRS[2:]:
            found.append(entry(f"{group}, one signature more", "instructions_per_signature", "",
                               [needed[ours]], [needed[peer]], peer))
    return found


def command(bin_dir, key, name, signatures):
    return PROGRAMS[name].command(bin_dir, key, P256, signatures=signatures, warm_up=1)


def count(plan, emulator, key, bin_dir, name):
    totals = []
    for signatures in (plan.few, plan.many):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "allocations"
            preload = {"LD_PRELOAD": str(Path(bin_dir) / "allocations.so"), "BENCH_ALLOCATIONS": str(file)}
            result = measure(emulator, command(bin_dir, key, name, signatures), emulator.environment() | preload)
            # A static Go program does not call malloc.
            malloc = int.from_bytes(file.read_bytes(), sys.byteorder) if file.exists() else 0
        first = result["requests"] - result["operations"]["Sign"] + 1
        totals.append((result["requests"], malloc, first, result.get("go_allocations_per_signature", 0)))
    (requests, malloc, _, _), (more_requests, more_malloc, first, by_go) = totals
    more = plan.many - plan.few
    return {"requests_per_signature": (more_requests - requests) / more, "requests_to_the_first": first,
            "allocations_per_signature": (more_malloc - malloc) / more + by_go}


def instructions(plan, emulator, key, bin_dir, name):
    totals = []
    for signatures in (plan.few, plan.many):
        done = subprocess.run(VALGRIND + command(bin_dir, key, name, signatures), env=emulator.environment(),
                              capture_output=True, text=True, timeout=300)
        collected = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode != 0 or collected is None:
            raise RuntimeError(f"valgrind on {name} failed:\n{done.stderr}")
        totals.append(int(collected.group(1)))
    return (totals[1] - totals[0]) / (plan.many - plan.few)
