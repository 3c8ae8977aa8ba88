#!/usr/bin/env python3
"""Compares the library with and without direct connections, and both with the SDK or libcurl.

`make bench-direct` builds the programs and runs it. It writes the table direct.md and all single measurements,
direct.json, to the folder `--out`. With `--small` it runs so briefly that the figures mean nothing: that is a test.
"""

import argparse
import contextlib
import json
from pathlib import Path
from statistics import median

import table
from bench import say
from cases import P256
from emulator import Emulator
from programs import PROGRAMS, ROOT, measure

# For each language the library's load program and its peer.
LANGUAGES = {"Go": ("go-ours", "go-sdk"), "C": ("c-scwkms", "c-libcurl")}
CALLERS = (1, 4, 16)
ROUNDS = 5
# For each latency in milliseconds the duration of a measurement in seconds.
SECONDS = {0: 1, 25: 2, 100: 3}
SMALL_SECONDS = {0: 0.2}
METRICS = ("per_second", "cpu_us_per_signature")


def arguments():
    target = ROOT / "target"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="run briefly, as a test")
    parser.add_argument("--target", type=Path, default=target, help="cargo's target folder")
    parser.add_argument("--without", type=Path, default=target / "bench/shared-only/bin",
                        help="the folder of the programs without direct connections")
    parser.add_argument("--emulator", type=Path, default=target / "release/scwkms-emulator")
    parser.add_argument("--out", type=Path, default=target / "bench")
    return parser.parse_args()


def sides(language, bin_dir, without):
    """The three programs that are compared in a case, each with its folder."""
    ours, peer = LANGUAGES[language]
    return [("with", ours, bin_dir), ("without", ours, without), ("peer", peer, bin_dir)]


def run(seconds, rounds, bin_dir, without, emulator_binary):
    """Returns all measurements. The order of the sides changes from round to round."""
    results = []
    with contextlib.ExitStack() as stack:
        emulators = {latency: stack.enter_context(Emulator(emulator_binary, latency)) for latency in seconds}
        keys = {latency: emulator.create_key(P256) for latency, emulator in emulators.items()}
        for number in range(rounds):
            say(f"direct connections, round {number + 1} of {rounds}")
            cases = [(language, latency, n) for language in LANGUAGES for latency in seconds for n in CALLERS]
            for language, latency, callers in cases:
                order = sides(language, bin_dir, without)
                for side, program, folder in order[number % 3:] + order[:number % 3]:
                    command = PROGRAMS[program].command(
                        folder, keys[latency], P256, concurrency=callers, seconds=seconds[latency],
                        warm_up=16 * callers if latency else 500)
                    results.append({"language": language, "latency_ms": latency, "callers": callers, "side": side,
                                    "program": program} | measure(emulators[latency], command))
    return results


def summarise(results):
    """Returns for each case and metric the medians of the three sides, and their ranges."""
    found = {}
    for result in results:
        case = result["language"], result["latency_ms"], result["callers"]
        values = result | {"per_second": result["signatures"] / result["seconds"]}
        for metric in (*METRICS, "connections"):
            found.setdefault((case, metric), {}).setdefault(result["side"], []).append(values[metric])
    return {key: {side: (median(values), (min(values), max(values))) for side, values in by_side.items()}
            for key, by_side in found.items()}


def render(results):
    """Returns a table for each metric. A ratio is the first side divided by the second."""
    summary = summarise(results)
    parts = ["# With and without direct connections"]
    head = ["case", "with", "without", "peer", "with / without", "with / peer", "without / peer", "connections"]
    for metric in METRICS:
        rows = []
        for case in dict.fromkeys(case for case, _ in summary):
            values, connections = summary[case, metric], summary[case, "connections"]
            ratios = [values[a][0] / values[b][0] for a, b in (("with", "without"), ("with", "peer"), ("without", "peer"))]
            rows.append(["{}, {} ms, {} at once".format(*case),
                         *(table.with_range(*values[side]) for side in ("with", "without", "peer")),
                         *(f"{ratio:.2f}" for ratio in ratios),
                         " / ".join(table.number(connections[side][0]) for side in ("with", "without", "peer"))])
        parts.append(f"## {table.TITLES[metric]}\n\n{table.rows_to_text(head, rows)}")
    return "\n\n".join(parts) + "\n"


def main():
    asked = arguments()
    seconds, rounds = (SMALL_SECONDS, 1) if asked.small else (SECONDS, ROUNDS)
    results = run(seconds, rounds, asked.target / "bench/bin", asked.without, asked.emulator)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "direct.json").write_text(json.dumps(results, indent=1) + "\n")
    (asked.out / "direct.md").write_text(render(results))
    if not asked.small:
        print(render(results))
    say(f"done; see {asked.out / 'direct.md'}")


if __name__ == "__main__":
    main()
