#!/usr/bin/env python3
"""Compares the library with the SDK when the service limits the rate of requests.

`make bench` includes it. After `make bench-programs` it also runs alone, in three minutes. It then writes the table
rate-limit.md and all single measurements, rate-limit.json, to the folder `--out`. With `--small` it runs so briefly that
the figures mean nothing: that is a test.
"""

import argparse
import contextlib
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cases import P256
from emulator import Emulator
from programs import PROGRAMS, ROOT
from summary import entry

GROUP = "Rate limit"
SIDES = {"ours": "go-ours-verify", "peer": "go-sdk"}
LATENCY_MS = 100
LIMIT = 50
WINDOW_US = 1_000_000
TIMEOUT = 120  # seconds; far more than a correct run takes

# For each metric its unit, and which values are better.
METRICS = {
    "delivered": ("", "higher"), "refused": ("", "lower"), "timed_out": ("", "lower"),
    "last_delivery_s": ("s", "lower"), "last_refusal_s": ("s", "lower"), "p50_ms": ("ms", "lower"),
    "p99_ms": ("ms", "lower"), "responses_429": ("", "lower"), "delivered_per_second": ("1/s", "higher"),
    "smallest_share": ("", "higher"), "largest_share": ("", "lower"),
}


@dataclass(frozen=True)
class RateCase:
    """Signatures that begin at fixed times, whether earlier ones have ended or not (an open loop)."""

    signatures: int
    # In total. 0: all begin at once.
    per_second: int = 0
    processes: int = 1
    limit: int = LIMIT

    @property
    def seconds(self):
        return self.signatures / self.per_second

    @property
    def name(self):
        load = f"{self.per_second} per second" if self.per_second else f"{self.signatures:,} at once"
        processes = "" if self.processes == 1 else f", {self.processes} processes"
        return f"{GROUP}, {load}{processes}" + ("" if self.limit else ", no limit")


def steady(per_second, seconds, **more):
    return RateCase(per_second * seconds, per_second, **more)


def full():
    return (*map(RateCase, (100, 300, 700, 1000)), steady(40, 20, limit=0),
            *(steady(rate, 20, processes=processes) for processes in (1, 3) for rate in (40, 60)))


def small():
    return RateCase(60), steady(60, 1, processes=3)


def run(cases, bin_dir, binary, say):
    """Returns a list of {"case", "round", "side", "program", ...} with the results. Each side has its own emulators."""
    results = []
    with contextlib.ExitStack() as stack:
        emulators = {(side, limit): stack.enter_context(Emulator(binary, LATENCY_MS, limit))
                     for side in SIDES for limit in {case.limit for case in cases}}
        keys = {which: emulator.create_key(P256) for which, emulator in emulators.items()}
        for case in cases:
            say(case.name)
            one = lambda side: measure(case, side, emulators[side, case.limit], keys[side, case.limit], bin_dir)
            # A steady load needs little processor time, so that both sides can run at the same time.
            with ThreadPoolExecutor(max_workers=len(SIDES) if case.per_second else 1) as pool:
                results += pool.map(one, SIDES)
    return results


def measure(case, side, emulator, key, bin_dir):
    wait_for_free_window(emulator)
    with contextlib.ExitStack() as stack:
        commands = [command(case, side, number, key, bin_dir) for number in range(case.processes)]
        processes = [stack.enter_context(start(command, emulator)) for command in commands]
        for process in processes:
            # The program has loaded the key.
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"{process.args} failed")
        wait_for_free_window(emulator)
        before = emulator.stats()
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        outcomes = [json.loads(process.communicate(timeout=TIMEOUT)[0]) for process in processes]
        refused = emulator.stats()["rate_limited"] - before["rate_limited"]
    return {"case": case.name, "round": 0, "side": side, "program": SIDES[side], "signatures": case.signatures,
            "responses_429": refused} | figures(case, outcomes)


def command(case, side, number, key, bin_dir):
    """The command of one process. The signatures of all processes together are evenly spaced."""
    return PROGRAMS[SIDES[side]].command(
        bin_dir, key, P256, arrivals=case.signatures // case.processes, rate=case.per_second / case.processes,
        phase=number / case.processes)


def start(command, emulator):
    return subprocess.Popen(command, env=emulator.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def wait_for_free_window(emulator):
    """Returns within a window of the service's clock in which there was no request yet. The time since the last request
    is longer than a window, so that the client need not wait either."""
    clock = lambda: emulator.request("GET", "/emulator/clock")["now_us"]
    begin = (clock() // WINDOW_US + 2.3) * WINDOW_US
    while (left := begin - clock()) > 0:
        time.sleep(left / 1e6)


def figures(case, outcomes):
    """The figures of a measurement. Each outcome is that of one process: lists of pairs of the time of a signature's end
    and its duration, in microseconds."""
    delivered, refused, timed_out = (sorted(pair for outcome in outcomes for pair in outcome[kind])
                                     for kind in ("delivered", "rate_limited", "timed_out"))
    durations = sorted(duration for _, duration in delivered)
    found = {"delivered": len(delivered), "refused": len(refused), "timed_out": len(timed_out),
             "last_delivery_s": last_end(delivered), "last_refusal_s": last_end(refused),
             "p50_ms": percentile(durations, 50), "p99_ms": percentile(durations, 99)}
    if case.per_second:
        found |= shares(case, outcomes)
    return found


def shares(case, outcomes):
    """How much is delivered during the load, in total and by process."""
    end = case.seconds * 1e6
    delivered = [sum(ended <= end for ended, _ in outcome["delivered"]) for outcome in outcomes]
    found = {"delivered_per_second": sum(delivered) / case.seconds}
    if case.processes > 1:
        found |= {"smallest_share": min(delivered), "largest_share": max(delivered)}
    return found


def last_end(pairs):
    """In seconds after the start; 0 if there is none."""
    return pairs[-1][0] / 1e6 if pairs else 0


def percentile(durations, percent):
    """In milliseconds. The nearest rank: the shortest duration that this share does not exceed."""
    rank = (len(durations) * percent + 99) // 100
    return durations[rank - 1] / 1000 if durations else 0


def summarise(cases, results):
    """Returns a comparison for each case and metric."""
    found = []
    for case in cases:
        ours, peer = (next(r for r in results if r["case"] == case.name and r["side"] == side) for side in SIDES)
        found += [entry(case.name, metric, unit, [ours[metric]], [peer[metric]], SIDES["peer"], better, group=GROUP,
                        ours_name=SIDES["ours"])
                  for metric, (unit, better) in METRICS.items() if metric in ours]
    return found


def arguments():
    target = ROOT / "target"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="run briefly, as a test")
    parser.add_argument("--target", type=Path, default=target, help="cargo's target folder")
    parser.add_argument("--out", type=Path, default=target / "bench")
    return parser.parse_args()


def main():
    import table
    from bench import say
    asked = arguments()
    cases = small() if asked.small else full()
    results = run(cases, asked.target / "bench/bin", asked.target / "release/scwkms-emulator", say)
    text = table.loads(summarise(cases, results), GROUP) + "\n"
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "rate-limit.json").write_text(json.dumps(results, indent=1) + "\n")
    (asked.out / "rate-limit.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
