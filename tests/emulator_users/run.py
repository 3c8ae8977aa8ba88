"""Runs the programs of docs/emulator.md that use the emulator with Scaleway's Go and Python SDKs, from Go tests and from
pytest, and the command of the Dockerfile."""

import json
import os
import re
import subprocess
import sys
import tempfile
import venv

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs  # noqa: E402
from harness.build import run_tool  # noqa: E402
from harness.emulator import TIMEOUT, Emulator  # noqa: E402
from harness.results import Results, expect  # noqa: E402

PAGE = "docs/emulator.md"
DOCKERFILE = os.path.join(needs.ROOT, "packaging", "emulator.Dockerfile")
# The module of the tests with the SDK, in which the Go programs are built.
SDK = os.path.join(needs.ROOT, "tests", "sdk")


def write(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    return path


def go_sdk(folder):
    """The program finds the emulator and its certificate authority in the environment."""
    program = os.path.join(folder, "sdk")
    source = write(folder, "main.go", documents.block(PAGE, "go-sdk", "go"))
    run_tool(["go", "build", "-o", program, source], cwd=SDK)
    with Emulator() as emulator:
        output = run_tool([program], env={**emulator.environment(), "SSL_CERT_FILE": emulator.ca_file})
        expect(output == "valid: true\n", output)


def go_test(folder):
    """go test accepts files outside of the module's folder."""
    source = write(folder, "outage_test.go", documents.block(PAGE, "scwkmstest", "go"))
    output = run_tool(["go", "test", "-count=1", "-v", source], cwd=SDK,
                      env={**os.environ, "SCWKMS_EMULATOR": needs.emulator()})
    expect("--- PASS: TestOutage" in output, output)


def install(folder):
    """A virtual environment with the Python SDK, pytest and the plugin, and the path of its pytest."""
    environment = os.path.join(folder, "venv")
    venv.create(environment, with_pip=True)
    path = os.path.join(environment, "bin")
    env = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    # To compile the whole SDK would take longer than the tests.
    pip = ["pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    run_tool([os.path.join(path, pip[0]), *pip[1:], "-r", os.path.join(HERE, "requirements.txt")], env=env)
    documents.shell(documents.block(PAGE, "install-pytest").replace("pip install", " ".join(pip)), needs.ROOT, env)
    return os.path.join(path, "pytest")


def run_pytest(pytest, folder, *arguments, **variables):
    """The exit status and the output of pytest, with misleading settings of a user."""
    own = {name: value for name, value in os.environ.items() if name != "SCWKMS_EMULATOR"}
    own.update({"SCW_SECRET_KEY": "not-the-emulators", "HTTPS_PROXY": "http://127.0.0.1:1"})
    done = subprocess.run([pytest, "-p", "no:cacheprovider", *arguments], cwd=folder, env={**own, **variables},
                          capture_output=True, text=True, timeout=TIMEOUT)
    return done.returncode, done.stdout + done.stderr


def documented_tests(pytest, folder):
    write(folder, "test_documented.py", documents.block(PAGE, "pytest", "python"))
    for arguments, variables in [((), {"SCWKMS_EMULATOR": needs.emulator()}),
                                 (("--scwkms-emulator", needs.emulator()), {})]:
        status, output = run_pytest(pytest, folder, *arguments, "test_documented.py", **variables)
        expect(status == 0 and "2 passed" in output, output)


PLUGIN_TESTS = """
import os
import pytest

@pytest.mark.parametrize("run", [1, 2])
def test_reset(scwkms_environment, run):
    assert scwkms_environment.requests("ListKeys") == 0
    assert scwkms_environment.admin("GET", "/faults") == []
    assert os.environ["SCW_SECRET_KEY"] == scwkms_environment.secret_key
    assert "HTTPS_PROXY" not in os.environ
    scwkms_environment.fail("ListKeys", kind="status", status=503)

def test_restored(scwkms_emulator):
    assert os.environ["SCW_SECRET_KEY"] == "not-the-emulators"
    assert scwkms_emulator.admin("GET", "/faults") == []
    assert scwkms_emulator.admin("GET", "/rate-limit")["limit"] == 7
    assert scwkms_emulator.url.startswith("http:")
"""


def plugin(pytest, folder):
    """Options, the reset of faults and variables, and the message without a binary."""
    write(folder, "test_plugin.py", PLUGIN_TESTS)
    write(folder, "pytest.ini", "[pytest]\nscwkms_emulator_options = --rate-limit 7 --plain\n")
    status, output = run_pytest(pytest, folder, "test_plugin.py", SCWKMS_EMULATOR=needs.emulator())
    expect(status == 0 and "3 passed" in output, output)
    status, output = run_pytest(pytest, folder, "test_plugin.py")
    expect(status == 1 and "set SCWKMS_EMULATOR or --scwkms-emulator" in output, output)
    status, output = run_pytest(pytest, folder, "test_plugin.py", SCWKMS_EMULATOR="/bin/true")
    expect(status == 1 and "ended before it was ready" in output, output)


def dockerfile(folder):
    """Its command starts the emulator, with a free port; and it builds a package that exists."""
    with open(DOCKERFILE, encoding="utf-8") as file:
        text = file.read()
    program, *options = json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.M).group(1))
    expect(f"/{os.path.basename(program)} /usr/local/bin/\n" in text, "the program is not copied")
    expect(options[3] == "127.0.0.1:8443", f"{options}")
    data = os.path.join(folder, "data")
    process = subprocess.Popen([needs.emulator(), options[0], data, options[2], "127.0.0.1:0", "--exit-on-stdin-close"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ready, _ = process.communicate(timeout=TIMEOUT)
    expect(json.loads(ready)["ca_file"] == os.path.join(data, "ca.pem"), ready)
    command = re.search(r"^RUN (cargo build .*)$", text, re.M).group(1)
    package = re.search(r"--package (\S+)", command).group(1)
    expect(run_tool(["cargo", "pkgid", "--locked", "--package", package], cwd=needs.ROOT), "no such package")


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        results.case("Go SDK", go_sdk, folder)
        results.case("Go test", go_test, folder)
        pytest = results.case("install the pytest plugin", install, folder)
        if pytest:
            results.case("the documented pytest tests", documented_tests, pytest, folder)
            results.case("the pytest plugin", plugin, pytest, folder)
        results.case("Dockerfile", dockerfile, folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
