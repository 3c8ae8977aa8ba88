#!/usr/bin/env python3
"""Compares the library with other programs that get the same signatures made.

`make bench` builds the programs and runs it. It writes to the folder `--out`: summary.json (a list of comparisons),
rounds.json (all single measurements), signatures.json (one of each program, verified with OpenSSL), table.md, and plots.
With `--small` it runs everything so briefly that the figures mean nothing: that is a test.
"""

import argparse
import contextlib
import json
import sys
import time
from pathlib import Path

import beside
import cases
import costs
import growth
import rate_limit
import rounds
import signatures
import sizes
import starts
import summary
import table
from emulator import Emulator
from programs import ROOT

START = time.monotonic()


def say(text):
    print(f"bench: {time.monotonic() - START:4.0f} s: {text}", file=sys.stderr, flush=True)


def arguments():
    target = ROOT / "target"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="run briefly, as a test")
    parser.add_argument("--plots", action="store_true", help="draw plots, with matplotlib")
    parser.add_argument("--target", type=Path, default=target, help="cargo's target folder")
    parser.add_argument("--e2e", type=Path, default=target / "e2e/bin", help="the folder of step-ca, if it is built")
    parser.add_argument("--emulator", type=Path, default=target / "release/scwkms-emulator")
    parser.add_argument("--out", type=Path, default=target / "bench")
    return parser.parse_args()


def plans(small):
    return (cases.small(), rate_limit.small()) if small else (cases.full(), rate_limit.full())


def run(asked, plan, rate_cases):
    """Returns the summary, the single measurements and some signatures."""
    bin_dir = asked.target / "bench/bin"
    latencies = {case.latency_ms for case in plan.cases} | set(plan.start_latencies) | {beside.LATENCY_MS}
    with contextlib.ExitStack() as stack:
        start = lambda latency: stack.enter_context(Emulator(asked.emulator, latency))
        emulators = {latency: start(latency) for latency in sorted(latencies)}
        needed = {(case.latency_ms, case.algorithm) for case in plan.cases}
        needed |= {(latency, cases.P256) for latency in plan.start_latencies}
        keys = {(latency, algorithm): emulators[latency].create_key(algorithm) for latency, algorithm in sorted(needed)}

        measured = rounds.run(plan, emulators, keys, bin_dir, say)
        made = signatures.collect(measured, emulators, keys)
        for signature in made:
            signatures.verify(signature)
        found = summary.of_rounds(plan.cases, measured)
        limited = rate_limit.run(rate_cases, bin_dir, asked.emulator, say)
        found += rate_limit.summarise(rate_cases, limited)
        found += costs.run(plan, emulators[0], keys[0, cases.P256], bin_dir, say)
        found += starts.run(plan, emulators, keys, bin_dir, asked.e2e / "kms-plugin", say)
        found += beside.run(plan, emulators[beside.LATENCY_MS], bin_dir, say)
        found += growth.run(plan, start(0), bin_dir, say)
    found += sizes.run(asked.target / "release/libscwkms.a", bin_dir, asked.e2e, say)
    return found, measured + limited, made


def write(folder, found, measured, made):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("summary", found), ("rounds", measured), ("signatures", made)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")
    (folder / "table.md").write_text(table.render(found))


def main():
    asked = arguments()
    found, measured, made = run(asked, *plans(asked.small))
    write(asked.out, found, measured, made)
    if asked.plots:
        import plots  # needs matplotlib
        plots.draw(found, asked.out)
    if not asked.small:
        print(table.render(found))
    say(f"done; see {asked.out}")


if __name__ == "__main__":
    main()
