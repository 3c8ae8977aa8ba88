"""Programs in C, C++ and Go that are built with the installed files only, outside the clone, and sign."""

import hashlib
import os
import shutil
import subprocess
import tempfile

from harness import needs, openssl
from harness.build import WARNINGS, run_tool
from harness.execute import Runner, environment
from harness.results import expect
from installation import GO_SOURCES, own_environment, soname

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ALGORITHM = "ec_p256_sha256"
DOCUMENT = b"document"
MODULE = "github.com/scwkms/scwkms/go"
GO_BUILD = ["build", "-tags", "scwkms_system", "-o", "program"]
SOURCES = ["c/sign.c", "c/sha256.h", "cpp/sign.cpp"]


def copy_sources(folder):
    for name in SOURCES:
        shutil.copy(os.path.join(TESTS, name), folder)


class Programs:
    def __init__(self, folder, installation, emulator):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.installation = installation
        self.module = self.path("module")
        self.go_env = {**installation.env, "CGO_ENABLED": "1", "GOWORK": "off"}
        self.emulator = emulator
        self.key = emulator.create_key(ALGORITHM)
        self.digest = openssl.digest(ALGORITHM, DOCUMENT)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def go(self, *arguments):
        run_tool([needs.program("go", "golang-go"), *arguments], cwd=self.module, env=self.go_env)

    def verify(self, signature):
        openssl.verify(ALGORITHM, openssl.spki_der(self.emulator.public_pem(self.key)), self.digest, signature)

    def compiled(self, compiler, standard, source, kind):
        place = tempfile.mkdtemp(dir=self.folder)
        copy_sources(place)
        program = os.path.join(place, "sign")
        run_tool([needs.program(compiler), f"-std={standard}", *WARNINGS, source, "-o", program,
                  *self.installation.flags(kind)], cwd=place, env=own_environment())
        return program

    def environment(self, program, kind):
        """A program needs the shared library if and only if it is linked with it."""
        dynamic = run_tool([needs.program("readelf", "binutils"), "--dynamic", program])
        expect((f"[{soname()}]" in dynamic) == (kind == "shared"), f"{kind}: {dynamic}")
        env = environment(SCWKMS_URI=self.emulator.uri())
        return {**env, "LD_LIBRARY_PATH": self.installation.lib} if kind == "shared" else env

    def signs(self, program, kind):
        """Runs tests/c/sign.c."""
        signature = self.path("signature.der")
        Runner.plain.run(program, self.key, signature, self.path("public.pem"), data=DOCUMENT,
                         env=self.environment(program, kind))
        with open(signature, "rb") as file:
            self.verify(file.read())

    def signs_cpp(self, program, kind):
        """Runs tests/cpp/sign.cpp."""
        signature, _ = Runner.plain.run(program, self.key, self.path("public.der"), data=self.digest,
                                        env=self.environment(program, kind))
        self.verify(signature)

    def c_program(self, kind):
        self.signs(self.compiled("cc", "c11", "sign.c", kind), kind)

    def cpp_program(self, kind):
        self.signs_cpp(self.compiled("c++", "c++17", "sign.cpp", kind), kind)

    def go_program(self):
        """An empty module that replaces the scwkms module by the installed sources, as docs/go.md says."""
        os.mkdir(self.module)
        shutil.copy(os.path.join(HERE, "program", "main.go"), self.module)
        sources = os.path.join(self.installation.root, GO_SOURCES)
        self.go("mod", "init", "example.com/program")
        self.go("mod", "edit", f"-require={MODULE}@v0.0.0", f"-replace={MODULE}={sources}")
        self.go("mod", "tidy")
        self.go(*GO_BUILD)
        program = os.path.join(self.module, "program")
        self.environment(program, "static")
        signature, _ = Runner.plain.run(program, self.emulator.uri(), self.key, data=DOCUMENT, env=environment())
        self.verify(signature)
        return self.module

    def upgraded_library(self):
        """A changed library at the same place is linked into the Go program; an unchanged one is not linked again."""
        def links():
            done = subprocess.run([needs.program("go", "golang-go"), *GO_BUILD, "-n"], cwd=self.module,
                                  env=self.go_env, capture_output=True, text=True)
            expect(done.returncode == 0, done.stderr)
            return "/link " in done.stderr
        expect(not links(), "an unchanged library would be linked again")
        self.installation.install()
        expect(not links(), "the same library, installed again, would be linked again")
        library = self.path("changed.a")
        shutil.copy(os.path.join(needs.lib_dir(), "libscwkms.a"), library)
        note = self.path("note.txt")
        with open(note, "w", encoding="utf-8") as file:
            file.write("a member that changes the library\n")
        run_tool([needs.program("ar", "binutils"), "q", library, note])
        self.installation.install(f"LIBRARY={library}")
        expect(links(), "`go build` does not link the changed library")
        self.go(*GO_BUILD)
        with open(library, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        with open(os.path.join(self.module, "program"), "rb") as file:
            expect(digest.encode() in file.read(), "`go build` did not replace the program with the old library")
