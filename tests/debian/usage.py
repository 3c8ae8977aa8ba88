"""Installs the packages on a system, uses them with the commands of docs/packages.md, and removes them."""

import os
import re
import shutil

from harness import documents, needs, openssl
from harness.build import run_tool
from harness.results import expect
from metadata import field

ALGORITHM = "ec_p256_sha256"
DIGEST = b"a SHA-256 digest has 32 bytes..".ljust(32, b"\0")  # what the README's program signs
DOCUMENT = "a document\n"
CMAKE_PROJECT = """cmake_minimum_required(VERSION 3.13)
project(sign C)
find_package(scwkms CONFIG REQUIRED COMPONENTS static shared)
foreach(kind static shared)
  add_executable(sign-${kind} sign.c)
  target_link_libraries(sign-${kind} PRIVATE scwkms::${kind})
endforeach()
"""


def block(name):
    return documents.block("docs/packages.md", name)


def install(system, packages):
    """The command names the packages by patterns, so only those for this machine are in the folder."""
    machine = run_tool(["dpkg", "--print-architecture"]).strip()
    for package in packages:
        if field(package, "Architecture") == machine:
            shutil.copy(package, system.path())
    system.write("sign.c", documents.block("README.md", "c", "c"))
    system.shell(block("install"))
    return True


def checks_linkage(system, program, kind):
    """A program needs the shared library if and only if it is linked with it."""
    dynamic = run_tool([needs.program("readelf", "binutils"), "--dynamic", system.path(program)])
    expect(bool(re.search(r"\[libscwkms\.so\.\d+\]", dynamic)) == (kind == "shared"), f"{kind}: {dynamic}")


def checks_signature(system, sign_block, digest):
    """Signs with a key in the emulator, which the command has created. OpenSSL verifies the signature."""
    system.shell("trap 'kill \"${SCWKMS_EMULATOR_PID:-}\"' ERR\n" + block(sign_block))
    with open(system.path("public.pem"), encoding="utf-8") as pem, open(system.path("signature"), "rb") as file:
        openssl.verify(ALGORITHM, openssl.spki_der(pem.read()), digest, file.read())
    os.remove(system.path("signature"))


def signs(system, compile_block, kind):
    """Compiles the README's program, and signs with it."""
    system.shell(block(compile_block))
    checks_linkage(system, "sign", kind)
    checks_signature(system, "sign", DIGEST)


def cmake_project(system):
    system.write("project/CMakeLists.txt", CMAKE_PROJECT)
    shutil.copy(system.path("sign.c"), system.path("project"))
    system.shell("cmake -S project -B project/build && cmake --build project/build")
    for kind in ("static", "shared"):
        checks_linkage(system, f"project/build/sign-{kind}", kind)
        shutil.copy(system.path(f"project/build/sign-{kind}"), system.path("sign"))
        checks_signature(system, "sign", DIGEST)


def pkcs11_module(system):
    """p11-kit finds the module, with its token, and pkcs11-tool signs with it."""
    system.write("document", DOCUMENT)
    checks_signature(system, "module", openssl.digest(ALGORITHM, DOCUMENT.encode()))
    with open(system.path("modules"), encoding="utf-8") as file:
        listed = file.read()
    found = re.search(r"^scwkms: libscwkms-pkcs11\.so$(\n .*)*\n +token: scwkms$", listed, re.M)
    expect(found, listed)


def documentation(system):
    """Manual pages and completions are where Debian's man and shells look for them."""
    share = os.path.join(system.root, "usr/share")
    for name in ["man/man1/scwkms.1.gz", "man/man1/scwkms-sign.1.gz", "man/man1/scwkms-emulator.1.gz",
                 "bash-completion/completions/scwkms", "fish/vendor_completions.d/scwkms.fish",
                 "zsh/vendor-completions/_scwkms"]:
        expect(os.path.isfile(os.path.join(share, name)), f"{name} is missing")


def remove(system, before):
    """All files and folders are as they were. dpkg knows none of the packages, so there is nothing to purge."""
    system.shell(block("remove"))
    after = system.files()
    expect(after == before, f"left: {sorted(after - before)}, removed: {sorted(before - after)}")
    known = system.shell("dpkg-query --show '*scwkms*' || true")
    expect(not known, known)
