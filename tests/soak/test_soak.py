"""A soak of a minute, and short ones with a defect made on purpose, which the checks must report."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import report
import soak
from harness.results import Results, expect

# More faults than usual, so that their effects show in a minute.
SECONDS, PERCENT = 60, 5
AT_ONCE = 3
CANARY_SECONDS, CANARY_EVERY = 5, 10
# Each defect, and the name of the check that must fail.
CANARIES = {
    "leak": "memory", "retain": "memory", "corrupt": "results", "lose": "accounting", "descriptor": "descriptors",
    "thread": "threads",
}


def with_canary(program, canary):
    # A wait limit that a run without this defect would exceed.
    wait_limit = 5 if canary == "lose" else 90
    # Memory that is freed with its client shows only while the client lives, so that every result must retain some.
    every = 1 if canary == "retain" else CANARY_EVERY
    return soak.soak(program, CANARY_SECONDS, PERCENT, warm_up=2, every=0.25, wait_limit=wait_limit,
                     canary=["--canary", canary, "--canary-every", str(every)])


def reported(future, check):
    failures = future.result()["failures"]
    expect(any(failure.startswith(f"{check}:") for failure in failures), f"no failure of {check}: {failures}")


def holds(program, out):
    run = soak.soak(program, SECONDS, PERCENT, show=soak.progress())
    (out / "table.md").write_text(report.render(run))
    print(report.render(run), flush=True)
    expect(not run["failures"], "\n".join([*run["failures"], f"seed {run['seed']}"]))


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        program = results.case("build", soak.build_program, folder)
        if program:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                runs = {canary: pool.submit(with_canary, program, canary) for canary in CANARIES}
                for canary, run in runs.items():
                    results.case(f"the defect {canary} is reported", reported, run, CANARIES[canary])
            results.case(f"a soak of {SECONDS} seconds", holds, program, Path(folder))
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
