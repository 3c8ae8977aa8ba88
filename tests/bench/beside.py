"""The time of asynchronous calls while other threads of the process make blocking calls."""

import json
import subprocess
from pathlib import Path

from cases import P256
from summary import entry

LATENCY_MS = 25
PEER = "the same without the threads"


def run(plan, emulator, bin_dir, say):
    """The emulator has the latency LATENCY_MS."""
    say("asynchronous calls beside blocking threads")
    key = emulator.create_key(P256)
    measured = {"ours": [], "peer": []}
    for number in range(plan.rounds):
        sides = [("ours", plan.beside_threads), ("peer", 0)]
        for side, threads in sides if number % 2 else reversed(sides):
            measured[side].append(call(emulator, Path(bin_dir) / "c-beside", key, threads, plan.beside_calls))
    return compare(f"{plan.beside_calls:,} asynchronous calls beside {plan.beside_threads} blocking threads", measured)


def call(emulator, program, key, threads, calls):
    command = [str(program), key, str(threads), str(calls)]
    done = subprocess.run(command, env=emulator.environment(), capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def compare(case, measured):
    values = lambda side, metric: [result[metric] for result in measured[side]]
    found = [entry(case, metric, "us", values("ours", metric), values("peer", metric), PEER)
             for metric in ("median_us", "slowest_us")]
    return found + [entry(case, "late_callbacks", "", values("ours", "late_callbacks"))]
