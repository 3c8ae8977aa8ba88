"""Checks scripts/need, and that make refuses cross builds and builds the static library without Go. Small scripts take
the place of cargo, go and apt-get."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import needs  # noqa: E402
from harness.build import library  # noqa: E402
from harness.results import Results, expect  # noqa: E402

CLONE = needs.ROOT
TOOLS = ["bash", "cut", "dirname", "env", "find", "head", "sed", "sort", "uname"]  # which scripts/need itself uses
BUILT = "library/libscwkms.a"  # which cargo writes to its target folder


def read(name):
    with open(os.path.join(CLONE, name), encoding="utf-8") as file:
        return file.read()


RUST = re.search(r'^rust-version = "(.*)"', read("Cargo.toml"), re.M).group(1)
GO = re.search(r"^go (.*)", read("go/go.mod"), re.M).group(1)


def script(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/bash\n{text}\n")
    os.chmod(path, 0o755)


def need(*tools, user="1000", **commands):
    """Runs scripts/need with a PATH that has only these commands. Returns status and output, with apt-get's calls."""
    with tempfile.TemporaryDirectory() as folder:
        for tool in TOOLS:
            os.symlink(needs.program(tool), os.path.join(folder, tool))
        calls = os.path.join(folder, "calls")
        apt_get = f'echo "called: apt-get $*" >> {calls}'
        for name, text in {"id": f"echo {user}", "apt-get": apt_get, **commands}.items():
            script(folder, name, text)
        done = subprocess.run([os.path.join(CLONE, "scripts/need"), *tools], env={"PATH": folder}, capture_output=True,
                              text=True)
        if os.path.exists(calls):
            with open(calls, encoding="utf-8") as file:
                return done.returncode, done.stdout + done.stderr + file.read()
        return done.returncode, done.stdout + done.stderr


def versions(rust, rustc=None, go=None):
    """The commands cargo, rustc and go with versions."""
    return {"cargo": f"echo cargo {rust} '(0123 2026-01-01)'",
            "rustc": f"echo rustc {rustc or rust} '(4567 2026-01-01)'", "go": f"echo go{go or GO}"}


def expect_all(output, *parts):
    for part in parts:
        expect(part in output, f"{part!r} is not in: {output}")


def sufficient():
    for rust, go in [(RUST, GO), (f"{RUST}.0", GO), ("1.1000.0", "1.1000.1"), ("2.0.0-nightly", "2.0")]:
        status, output = need("cargo", "go", "sed", **versions(rust, go=go))
        expect((status, output) == (0, ""), f"Rust {rust}, Go {go}: {output}")


def all_at_once():
    """Old versions and missing packages are reported by one run, with the commands. Nothing is installed."""
    packages = "apt-get install -y --no-install-recommends gcc libc6-dev valgrind"
    for user, sudo in [("1000", "sudo "), ("0", "")]:
        status, output = need("cargo", "go", "cc", "valgrind", user=user, **versions("1.63.0", go="1.19.8"))
        expect(status == 1, output)
        expect_all(output, f"Rust 1.63.0 is too old: {RUST} or newer", "https://sh.rustup.rs | sh",
                   "Go 1.19.8 is too old", f"{GO} or newer", f"go{GO}.linux-", f"| {sudo}tar -C /usr/local",
                   f"Install with: {sudo}{packages}")
        expect("called:" not in output, output)
        expect(len(output.splitlines()) == 3, f"not one line for each problem: {output}")


def absent():
    status, output = need("cargo", "go", "c++")
    expect(status == 1, output)
    expect_all(output, f"Rust {RUST} or newer is missing", f"Go {GO} or newer is missing", "g++")


def old_rustc():
    status, output = need("cargo", **versions(RUST, rustc="1.87.0"))
    expect(status == 1, output)
    expect_all(output, "Rust 1.87.0 is too old")
    status, output = need("cargo", **versions("1.63.0"), rustup="true")
    expect_all(output, "rustup update stable")


def go_of_the_tests():
    """The SDK's tests need a newer Go than the package."""
    newer = re.search(r"^go (.*)", read("tests/sdk/go.mod"), re.M).group(1)
    status, output = need("go", "go-for-sdk", **versions(RUST, go=GO))
    expect(status == (newer != GO), output)
    expect_all(output, f"Go {GO} is too old: {newer} or newer")


def root_installs():
    status, output = need("cargo", "cc", "valgrind", user="0", **versions(RUST))
    expect(status == 0, output)
    expect_all(output, "called: apt-get update",
               "called: apt-get install -y --no-install-recommends gcc libc6-dev valgrind")


def make(target, folder, **variables):
    """Runs make with commands in a folder, which precede those of this machine, and with an own target folder."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "GO", "CARGO_")) and name not in ("PREFIX", "DESTDIR")}
    own = {"PATH": f"{folder}:{os.environ['PATH']}", "CARGO_TARGET_DIR": os.path.join(folder, "target")}
    return subprocess.run([needs.program("make"), "-C", CLONE, target], env={**kept, **own, **variables},
                          capture_output=True, text=True)


def fake_build(folder, cargo):
    """A cargo that has a version and otherwise does as told, and a go that must not be called."""
    script(folder, "cargo", f'if [ "$1" = --version ]; then echo cargo {RUST}; else {cargo}; fi')
    script(folder, "go", f"touch {folder}/go-was-called; exit 1")
    os.makedirs(os.path.join(folder, "target", "library"))


def library_without_go():
    with tempfile.TemporaryDirectory() as folder:
        fake_build(folder, f'cp {library()} "$CARGO_TARGET_DIR/{BUILT}"')
        done = make("library", folder)
        expect(done.returncode == 0, done.stdout + done.stderr)
        expect(os.path.getsize(os.path.join(folder, "target/release/libscwkms.a")) > 100_000, "no library")
        expect(not os.path.exists(os.path.join(folder, "go-was-called")), "make library calls go")


def refused(target, part, **variables):
    """make fails with one sentence before it builds, and stores no library."""
    with tempfile.TemporaryDirectory() as folder:
        script(folder, "cargo", f'if [ "$1" = --version ]; then echo cargo {RUST}; else echo "cargo $*"; exit 1; fi')
        before = libraries()
        done = make(target, folder, **variables)
        lines = [line for line in done.stderr.splitlines() if "***" not in line]
        expect(done.returncode == 2 and len(lines) == 1 and part in lines[0],
               f"status {done.returncode}: {done.stdout}{done.stderr}")
        expect("cargo" not in done.stdout, f"cargo was started: {done.stdout}")
        expect(libraries() == before, "a library was stored")


def libraries():
    """The libraries in the Go package, with their times."""
    top = os.path.join(CLONE, "go/internal/capi/lib")
    found = [os.path.join(place, name) for place, _, names in os.walk(top) for name in names if name.endswith(".a")]
    return {path: os.stat(path).st_mtime_ns for path in found}


def other_platforms():
    for target in ("all", "library", "go", "emulator", "need-test"):
        refused(target, "unset CARGO_BUILD_TARGET", CARGO_BUILD_TARGET="aarch64-unknown-linux-gnu")
    other = {"GOARCH": "arm64" if os.uname().machine == "x86_64" else "amd64"}
    for target, variables in [("all", other), ("go", other), ("need-test", other), ("all", {"GOOS": "darwin"})]:
        refused(target, "unset GOOS and GOARCH", **variables)


def another_folder():
    """Cargo's configuration may redirect the build. A library of an earlier build is then not used."""
    with tempfile.TemporaryDirectory() as folder:
        fake_build(folder, "true")
        shutil.copy(library(), os.path.join(folder, "target", BUILT))
        done = make("library", folder)
        expect(done.returncode == 2, done.stdout)
        expect_all(done.stderr, "cargo did not write",
                   "remove build.target and build.target-dir from cargo's configuration")
        expect(not os.path.exists(os.path.join(folder, "target/release/libscwkms.a")), "an earlier library was used")


def main():
    results = Results()
    results.case("sufficient versions", sufficient)
    results.case("all missing and old tools are reported at once", all_at_once)
    results.case("no Rust and no Go", absent)
    results.case("an old rustc with a new cargo", old_rustc)
    results.case("the tests need a newer Go", go_of_the_tests)
    results.case("root installs packages", root_installs)
    results.case("make library needs no Go", library_without_go)
    results.case("cross builds are refused", other_platforms)
    results.case("another target folder is refused", another_folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
