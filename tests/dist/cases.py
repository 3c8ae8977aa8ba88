"""Programs that are built with the files of a platform, and sign."""

import os
import shutil
import sys
import tempfile

from harness import needs, openssl
from harness.build import WARNINGS, run_tool
from harness.emulator import Emulator
from harness.execute import environment
from harness.results import expect
from platforms import version

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ALGORITHM = "ec_p256_sha256"
DOCUMENT = b"document"


class Cases:
    def __init__(self, platform, emulator):
        self.platform = platform
        self.emulator = emulator
        self.folder = platform.folder
        self.key = emulator.create_key(ALGORITHM)
        self.digest = openssl.digest(ALGORITHM, DOCUMENT)
        self.env = environment(SCWKMS_URI=emulator.uri())

    def new_folder(self):
        return tempfile.mkdtemp(dir=self.folder)

    def verify(self, signature):
        openssl.verify(ALGORITHM, openssl.spki_der(self.emulator.public_pem(self.key)), self.digest, signature)

    def compiled(self, kind, root=None):
        """Compiles tests/c/sign.c outside the clone, which has another copy of the header."""
        folder = self.new_folder()
        for name in ("sign.c", "sha256.h"):
            shutil.copy(os.path.join(TESTS, "c", name), folder)
        program = os.path.join(folder, "sign")
        run_tool([*self.platform.compiler(), "-std=c11", *WARNINGS, "sign.c", "-o", program, *self.platform.flags(kind, root)],
                 cwd=folder)
        self.check_linkage(program, kind)
        return program

    def check_linkage(self, program, kind):
        """A program needs the shared library if and only if it is linked with it. For musl, a static one needs no file."""
        dynamic = run_tool([needs.program("readelf", "binutils"), "--dynamic", program])
        expect(("[libscwkms.so.1]" in dynamic) == (kind == "shared"), f"{kind}: {dynamic}")
        if self.platform.libc == "musl" and kind == "static":
            expect("NEEDED" not in dynamic, f"the static program needs libraries: {dynamic}")

    def sign(self, program, **env):
        """Runs tests/c/sign.c."""
        folder = self.new_folder()
        signature = os.path.join(folder, "signature.der")
        self.platform.runner.run(program, self.key, signature, os.path.join(folder, "public.pem"), data=DOCUMENT,
                                 env={**self.env, **env})
        with open(signature, "rb") as file:
            self.verify(file.read())

    def c_program(self, kind, root=None):
        library = os.path.join(root or self.platform.root, "lib")
        self.sign(self.compiled(kind, root), LD_LIBRARY_PATH=library)

    def moved_files(self):
        """pkg-config finds all files in another folder, too."""
        root = os.path.join(self.new_folder(), "moved")
        shutil.copytree(self.platform.root, root, symlinks=True)
        flags = self.platform.flags("static", root)
        paths = [os.path.realpath(flag[2:]) for flag in flags if flag.startswith(("-I/", "-L/"))]
        expect(paths and all(path.startswith(os.path.realpath(root)) for path in paths), f"paths: {flags}")
        self.c_program("static", root)

    def cmake_project(self):
        source, build = os.path.join(self.new_folder(), "source"), self.new_folder()
        shutil.copytree(os.path.join(TESTS, "install/cmake"), source)
        for name in ("c/sign.c", "c/sha256.h", "cpp/sign.cpp"):
            shutil.copy(os.path.join(TESTS, name), source)
        cmake = needs.program("cmake")
        run_tool([cmake, "-S", source, "-B", build, f"-DREQUESTED={version()}", f"-DCMAKE_PREFIX_PATH={self.platform.root}"])
        run_tool([cmake, "--build", build])
        for kind in ("static", "shared"):
            self.check_linkage(os.path.join(build, f"c-{kind}"), kind)
            self.sign(os.path.join(build, f"c-{kind}"))

    def python_library(self):
        """pip chooses the wheel of the platform, and a C program loads its library: Debian has no Python with musl."""
        folder = self.new_folder()
        run_tool([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--find-links",
                  self.platform.dist, "--platform", self.platform.wheel_tag(), "--only-binary", ":all:", "--target", folder, "scwkms"])
        self.sign(self.compiled("shared"), LD_LIBRARY_PATH=os.path.join(folder, "scwkms"))

    def command(self):
        command = self.platform.path("bin", "scwkms")
        env = environment(**self.emulator.variables())
        printed, _ = self.platform.runner.run(command, "--version")
        expect(printed.decode().split() == ["scwkms", version()], f"the version is {printed}")
        signature, _ = self.platform.runner.run(command, "sign", self.key, data=DOCUMENT, env=env)
        self.verify(signature)
        for name in ("man/man1/scwkms.1", "bash-completion/completions/scwkms", "doc/scwkms/THIRD-PARTY-LICENSES.txt"):
            expect(os.path.getsize(self.platform.path("share", name)) > 0, f"{name} is empty")

    def other_emulator(self):
        """The command signs with the emulator of the platform."""
        start = os.path.join(self.new_folder(), "emulator")
        with open(start, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec " + " ".join([*self.platform.prefix(), self.platform.path("bin/scwkms-emulator")])
                       + ' "$@"\n')
        os.chmod(start, 0o755)
        with Emulator(binary=start) as emulator:
            Cases(self.platform, emulator).command()
