"""Checks that the sanitizer reports errors of Rust code, and runs the Rust tests with it. The script `run` builds the
programs and sets the variables."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import needs, sanitizer  # noqa: E402
from harness.execute import Runner  # noqa: E402
from harness.results import Results, expect  # noqa: E402

CANARIES = {
    "address": {"use-after-free": ["heap-use-after-free", "use_after_free"],
                "leak": ["LeakSanitizer: detected memory leaks", "of 4321 byte(s)"]},
    "thread": {"race": ["ThreadSanitizer: data race", "Shared"]},
}


def reported(program, error, words):
    _, output = Runner.plain.run(program, error, status=sanitizer.ERROR)
    for part in words:
        expect(part in output, f"{part} is not in:\n{output}")


def rust_tests(cargo_test):
    more = {"suppressions": os.path.join(HERE, "suppressions")} if sanitizer.NAME == "thread" else {}
    options = sanitizer.environment(**more)
    done = subprocess.run(cargo_test, env={**os.environ, **options}, cwd=needs.ROOT)
    expect(done.returncode == 0, f"exit status {done.returncode}")


def main():
    results = Results()
    program, *cargo_test = sys.argv[1:]
    for error, words in CANARIES[sanitizer.NAME].items():
        results.case(f"the {sanitizer.NAME} sanitizer reports {error}", reported, program, error, words)
    results.case(f"Rust tests with the {sanitizer.NAME} sanitizer", rust_tests, cargo_test)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
