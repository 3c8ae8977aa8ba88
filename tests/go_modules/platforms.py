"""Builds a program and step-ca for platforms with Zig, and runs them: under qemu, if they are for another machine."""

import os

from harness import needs
from harness.build import run_tool
from harness.results import expect

import release
import step_ca
from release import NATIVE
from user_module import Signer, UserModule, download

DIST = os.environ.get("SCWKMS_DIST_DIR") or os.path.join(needs.ROOT, "target/dist")
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
STATIC = ["-tags", "musl", "-ldflags", "-linkmode external -extldflags -static"]


def is_musl(name):
    return name.endswith("-musl")


def goarch(name):
    return name.split("-")[1]


def machine(name):
    return MACHINES[goarch(name)]


def compiler(name):
    """Zig, and for glibc the flags that link its unwinder."""
    zig = os.path.join(DIST, "tools/bin/python-zig")
    expect(os.path.exists(zig), f"{zig} is missing: run make dist")
    target = f"{machine(name)}-linux-musl" if is_musl(name) else f"{machine(name)}-linux-gnu.2.28"
    # Zig compiles the C library once for each cache.
    return {"CC": f"{zig} cc -target {target}", "GOARCH": goarch(name), "ZIG_GLOBAL_CACHE_DIR": os.path.join(DIST, "zig-cache"),
            "CGO_LDFLAGS": "-O2 -g" if is_musl(name) else "-O2 -g -lunwind"}


def emulation(name):
    """The command that runs programs of a platform."""
    if goarch(name) == goarch(NATIVE):
        return []
    qemu = needs.program(f"qemu-{machine(name)}-static", "qemu-user-static")
    return [qemu, "-L", f"/usr/{machine(name)}-linux-gnu"]


def signs(name, module, signer):
    program = module.build(*(STATIC if is_musl(name) else []), **compiler(name))
    header = run_tool([needs.program("readelf", "binutils"), "--file-header", "--program-headers", program])
    expect({"x86_64": "X86-64", "aarch64": "AArch64"}[machine(name)] in header, header)
    expect(("INTERP" in header) != is_musl(name), header)
    signer.check(program, *emulation(name))


def run_all(results, folder, emulator, platforms):
    available = {name: os.path.join(DIST, name, "lib/libscwkms.a") for name in platforms}
    libraries = release.prepare_libraries(os.path.join(folder, "libraries"), available)
    made = results.case("release", release.generate, os.path.join(folder, "release"), libraries)
    if made is None:
        return
    download("go", "all")
    module = results.case("go get in an empty module", UserModule(folder, made).get)
    if module is None:
        return
    signer = Signer(emulator)
    for name in platforms:
        results.case(f"program for {name}", signs, name, module, signer)
    for name in platforms:
        static = {"STATIC": "1"} if is_musl(name) else {}
        results.case(f"step-ca for {name}", step_ca.step_ca, folder, made, {**compiler(name), **static}, emulation(name))
