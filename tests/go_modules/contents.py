"""The files of a release."""

import json
import os
import shutil
import zipfile

from harness import needs
from harness.build import library, run_tool
from harness.results import expect

import release
from release import LIBRARIES, MODULE, NATIVE, VERSION
from user_module import UserModule

MODULES = [MODULE, *(f"{MODULE}/lib/{name}" for name in LIBRARIES)]
LIBRARY_FILES = {"LICENSE", "THIRD-PARTY-LICENSES", "check.h", "go.mod", "library.go", "library.h", "libscwkms.a"}


def names_in_zip(made, module):
    path = os.path.join(made, "proxy", module, "@v", f"v{VERSION}.zip")
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix(f"{module}@v{VERSION}/") for name in archive.namelist()}


def proxy(_, made, __):
    """Exactly the files that the go command requests."""
    files = release.proxy_files(made)
    endings = ["list", *(f"v{VERSION}.{ending}" for ending in ("info", "mod", "zip"))]
    expect(set(files) == {f"{module}/@v/{ending}" for module in MODULES for ending in endings}, sorted(files))
    for module in MODULES:
        expect(files[f"{module}/@v/list"] == f"v{VERSION}\n".encode(), module)
        info = json.loads(files[f"{module}/@v/v{VERSION}.info"])
        expect(info == {"Version": f"v{VERSION}", "Time": "2023-11-14T22:13:20Z"}, info)


def library_modules(_, made, __):
    """A library, with licences, and a size that the module proxy accepts."""
    for name in LIBRARIES:
        found = names_in_zip(made, f"{MODULE}/lib/{name}")
        expect(found == LIBRARY_FILES, f"{name}: {found}")
    folder = os.path.join(made, "tree/go/lib", NATIVE)
    with open(os.path.join(folder, "libscwkms.a"), "rb") as copy, open(library(), "rb") as own:
        expect(copy.read() == own.read(), "the module has another library")
    with open(os.path.join(folder, "THIRD-PARTY-LICENSES"), encoding="utf-8") as file:
        text = file.read()
    for words in ("rustls ", "aws-lc-sys ", "Permission is hereby granted", "Apache License"):
        expect(words in text, f"{words!r} is not in THIRD-PARTY-LICENSES")
    expect(needs.ROOT not in text and os.path.expanduser("~") not in text, "the licences contain paths of this machine")


def package(_, made, __):
    """All sources of the clone except those that only clones and tests use; no library."""
    found = names_in_zip(made, MODULE)
    odd = {name for name in found if name.endswith(("_test.go", ".a")) or "/lib/" in name or name.startswith("lib/")}
    expect(not odd, f"unexpected: {odd}")
    for name in ("LICENSE", "kms.go", "internal/capi/prebuilt.h", "scwkmstest/emulator.go"):
        expect(name in found, f"{name} is missing")


def same_bytes(folder, made, libraries):
    again = release.generate(os.path.join(folder, "again"), libraries)
    first, second = release.proxy_files(made), release.proxy_files(again)
    odd = [name for name in first if first[name] != second.get(name)]
    expect(not odd and len(first) == len(second), f"these files differ: {odd}")


def missing_library(folder, _, libraries):
    """The script names the library that is missing."""
    some = os.path.join(folder, "some")
    shutil.copytree(libraries, some)
    os.remove(os.path.join(some, "linux-arm64-gnu/lib/libscwkms.a"))
    try:
        release.generate(os.path.join(folder, "none"), some)
    except AssertionError as error:
        expect("linux-arm64-gnu/lib/libscwkms.a is missing: run make dist" in str(error), error)
        expect(os.listdir(os.path.join(folder, "none")) == [], "files were written")
    else:
        expect(False, "a release without a library was written")


def tags(folder, made, _):
    """The go command gets the same modules from the tags of a repository as from the proxy."""
    clone = os.path.join(folder, "clone")
    run_tool(["git", "clone", "--quiet", "--shared", "--no-tags", needs.ROOT, clone])
    identity = {f"GIT_{role}_{part}": "test@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    script = os.path.join(needs.ROOT, "scripts/dist/go-tags")
    created = run_tool([script, os.path.join(made, "tree"), VERSION], cwd=clone, env={**os.environ, **identity}).split()
    prefix = len("github.com/scwkms/scwkms/")
    expect(set(created) == {f"{module[prefix:]}/v{VERSION}" for module in MODULES}, created)
    sums = []
    for variables in ({}, repository(clone)):
        module = UserModule(folder, made)
        module.go("mod", "init", "example.com/program")
        sums.append([json.loads(module.go("mod", "download", "-json", f"{name}@v{VERSION}", **variables))["Sum"]
                     for name in MODULES])
    expect(sums[0] == sums[1], sums)


def repository(clone):
    """The environment in which the go command gets modules from a local repository in place of GitHub."""
    return {
        "GOPROXY": "direct", "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": f"url.file://{clone}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/scwkms/scwkms", "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }


CASES = {
    "files of the proxy": proxy,
    "files of the library modules": library_modules,
    "files of the package": package,
    "the same bytes again": same_bytes,
    "a library is missing": missing_library,
    "tags of a repository": tags,
}
