"""A release of the Go modules: scripts/dist/go-modules writes it."""

import os
import platform
import re
import shutil

from harness import needs
from harness.build import run_tool

with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as cargo:
    VERSION = re.search(r'^version = "(.*)"', cargo.read(), re.M).group(1)
MODULE = "github.com/scwkms/scwkms/go"
# The modules with libraries, and the platform of each.
LIBRARIES = {"linux-amd64": "linux-amd64-gnu", "linux-arm64": "linux-arm64-gnu",
             "linux-amd64-musl": "linux-amd64-musl", "linux-arm64-musl": "linux-arm64-musl"}
NATIVE = "linux-" + {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def generate(folder, libraries):
    """Writes a release with the libraries of a folder."""
    env = {**os.environ, "SCWKMS_DIST_DIR": libraries, "SOURCE_DATE_EPOCH": "1700000000"}
    run_tool([os.path.join(needs.ROOT, "scripts/dist/go-modules"), folder, VERSION], env=env)
    return folder


def prepare_libraries(folder, available):
    """A folder with the libraries of some platforms. No program is linked for the other platforms, so an archive without
    members is sufficient for them."""
    for target in LIBRARIES.values():
        path = os.path.join(folder, target, "lib")
        os.makedirs(path)
        if target in available:
            shutil.copy(available[target], path)
        else:
            run_tool([needs.program("ar", "binutils"), "rc", os.path.join(path, "libscwkms.a")])
    return folder


def proxy_files(release):
    """Paths of the files of the proxy, with their contents."""
    top = os.path.join(release, "proxy")
    found = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, top)] = file.read()
    return found
