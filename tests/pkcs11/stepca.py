"""step-ca as its authors publish it, with keys of the module: tests/e2e/stepca_pkcs11_test.go."""

import os
import subprocess

from harness import needs
from harness.results import expect

FOLDER = os.path.join(needs.ROOT, "tests", "e2e")
LIMIT = "5m"


def build():
    done = subprocess.run([os.path.join(FOLDER, "build.sh"), "step-ca-published"], capture_output=True, text=True)
    expect(done.returncode == 0, done.stdout + done.stderr)


def tests():
    """The tests print their figures."""
    done = subprocess.run(["go", "test", "-count=1", "-timeout", LIMIT, "-tags", "pkcs11", "-run", "^TestPKCS11", "."],
                          cwd=FOLDER, capture_output=True, text=True)
    expect(done.returncode == 0, f"{done.stdout[-8000:]}{done.stderr[-2000:]}")
    print(done.stdout, end="")


def run(results, _token):
    results.case("step-ca: build", build)
    results.case("step-ca: keys, X.509 and SSH certificates, faults", tests)
