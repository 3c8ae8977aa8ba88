"""Runs `make install`, and builds C, C++ and Go programs with the installed files only. Runs `make install-command`."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import needs, openssl  # noqa: E402
from harness.build import WARNINGS, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

ALGORITHM = "ec_p256_sha256"
DOCUMENT = b"document"
STAGED_PREFIX = "/opt/scwkms"
GO_SOURCES = "share/gocode/src/github.com/scwkms/scwkms/go"
GO_BUILD = ["build", "-tags", "scwkms_system", "-o", "program"]
MODULE = "github.com/scwkms/scwkms/go"


def own_environment(**extra):
    """The variables that compilers and the go command need, without those that one make sets for another."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "PKG_CONFIG", "SCWKMS_", "GOFLAGS", "CGO_"))
            and name not in ("PREFIX", "DESTDIR")}
    return {**kept, **extra}


class Installation:
    """A folder in which the library is installed, staged below DESTDIR or in place."""

    def __init__(self, folder, staged):
        self.destdir = os.path.join(folder, "stage") if staged else ""
        self.prefix = STAGED_PREFIX if staged else os.path.join(folder, "prefix")
        self.root = self.destdir + self.prefix
        self.env = own_environment(PKG_CONFIG_LIBDIR=os.path.join(self.root, "lib/pkgconfig"))
        if staged:
            self.env["PKG_CONFIG_SYSROOT_DIR"] = self.destdir

    def install(self, *more):
        settings = [f"PREFIX={self.prefix}", *more] + ([f"DESTDIR={self.destdir}"] if self.destdir else [])
        run_tool([needs.program("make"), "-C", needs.ROOT, "install", *settings], env=own_environment())
        return self

    def files(self):
        top = self.destdir or self.prefix
        return {os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(top) for name in names}

    def pkg_config(self, *arguments):
        return run_tool([needs.program("pkg-config"), *arguments, "scwkms"], env=self.env).split()

    def flags(self):
        return self.pkg_config("--cflags", "--libs", "--static")


def installed_files(installation):
    """All files that a program needs, no file outside the prefix, and no file that only a clone needs."""
    found = installation.files()
    headers = {f"include/{name}" for name in os.listdir(os.path.join(needs.ROOT, "include"))}
    fixed = {"lib/libscwkms.a", "lib/pkgconfig/scwkms.pc", *headers}
    expect(fixed <= found, f"missing: {fixed - found}")
    go = {name for name in found if name.startswith(GO_SOURCES + "/")}
    expect(found == fixed | go, f"unexpected: {found - fixed - go}")
    tree = os.path.join(needs.ROOT, "go")
    wanted = {os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names
              if (name.endswith(".go") and not name.endswith("_test.go")) or name in ("go.mod", "go.sum", "capi.h")}
    wanted.add("internal/capi/library.h")  # by this file the go command detects another library
    odd = go ^ {f"{GO_SOURCES}/{name}" for name in wanted}
    expect(not odd, f"missing or unexpected Go sources: {odd}")
    for name in found:
        mode = os.stat(os.path.join(installation.root, name)).st_mode & 0o777
        expect(mode == 0o644, f"{name} has mode {mode:o}")


def description(installation):
    """The pkg-config file names the prefix, not the stage, and the version of the library."""
    with open(os.path.join(installation.root, "lib/pkgconfig/scwkms.pc"), encoding="utf-8") as file:
        text = file.read()
    expect(f"prefix={installation.prefix}\n" in text, text)
    expect("@" not in text and "stage" not in text, text)
    version = installation.pkg_config("--modversion")[0]
    with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
        expect(f'version = "{version}"' in file.read(), f"version {version}")
    run_tool([needs.program("pkg-config"), "--validate", "scwkms"], env=installation.env)
    expect(f"-I{installation.root}/include" in installation.flags(), installation.flags())


class Programs:
    """Programs that are built and run outside the clone."""

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

    def compiled(self, compiler, standard, source):
        """The source is copied out of the clone, with the headers of its own folder."""
        place = tempfile.mkdtemp(dir=self.folder)
        for name in [source, *(["c/sha256.h"] if source.startswith("c/") else [])]:
            shutil.copy(os.path.join(os.path.dirname(HERE), name), place)
        program = os.path.join(place, "sign")
        run_tool([needs.program(compiler), f"-std={standard}", *WARNINGS,
                  os.path.join(place, os.path.basename(source)), "-o", program, *self.installation.flags()],
                 cwd=place, env=own_environment())
        return program

    def c_program(self):
        env = environment(SCWKMS_URI=self.emulator.uri())
        signature = self.path("signature.der")
        Runner.plain.run(self.compiled("cc", "c11", "c/sign.c"), self.key, signature, self.path("public.pem"),
                         data=DOCUMENT, env=env)
        with open(signature, "rb") as file:
            self.verify(file.read())

    def cpp_program(self):
        env = environment(SCWKMS_URI=self.emulator.uri())
        signature, _ = Runner.plain.run(self.compiled("c++", "c++17", "cpp/sign.cpp"), self.key, self.path("public.der"),
                                        data=self.digest, env=env)
        self.verify(signature)

    def go_program(self):
        """An empty module that replaces the scwkms module by the installed sources, as the README says."""
        os.mkdir(self.module)
        shutil.copy(os.path.join(HERE, "program", "main.go"), self.module)
        sources = os.path.join(self.installation.root, GO_SOURCES)
        self.go("mod", "init", "example.com/program")
        self.go("mod", "edit", f"-require={MODULE}@v0.0.0", f"-replace={MODULE}={sources}")
        self.go("mod", "tidy")
        self.go(*GO_BUILD)
        signature, _ = Runner.plain.run(os.path.join(self.module, "program"), self.emulator.uri(), self.key,
                                        data=DOCUMENT, env=environment())
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


OTHER_USER = 65534 if os.geteuid() == 0 else os.geteuid()
CLONED = ["Makefile", "Cargo.toml", "scripts", "include", "packaging", "go"]


class Clone:
    """A copy of the clone without build results, and commands that must not be called."""

    def __init__(self, folder):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.root = os.path.join(self.folder, "clone")
        self.bin = os.path.join(self.folder, "bin")
        for name in CLONED:
            self._copy(os.path.join(needs.ROOT, name), os.path.join(self.root, name))
        os.mkdir(self.bin)
        for name in ("cargo", "rustc", "rustup", "go", "git", "cc"):
            with open(os.path.join(self.bin, name), "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\necho {name} was called >&2\nexit 1\n")
            os.chmod(file.name, 0o755)
        self.prefix = os.path.join(self.folder, "prefix")
        os.mkdir(self.prefix)
        os.chown(self.prefix, OTHER_USER, -1)
        for path in (folder, self.folder):
            os.chmod(path, 0o755)

    @staticmethod
    def _copy(source, to):
        if os.path.isdir(source):
            shutil.copytree(source, to, ignore=shutil.ignore_patterns("*.a", "library.h*", "__pycache__"))
        else:
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy(source, to)

    def add_library(self):
        self._copy(os.path.join(needs.lib_dir(), "libscwkms.a"), os.path.join(self.root, "target/release/libscwkms.a"))

    def add_command(self):
        self._copy(needs.command(), os.path.join(self.root, "target/release/scwkms"))

    def install(self, target="install"):
        """Runs make as another user, if this one is root, with a restrictive umask."""
        env = {name: value for name, value in own_environment().items() if not name.startswith("CARGO_")}
        command = ["sh", "-c", 'umask 077 && exec "$@"', "sh", needs.program("make"), "-C", self.root, target,
                   f"PREFIX={self.prefix}"]
        return subprocess.run(command, env={**env, "PATH": f"{self.bin}:{env['PATH']}"}, user=OTHER_USER,
                              capture_output=True, text=True)

    def files(self, top):
        """The modes and times of all files and folders."""
        paths = [os.path.join(folder, name) for folder, folders, files in os.walk(top) for name in [*folders, *files]]
        return {path: (os.stat(path).st_mode & 0o777, os.stat(path).st_mtime_ns) for path in paths}


def only_copies(folder):
    """`make install` calls neither cargo nor Go, writes nothing into the clone, and its files are for all users."""
    clone = Clone(folder)
    clone.add_library()
    before = clone.files(clone.root)
    done = clone.install()
    expect(done.returncode == 0, done.stdout + done.stderr)
    expect(clone.files(clone.root) == before, "make install writes into the clone")
    installed = clone.files(clone.prefix)
    expect(len(installed) > 30, f"only {len(installed)} files and folders")
    for path, (mode, _) in installed.items():
        expect(mode == (0o755 if os.path.isdir(path) else 0o644), f"{path} has mode {mode:o}")


def nothing_built(folder):
    for target, missing in (("install", "libscwkms.a is missing: run make library"),
                            ("install-command", "scwkms is missing: run make command")):
        clone = Clone(folder)
        done = clone.install(target)
        lines = [line for line in done.stderr.splitlines() if "***" not in line]
        expect(done.returncode == 2 and len(lines) == 1, done.stdout + done.stderr)
        expect(f"target/release/{missing} before make {target}" in lines[0], lines[0])
        expect(not os.listdir(clone.prefix), "something was installed")


COMPLETIONS = {"share/bash-completion/completions/scwkms", "share/fish/vendor_completions.d/scwkms.fish",
               "share/zsh/site-functions/_scwkms"}


def installed_command(folder):
    """The command works, its files are for all users, and no cargo is called."""
    clone = Clone(folder)
    clone.add_command()
    before = clone.files(clone.root)
    done = clone.install("install-command")
    expect(done.returncode == 0, done.stdout + done.stderr)
    expect(clone.files(clone.root) == before, "make install-command writes into the clone")
    installed = {os.path.relpath(path, clone.prefix): path for path in clone.files(clone.prefix)}
    for name, path in installed.items():
        mode = os.stat(path).st_mode & 0o777
        expect(mode == (0o755 if os.path.isdir(path) or name == "bin/scwkms" else 0o644), f"{name} has mode {mode:o}")
    files = {name for name, path in installed.items() if os.path.isfile(path)}
    pages = {name for name in files if name.startswith("share/man/man1/scwkms")}
    expect({"share/man/man1/scwkms.1", "share/man/man1/scwkms-sign.1"} <= pages, pages)
    expect(files == pages | COMPLETIONS | {"bin/scwkms"}, files)
    for name in COMPLETIONS:
        with open(installed[name], encoding="utf-8") as file:
            expect("self-signed" in file.read(), name)
    help_text, _ = Runner.plain.run(installed["bin/scwkms"], "help", env=environment())
    expect(b"self-signed" in help_text, help_text)


def run_all(results, name, installation, folder, emulator):
    if results.case(f"install {name}", installation.install) is None:
        return
    results.case(f"files {name}", installed_files, installation)
    results.case(f"pkg-config {name}", description, installation)
    programs = Programs(folder, installation, emulator)
    results.case(f"C program {name}", programs.c_program)
    results.case(f"C++ program {name}", programs.cpp_program)
    if results.case(f"Go program {name}", programs.go_program):
        results.case(f"upgrade of the library {name}", programs.upgraded_library)


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        results.case("make install only copies", only_copies, folder)
        results.case("make install without build results", nothing_built, folder)
        results.case("make install-command", installed_command, folder)
        run_all(results, "in place", Installation(folder, staged=False), folder, emulator)
        run_all(results, "staged", Installation(folder, staged=True), folder, emulator)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
