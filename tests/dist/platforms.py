"""The platforms: how programs for each are compiled and run, with the files of its tarball."""

import os
import platform as machines
import tarfile

from harness import needs
from harness.build import run_tool
from harness.execute import Runner
from harness.results import expect

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
NATIVE = f"linux-{next(name for name, machine in MACHINES.items() if machine == machines.machine())}-gnu"
TOOLS = os.environ["SCWKMS_DIST_DIR"]


def version():
    with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
        return next(line.split('"')[1] for line in file if line.startswith("version = "))


class Platform:
    def __init__(self, name, dist, folder):
        self.name = name
        self.dist = dist
        _, architecture, self.libc = name.split("-")
        self.machine = MACHINES[architecture]
        self.is_native = name == NATIVE
        self.runs_here = self.machine == machines.machine()
        self.folder = os.path.join(folder, name)
        self.root = os.path.join(self.folder, f"scwkms-{version()}-{name}")
        self.runner = Runner(name, self.prefix)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def unpack(self):
        if os.path.exists(self.root):
            return self.root
        os.makedirs(self.folder, exist_ok=True)
        with tarfile.open(os.path.join(self.dist, f"{os.path.basename(self.root)}.tar.gz")) as archive:
            top = {name.split("/")[0] for name in archive.getnames()}
            expect(top == {os.path.basename(self.root)}, f"the archive contains {top}")
            archive.extractall(self.folder, filter="data")
        return self.root

    def prefix(self):
        """The command that runs programs of the platform."""
        if self.runs_here:
            return []
        return [needs.program(f"qemu-{self.machine}-static", "qemu-user-static"), "-L", self.system_root()]

    def system_root(self):
        """Libraries and Python of a Debian for this processor: scripts/dist/system-root"""
        return os.path.join(TOOLS, "root", self.machine)

    def wheel_tag(self):
        return f"{'manylinux_2_28' if self.libc == 'gnu' else 'musllinux_1_2'}_{self.machine}"

    def compiler(self):
        """A command that compiles C. Debian's packages of musl have no compiler for other processors, so Zig compiles for musl."""
        if self.libc == "musl":
            return [os.path.join(TOOLS, "tools", "bin", "python-zig"), "cc", "-target", f"{self.machine}-linux-musl"]
        return [needs.program("gcc" if self.runs_here else f"{self.machine}-linux-gnu-gcc")]

    def flags(self, kind, root=None):
        """What pkg-config prints for the library in a folder. Programs for musl are static, unless they use the shared library."""
        env = {**os.environ, "PKG_CONFIG_LIBDIR": os.path.join(root or self.root, "lib/pkgconfig")}
        static = ["--static"] if kind == "static" else []
        printed = run_tool([needs.program("pkg-config"), "--cflags", "--libs", *static, "scwkms"], env=env).split()
        if self.libc == "gnu":
            return printed
        # gcc links a library that unwinds the stack, Zig does so on request only.
        return [*printed, "-static", "-lunwind"] if kind == "static" else [*printed, "-dynamic"]
