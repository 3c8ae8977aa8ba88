"""Finds the crates that are linked into the library, the PKCS#11 module and the command: without build scripts, macros and
tests."""

import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGETS = [f"{machine}-unknown-linux-{libc}" for machine in ("x86_64", "aarch64") for libc in ("gnu", "musl")]
# Product: the arguments that select its crates.
PRODUCTS = {
    "library": ["--package", "scwkms", "--features", "wipe-memory"],
    "pkcs11": ["--package", "scwkms-pkcs11", "--features", "wipe-memory"],
    "command": ["--package", "scwkms-command"],
}


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments, "--locked"], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def packages():
    """All packages of the lock file, with the fields of `cargo metadata`, by name and version."""
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--all-features"))
    return {(package["name"], package["version"]): package for package in metadata["packages"]}


def parsed(line):
    """The depth, name and version of a line of `cargo tree`."""
    depth, _, rest = line.partition(" ")
    name, version = rest.split(" ")[:2]
    return int(depth), (name, version.removeprefix("v"))


def tree(product, target):
    """Yields each linked crate with the crate that depends on it, which is None for the first one."""
    output = cargo("tree", "--edges", "normal,no-proc-macro", "--prefix", "depth", "--no-dedupe", "--target", target,
                   "--format", " {p}", *PRODUCTS[product])
    path = []
    for depth, crate in map(parsed, output.splitlines()):
        del path[depth:]
        yield crate, path[-1] if path else None
        path.append(crate)


def dependencies(product):
    """The linked crates of all platforms: each with the set of the crates that it depends on."""
    found = {}
    for target in TARGETS:
        for crate, parent in tree(product, target):
            found.setdefault(crate, set())
            if parent:
                found[parent].add(crate)
    return found
