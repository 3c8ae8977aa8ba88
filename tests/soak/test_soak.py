"""A soak of a minute, and short ones with something broken on purpose, each of which must be noticed."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import report
import soak
from harness.tally import Tally, expect

# More faults than usual, so that what each leaves behind shows in a minute.
SECONDS, PERCENT = 60, 5
AT_ONCE = 3
PLANT_SECONDS, PLANT_EVERY = 5, 10
# What is planted, and what the complaints about it begin with.
PLANTS = {
    "leak": "memory", "corrupt": "results", "lose": "accounting", "descriptor": "descriptors", "thread": "threads",
}


def planted(program, plant, every=PLANT_EVERY):
    # Patience that does not fit an honest run, whose requests may take long.
    return soak.soak(program, PLANT_SECONDS, PERCENT, warm_up=2, every=0.25, patience=5 if plant == "lose" else 90,
                     plant=["--plant", plant, "--plant-every", str(every)])


def noticed(future, name):
    found = future.result()["complaints"]
    expect(any(complaint.startswith(f"{name}:") for complaint in found), f"no complaint about {name}: {found}")


def holds(program, out):
    run = soak.soak(program, SECONDS, PERCENT, show=soak.shower())
    (out / "table.md").write_text(report.render(run))
    print(report.render(run), flush=True)
    expect(not run["complaints"], "\n".join([*run["complaints"], f"seed {run['seed']}"]))


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        program = tally.case("build", soak.build_program, folder)
        if program:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                runs = {plant: pool.submit(planted, program, plant) for plant in PLANTS}
                # What goes with its client shows while it lives: in every result, so that it is soon enough to see.
                runs["hoard"] = pool.submit(planted, program, "hoard", 1)
                for plant, run in runs.items():
                    tally.case(f"a planted {plant} is noticed", noticed, run, {**PLANTS, "hoard": "memory"}[plant])
            tally.case(f"a soak of {SECONDS} seconds", holds, program, Path(folder))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
