"""Builds of one module that uses the release, each as a user might build it."""

import os
import shutil

from harness import needs
from harness.execute import Runner, environment
from harness.results import expect

from release import MODULE


def plain(module, signer):
    signer.check(module.build())


def readonly(module, signer):
    """No command after `go get` changes go.mod or go.sum, and the modules match go.sum."""
    signer.check(module.build(GOFLAGS="-mod=readonly"))
    expect("all modules verified" in module.go("mod", "verify"), "go mod verify fails")


def tidy(module, _):
    """`go mod tidy` needs no other module, and keeps those of all platforms."""
    module.go("mod", "tidy")
    module.go("mod", "tidy", "-diff")
    with open(os.path.join(module.path, "go.mod"), encoding="utf-8") as file:
        expect(file.read().count(f"{MODULE}/lib/") == 4, "go.mod lacks a platform")


def files(folder):
    return {os.path.join(top, name): os.stat(os.path.join(top, name)).st_mtime_ns
            for top, folders, names in os.walk(folder) for name in [*folders, *names]}


def read_only_cache(module, signer):
    """A build writes nothing into the module cache."""
    module.run("chmod", "-R", "a-w", module.cache)
    before = files(module.cache)
    signer.check(module.build(GOPROXY="off", GOFLAGS="-mod=readonly"))
    expect(files(module.cache) == before, "the build changed the module cache")


def vendored(module, signer):
    """`go mod vendor` copies the libraries of all platforms. The build needs no module cache."""
    module.go("mod", "vendor")
    nothing = os.path.join(module.folder, "nothing")
    signer.check(module.build("-mod=vendor", GOMODCACHE=nothing, GOPROXY="off"))
    expect(not os.path.exists(nothing), "the build used a module cache")
    shutil.rmtree(os.path.join(module.path, "vendor"))


def race(module, signer):
    signer.check(module.build("-race"))


def without_library(module, _):
    """A program without the library compiles, and its error contains the reason."""
    for variables, reason in [({"CGO_ENABLED": "0"}, "CGO_ENABLED=1"), ({"GOFLAGS": "-tags=noscwkms"}, "noscwkms")]:
        program = module.build(**variables)
        _, errors = Runner.plain.run(program, "scwkms:", "no-key", env=environment(), status=1)
        expect(reason in errors, errors)


def installed_library(module, signer):
    """The tag scwkms_system selects the installed library and its header."""
    folder = os.path.join(module.folder, "pkgconfig")
    os.mkdir(folder)
    with open(os.path.join(folder, "scwkms.pc"), "w", encoding="utf-8") as file:
        file.write(f"Name: scwkms\nDescription: scwkms\nVersion: 0\nCflags: -I{needs.include_dir()}\n"
                   f"Libs: -L{needs.lib_dir()} -lscwkms -lpthread -ldl -lm\n")
    used = module.go("list", "-deps", "-tags", "scwkms_system", ".")
    expect(f"{MODULE}/lib/" not in used, "a prebuilt library is used, too")
    signer.check(module.build("-tags", "scwkms_system", PKG_CONFIG_PATH=folder))


CASES = {
    "go build": plain,
    "go build -mod=readonly, go mod verify": readonly,
    "go mod tidy": tidy,
    "read-only module cache": read_only_cache,
    "go mod vendor": vendored,
    "go build -race": race,
    "CGO_ENABLED=0, noscwkms": without_library,
    "scwkms_system": installed_library,
}
