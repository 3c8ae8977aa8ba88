"""The README's programs sign with the files of a release, by the README's commands. docs/dist.md and docs/go.md have the
settings of the compilers for other platforms."""

import hashlib
import os
import re
import shlex

import go_proxy
from cases import ALGORITHM
from harness import documents, openssl
from harness.execute import environment
from harness.results import expect
from platforms import TOOLS

README = "README.md"
PROGRAMS = {"c": "sign.c", "cpp": "sign.cpp", "cmake": "CMakeLists.txt", "go": "sign.go", "python": "sign.py"}
# The programs in C and C++ sign a digest, the others a message.
DIGESTS = {"c": b"a SHA-256 digest has 32 bytes..\0", "cpp": b"a SHA-256 digest has 32 bytes..."}
MESSAGE = b"a document"
# Fails unless the Python package uses its own library.
CHECK_LIBRARY = """
import scwkms
with scwkms.Client(), open("/proc/self/maps") as maps:
    assert scwkms.__file__.replace("__init__.py", "libscwkms.so.1") in maps.read()
"""


def commands(block):
    """The commands of a block, one a line: at most three."""
    script = documents.block(README, block)
    expect(len(script.splitlines()) <= 3 and not re.search(r"[;&|]|\\$", script, re.M), f"more than three commands:\n{script}")
    return script


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def replace(script, commands_of_platform):
    for command, other in commands_of_platform.items():
        script = re.sub(rf"^{re.escape(command)} ", f"{other} ", script, flags=re.M)
    return script


class ReadmeCases:
    def __init__(self, emulator, modules, folder):
        self.emulator = emulator
        self.modules = modules
        self.public_key = openssl.spki_der(emulator.public_pem(emulator.create_key(ALGORITHM, name="my-key")))
        self.tools = os.path.join(folder, "zig")
        os.mkdir(self.tools)
        os.symlink(os.path.join(TOOLS, "tools/bin/python-zig"), os.path.join(self.tools, "zig"))

    def run(self, results, cases):
        name = cases.platform.name
        results.case(f"README: C program with pkg-config {name}", self.compiled, cases, "release-c", "./sign", "c")
        results.case(f"README: C program with CMake {name}", self.compiled, cases, "release-cmake", "build/sign", "c", "cmake")
        results.case(f"README: C++ program {name}", self.compiled, cases, "release-cpp", "./sign", "cpp")
        results.case(f"README: Go program {name}", self.go, cases)
        if cases.platform.is_native:
            results.case("C program with the emulator of the tarball", self.with_emulator, cases)
        # Debian has no Python with musl.
        if cases.platform.libc == "gnu":
            results.case(f"README: Python program {name}", self.python, cases)

    def folder(self, cases, *programs):
        """A folder with the tarball of the platform and with programs of the README."""
        folder, archive = cases.new_folder(), f"{os.path.basename(cases.platform.root)}.tar.gz"
        os.symlink(os.path.join(cases.platform.dist, archive), os.path.join(folder, archive))
        for language in programs:
            with open(os.path.join(folder, PROGRAMS[language]), "w", encoding="utf-8") as file:
                file.write(documents.block(README, language, language))
        return folder

    def execute(self, script, folder, digest, **env):
        """Executes commands that write a signature of the digest."""
        tools = {"PATH": f"{self.tools}:{os.environ['PATH']}", "HOME": folder,
                 "ZIG_GLOBAL_CACHE_DIR": os.environ["ZIG_GLOBAL_CACHE_DIR"]}
        documents.shell(script, folder, {**environment(**self.emulator.variables()), **tools, **env})
        openssl.verify(ALGORITHM, self.public_key, digest, read(folder, "signature"))

    def compiled(self, cases, block, program, *programs):
        platform, folder = cases.platform, self.folder(cases, *programs)
        script = replace(commands(block), {program: shlex.join([*platform.prefix(), program])})
        if not platform.is_native:
            compilers = documents.block("docs/dist.md", platform.name)
            script = compilers + replace(script, {"cc": "$CC", "c++": "$CXX"})
        self.execute(script, folder, DIGESTS[programs[0]])
        cases.check_linkage(os.path.join(folder, program), "static")

    def with_emulator(self, cases):
        """The program signs with the emulator of the tarball and a key that the command has created."""
        folder = self.folder(cases, "c")
        script = "".join(["trap 'kill $SCWKMS_EMULATOR_PID' EXIT\n", documents.block("docs/dist.md", "emulator"), commands("release-c"),
                          "scwkms-*/bin/scwkms public-key scwkms:name=my-key > public.pem\n"])
        documents.shell(script, folder, {**environment(), "HOME": folder})
        openssl.verify(ALGORITHM, read(folder, "public.pem"), DIGESTS["c"], read(folder, "signature"))

    def go(self, cases):
        """`go run` starts the program by a script, which keeps a copy."""
        platform, folder = cases.platform, self.folder(cases, "go")
        start = os.path.join(folder, "start")
        with open(start, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\ncp "$1" program\nexec {shlex.join(platform.prefix())} "$@"\n')
        os.chmod(start, 0o755)
        compiler = "" if platform.is_native else documents.block("docs/go.md", platform.name)
        script = f'{compiler}export GOFLAGS="${{GOFLAGS:-}} -modcacherw -exec={start}"\n{commands("release-go")}'
        self.execute(script, folder, hashlib.sha256(MESSAGE).digest(), **go_proxy.settings(self.modules, cases.new_folder()))
        cases.check_linkage(os.path.join(folder, "program"), "static")

    def python(self, cases):
        platform, folder = cases.platform, self.folder(cases, "python")
        env = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": platform.dist, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        script = f"{commands('release-python')}venv/bin/python -c {shlex.quote(CHECK_LIBRARY)}\n"
        if not platform.is_native:
            # pip installs the package for another platform, whose Python runs under qemu.
            packages, python = os.path.join(folder, "packages"), os.path.join(platform.system_root(), "usr/bin/python3")
            env.update(PIP_PLATFORM=platform.wheel_tag(), PIP_ONLY_BINARY=":all:", PIP_TARGET=packages)
            emulated = shlex.join(["env", f"PYTHONPATH={packages}", *platform.prefix(), python])
            script = replace(script, {"venv/bin/python": emulated})
        self.execute(script, folder, hashlib.sha256(MESSAGE).digest(), **env)
