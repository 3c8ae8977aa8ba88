"""A folder in which the library is installed, and checks of the installed files."""

import os
import re

from harness import needs
from harness.build import run_tool
from harness.results import expect

STAGED_PREFIX = "/opt/scwkms"
GO_SOURCES = "share/gocode/src/github.com/scwkms/scwkms/go"


def own_environment(**extra):
    """The variables that compilers and the go command need, without those that one make sets for another."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("MAKE", "MFLAGS", "PKG_CONFIG", "SCWKMS_", "GOFLAGS", "CGO_", "CMAKE_"))
            and name not in ("PREFIX", "LIBDIR", "DESTDIR")}
    return {**kept, **extra}


def version():
    with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
        return re.search(r'^version = "(.*)"', file.read(), re.M).group(1)


def soname():
    return run_tool([os.path.join(needs.ROOT, "scripts/build/soname")]).strip()


class Installation:
    """In place, or staged below DESTDIR with a folder of its own for libraries."""

    def __init__(self, folder, staged):
        self.destdir = os.path.join(folder, "stage") if staged else ""
        self.prefix = STAGED_PREFIX if staged else os.path.join(folder, "prefix")
        self.libdir = "lib/multiarch" if staged else "lib"
        self.root = self.destdir + self.prefix
        self.lib = os.path.join(self.root, self.libdir)
        self.env = own_environment(PKG_CONFIG_LIBDIR=os.path.join(self.lib, "pkgconfig"))
        if staged:
            self.env["PKG_CONFIG_SYSROOT_DIR"] = self.destdir

    def make(self, target, *more):
        settings = [f"PREFIX={self.prefix}", *more]
        if self.destdir:
            settings += [f"DESTDIR={self.destdir}", f"LIBDIR={self.prefix}/{self.libdir}"]
        run_tool([needs.program("make"), "-C", needs.ROOT, target, *settings], env=own_environment())
        return self

    def install(self, *more):
        return self.make("install", *more)

    def files(self):
        top = self.destdir or self.prefix
        return {os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(top) for name in names}

    def pkg_config(self, *arguments):
        return run_tool([needs.program("pkg-config"), *arguments, "scwkms"], env=self.env).split()

    def flags(self, kind):
        """The flags with which a program links the static or the shared library."""
        return self.pkg_config("--cflags", "--libs", *(["--static"] if kind == "static" else []))


def library_files(installation):
    names = ["libscwkms.a", "libscwkms.so", soname(), f"{soname()}.{version()}", "scwkms/libscwkms.a",
             "pkgconfig/scwkms.pc", "pkgconfig/scwkms-libdir.pc", "cmake/scwkms/scwkms-config.cmake",
             "cmake/scwkms/scwkms-config-version.cmake"]
    return {f"{installation.libdir}/{name}" for name in names}


def module_files(installation):
    names = {"share/p11-kit/modules/scwkms.module", "share/doc/scwkms/pkcs11.md", "share/doc/scwkms/pkcs11-programs.md",
             "share/scwkms/pkcs11.files"}
    return {f"{installation.libdir}/pkcs11/libscwkms-pkcs11.so", *names}


def go_files():
    tree = os.path.join(needs.ROOT, "go")
    found = {os.path.relpath(os.path.join(folder, name), tree) for folder, _, names in os.walk(tree) for name in names
             if (name.endswith(".go") and not name.endswith("_test.go")) or name in ("go.mod", "go.sum", "capi.h")}
    # By this file the go command detects another library.
    return {f"{GO_SOURCES}/{name}" for name in {*found, "internal/capi/library.h"}}


def installed_files(installation):
    """All files that a program needs, no file outside the prefix, and no file that only a clone needs."""
    found = installation.files()
    headers = {f"include/{name}" for name in os.listdir(os.path.join(needs.ROOT, "include"))}
    other = {"share/man/man3/scwkms.3", "share/doc/scwkms/LICENSE", "share/scwkms/library.files"}
    odd = found ^ (library_files(installation) | module_files(installation) | headers | other | go_files())
    expect(not odd, f"missing or unexpected: {odd}")
    for name in found:
        path = os.path.join(installation.root, name)
        mode = os.stat(path).st_mode & 0o777
        expect(mode == 0o644, f"{name} has mode {mode:o}")
        expect(not os.path.islink(path) or not os.path.isabs(os.readlink(path)), f"{name} is an absolute link")


def description(installation):
    """The pkg-config files name the prefix, not the stage, and the version of the library."""
    for name in ("scwkms", "scwkms-libdir"):
        with open(os.path.join(installation.lib, f"pkgconfig/{name}.pc"), encoding="utf-8") as file:
            text = file.read()
        expect(f"prefix={installation.prefix}\n" in text, text)
        expect(f"libdir=${{prefix}}/{installation.libdir}\n" in text, text)
        expect("@" not in text and "stage" not in text, text)
        run_tool([needs.program("pkg-config"), "--validate", name], env=installation.env)
    expect(installation.pkg_config("--modversion") == [version()], "another version")
    expect(f"-I{installation.root}/include" in installation.flags("static"), installation.flags("static"))


def uninstalled(installation):
    """No file and no folder remains."""
    installation.make("uninstall")
    top = installation.destdir or installation.prefix
    left = [name for _, folders, files in os.walk(top) for name in [*folders, *files]]
    expect(not left, f"left: {left}")
