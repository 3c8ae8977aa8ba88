"""The files of a release: their names, checksums, overview, SBOMs and licences."""

import hashlib
import json
import os

from harness.results import expect
from platforms import Platform, version

PRODUCTS = ("library", "pkcs11", "command")
# The parts of the project, and the standard library, whose name in the licences is another.
WITHOUT_TEXT = ("scwkms", "scwkms-pkcs11", "rust-std")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def expected(names):
    yield from ("THIRD-PARTY-LICENSES.txt", "SHA256SUMS", "index.md")
    yield from (f"scwkms-{version()}-{product}.cdx.json" for product in PRODUCTS)
    for platform in (Platform(name, "", "") for name in names):
        yield f"scwkms-{version()}-{platform.name}.tar.gz"
        yield f"scwkms-{version()}-py3-none-{platform.wheel_tag()}.whl"


def files(dist, names):
    """SHA256SUMS contains each file, with its digest, and the overview describes it."""
    found = {name for name in os.listdir(dist) if os.path.isfile(os.path.join(dist, name))}
    wanted = set(expected(names))
    expect(wanted <= found, f"missing: {wanted - found}")
    expect(all(name.endswith(".deb") for name in found - wanted), f"not expected: {found - wanted}")
    sums = {name: digest for digest, name in (line.split("  ") for line in read(dist, "SHA256SUMS").splitlines())}
    expect(set(sums) == found - {"SHA256SUMS"}, f"SHA256SUMS lists {sorted(sums)}")
    index = read(dist, "index.md")
    for name, digest in sums.items():
        with open(os.path.join(dist, name), "rb") as file:
            expect(hashlib.file_digest(file, "sha256").hexdigest() == digest, f"another digest of {name}")
        expect(name == "index.md" or f"[{name}]({name})" in index, f"index.md does not list {name}")


def dependencies(dist):
    """The SBOMs list linked crates, and no tools of the build; each component has its licence text."""
    licences = read(dist, "THIRD-PARTY-LICENSES.txt")
    for product in PRODUCTS:
        sbom = json.loads(read(dist, f"scwkms-{version()}-{product}.cdx.json"))
        components = {component["name"]: component for component in sbom["components"]}
        expect({"rustls", "aws-lc-sys", "tokio", "rust-std"} <= set(components), f"{product}: {sorted(components)}")
        tools = {"cc", "cbindgen", "serde_derive", "syn", "shuttle"} & set(components)
        expect(not tools, f"{product} does not contain {tools}")
        for component in components.values():
            name = f"{component['name']} {component['version']} ("
            expect(name in licences or component["name"] in WITHOUT_TEXT, f"no licence text of {name}")
            expect(component.get("licenses"), f"{product}: {name} has no licence")
    for text in ("Rust standard library", "musl as a whole is licensed", "LLVM"):
        expect(text in licences, f"not in the licences: {text}")
