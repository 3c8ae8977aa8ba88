"""A release of the Go modules: scripts/dist/go-modules writes it."""

import os
import platform
import shutil

from harness import needs
from harness.build import library, run_tool

VERSION = "0.1.0"
MODULE = "github.com/scwkms/scwkms/go"
PLATFORMS = ["linux-amd64", "linux-arm64", "linux-amd64-musl", "linux-arm64-musl"]
# Each module with the platform whose library it has.
LIBRARIES = {name: name if name.endswith("-musl") else f"{name}-gnu" for name in PLATFORMS}
NATIVE = "linux-" + {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


def generate(folder, libraries):
    """Writes a release with the libraries of a folder."""
    env = {**os.environ, "SCWKMS_DIST_DIR": libraries, "SOURCE_DATE_EPOCH": "1700000000"}
    run_tool([os.path.join(needs.ROOT, "scripts/dist/go-modules"), folder, VERSION], env=env)
    return folder


def native_libraries(folder):
    """A folder with the library of this machine. The files of the other platforms are only compiled against, so an archive
    without members is sufficient for them."""
    for name, target in LIBRARIES.items():
        path = os.path.join(folder, target, "lib")
        os.makedirs(path)
        if name == NATIVE:
            shutil.copy(library(), path)
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
