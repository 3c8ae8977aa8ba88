"""Sees that the sanitizer finds errors in Rust code, and runs the Rust tests with it: `run` builds them and sets what
is needed."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "python"))

from harness import needs, sanitizer  # noqa: E402
from harness.execute import Way  # noqa: E402
from harness.tally import Tally, expect  # noqa: E402

PLANTED = {
    "address": {"use-after-free": ["heap-use-after-free", "use_after_free"],
                "leak": ["LeakSanitizer: detected memory leaks", "of 4321 byte(s)"]},
    "thread": {"race": ["ThreadSanitizer: data race", "Shared"]},
}


def planted(program, error, words):
    _, said = Way.plain.run(program, error, status=sanitizer.ERROR)
    for part in words:
        expect(part in said, f"{part} is not in:\n{said}")


def rust_tests(cargo_test):
    more = {"suppressions": os.path.join(HERE, "suppressions")} if sanitizer.NAME == "thread" else {}
    options = sanitizer.environment(**more)
    done = subprocess.run(cargo_test, env={**os.environ, **options}, cwd=needs.ROOT)
    expect(done.returncode == 0, f"exit status {done.returncode}")


def main():
    tally = Tally()
    program, *cargo_test = sys.argv[1:]
    for error, words in PLANTED[sanitizer.NAME].items():
        tally.case(f"the {sanitizer.NAME} sanitizer catches {error}", planted, program, error, words)
    tally.case(f"Rust tests with the {sanitizer.NAME} sanitizer", rust_tests, cargo_test)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
