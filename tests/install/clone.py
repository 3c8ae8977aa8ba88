"""`make install`, `make install-command` and `make uninstall` in a copy of the clone, as another user."""

import os
import shutil
import subprocess
import tempfile

from harness import needs
from harness.execute import Runner, environment
from harness.results import expect
from installation import own_environment, soname, version

OTHER_USER = 65534 if os.geteuid() == 0 else os.geteuid()
CLONED = ["Makefile", "make", "Cargo.toml", "LICENSE", "README.md", "CHANGELOG.md", "docs/man", "docs/pkcs11.md",
          "docs/pkcs11-programs.md", "scripts", "include", "packaging", "go"]
COMPLETIONS = {"share/bash-completion/completions/scwkms", "share/fish/vendor_completions.d/scwkms.fish",
               "share/zsh/site-functions/_scwkms"}


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

    def add_shared_library(self, number=None):
        shutil.copytree(needs.shared_dir(), os.path.join(self.root, "target/shared"), symlinks=True, dirs_exist_ok=True)
        if number:
            shared = os.path.join(self.root, "target/shared", soname())
            shutil.copy(f"{shared}.{version()}", f"{shared}.{number}")

    def add_module(self):
        self._copy(needs.pkcs11_module(), os.path.join(self.root, "target/pkcs11/libscwkms-pkcs11.so"))

    def add_command(self):
        self._copy(needs.command(), os.path.join(self.root, "target/release/scwkms"))

    def make(self, target, *settings):
        """Runs make as another user, if this one is root, with a restrictive umask."""
        env = {name: value for name, value in own_environment().items() if not name.startswith("CARGO_")}
        command = ["sh", "-c", 'umask 077 && exec "$@"', "sh", needs.program("make"), "-C", self.root, target,
                   f"PREFIX={self.prefix}", *settings]
        return subprocess.run(command, env={**env, "PATH": f"{self.bin}:{env['PATH']}"}, user=OTHER_USER,
                              capture_output=True, text=True)

    def succeeds(self, target, *settings):
        """The target writes nothing into the clone."""
        before = self.files(self.root)
        done = self.make(target, *settings)
        expect(done.returncode == 0, done.stdout + done.stderr)
        expect(self.files(self.root) == before, f"make {target} writes into the clone")

    def fails(self, target, part):
        done = self.make(target)
        lines = [line for line in done.stderr.splitlines() if "***" not in line]
        expect(done.returncode == 2 and len(lines) == 1, done.stdout + done.stderr)
        expect(part in lines[0], lines[0])
        expect(not os.listdir(self.prefix), "something was installed")

    def files(self, top):
        """The modes and times of all files and folders."""
        paths = [os.path.join(folder, name) for folder, folders, files in os.walk(top) for name in [*folders, *files]]
        return {path: (os.stat(path).st_mode & 0o777, os.stat(path).st_mtime_ns) for path in paths}

    def installed(self):
        return {os.path.relpath(path, self.prefix) for path in self.files(self.prefix)}


def only_copies(folder):
    """`make install` calls neither cargo nor Go, writes nothing into the clone, and its files are for all users."""
    clone = Clone(folder)
    clone.add_library()
    clone.add_shared_library()
    clone.add_module()
    clone.succeeds("install")
    installed = clone.files(clone.prefix)
    expect(len(installed) > 30, f"only {len(installed)} files and folders")
    expect(os.path.join(clone.prefix, "lib/pkcs11/libscwkms-pkcs11.so") in installed, "the module is missing")
    for path, (mode, _) in installed.items():
        expect(mode == (0o755 if os.path.isdir(path) else 0o644), f"{path} has mode {mode:o}")


def nothing_built(folder):
    clone = Clone(folder)
    clone.fails("install", "target/release/libscwkms.a is missing: run make shared before make install")
    clone.fails("install-command", "target/release/scwkms is missing: run make command before make install-command")
    clone.fails("install-pkcs11",
                "target/pkcs11/libscwkms-pkcs11.so is missing: run make pkcs11 before make install-pkcs11")
    clone.add_library()
    clone.fails("install", "target/shared is missing: run make shared before make install")
    clone.fails("uninstall", f"nothing is installed in {clone.prefix}")


def installed_command(folder):
    """The command works, its files are for all users, and no cargo is called."""
    clone = Clone(folder)
    clone.add_command()
    clone.succeeds("install-command")
    installed = {os.path.relpath(path, clone.prefix): path for path in clone.files(clone.prefix)}
    for name, path in installed.items():
        mode = os.stat(path).st_mode & 0o777
        expect(mode == (0o755 if os.path.isdir(path) or name == "bin/scwkms" else 0o644), f"{name} has mode {mode:o}")
    files = {name for name, path in installed.items() if os.path.isfile(path)}
    pages = {name for name in files if name.startswith("share/man/man1/scwkms")}
    expect({"share/man/man1/scwkms.1", "share/man/man1/scwkms-sign.1"} <= pages, pages)
    expect(files == pages | COMPLETIONS | {"bin/scwkms", "share/scwkms/command.files"}, files)
    for name in COMPLETIONS:
        with open(installed[name], encoding="utf-8") as file:
            expect("self-signed" in file.read(), name)
    help_text, _ = Runner.plain.run(installed["bin/scwkms"], "help", env=environment())
    expect(b"self-signed" in help_text, help_text)


def uninstalls_everything(folder):
    """`make uninstall` also removes the files of earlier installations, in other folders and of other versions, and neither
    needs the build results nor removes files and folders of others."""
    clone = Clone(folder)
    clone.add_library()
    clone.add_shared_library("99.0.0")
    clone.add_module()
    clone.add_command()
    others = {"lib", "lib/other.a", "share", "share/man", "share/man/man1"}
    for name in ("lib", "share/man/man1"):
        os.makedirs(os.path.join(clone.prefix, name))
    open(os.path.join(clone.prefix, "lib/other.a"), "wb").close()
    for path, _, _ in os.walk(clone.prefix):
        os.chown(path, OTHER_USER, -1)
    clone.succeeds("install")
    clone.succeeds("install-command")
    clone.succeeds("install", f"LIBDIR={clone.prefix}/lib64")
    clone.succeeds("install", "VERSION=99.0.0")
    versions = {f"lib/{soname()}.{number}" for number in (version(), "99.0.0")}
    expect(versions | {"bin/scwkms", "lib64/libscwkms.a", "lib64/pkcs11/libscwkms-pkcs11.so"} <= clone.installed(), clone.installed())
    # A file that was added below a folder that was installed.
    with open(os.path.join(clone.prefix, "include/other.h"), "w", encoding="utf-8"):
        others |= {"include", "include/other.h"}
    shutil.rmtree(os.path.join(clone.root, "target"))
    clone.succeeds("uninstall")
    expect(clone.installed() == others, f"{clone.installed() - others} remained, {others - clone.installed()} was removed")
