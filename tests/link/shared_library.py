"""Checks target/shared, which `make shared` links from the static library."""

import os
import re
import tempfile

from harness import needs, openssl
from harness.build import WARNINGS, library, run_tool
from harness.emulator import Emulator
from harness.execute import Runner, environment
from harness.results import expect

HERE = os.path.dirname(os.path.abspath(__file__))
ALGORITHM = "ec_p256_sha256"
LINK = os.path.join(needs.ROOT, "scripts/build/shared-library")
# The parts of glibc, and libgcc, which unwinds. ld-linux defines __tls_get_addr().
NEEDED = re.compile(r"(lib(c|m|dl|pthread)\.so\.6|libgcc_s\.so\.1|ld-linux-[a-z0-9-]+\.so\.[12])")
CYCLES = 1000
TLS_CYCLES = 100  # they take longer


def script(name):
    return run_tool([os.path.join(needs.ROOT, "scripts/build", name)]).strip()


def soname():
    return script("soname")


def readelf(path, *options):
    return run_tool([needs.program("readelf", "binutils"), "--wide", *options, path])


def path():
    return os.path.join(needs.shared_dir(), "libscwkms.so")


def exports(shared_library):
    """The exported symbols and their versions. The version itself is not a symbol (type A)."""
    table = run_tool([needs.program("nm", "binutils"), "--dynamic", "--defined-only", "--format=posix", shared_library])
    return {line.split()[0] for line in table.splitlines() if line.split()[1] != "A"}


def static_exports():
    table = run_tool([needs.program("nm", "binutils"), "--extern-only", "--defined-only", "--format=posix", library()])
    return {line.split()[0] for line in table.splitlines() if len(line.split()) > 1}


def same_exports():
    """The shared library exports the functions of the static library, with one version, and nothing else."""
    wanted = {f"{name}@@SCWKMS_{soname().rpartition('.')[2]}" for name in static_exports()}
    odd = exports(path()) ^ wanted
    expect(wanted and not odd, f"missing or unexpected: {odd}")


def names():
    """The SONAME has the ABI version minus 1, and links lead from the names of linkers and programs to the file."""
    with open(os.path.join(needs.include_dir(), "scwkms.h"), encoding="utf-8") as file:
        abi = int(re.search(r"^#define SCWKMS_ABI_VERSION (\d+)$", file.read(), re.M).group(1))
    expect(soname() == f"libscwkms.so.{abi - 1}", soname())
    expect(f"Library soname: [{soname()}]" in readelf(path(), "--dynamic"), readelf(path(), "--dynamic"))
    expect(os.readlink(path()) == soname(), os.readlink(path()))
    with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
        version = re.search(r'^version = "(.*)"', file.read(), re.M).group(1)
    target = os.readlink(os.path.join(needs.shared_dir(), soname()))
    expect(target == f"{soname()}.{version}", target)


def dynamic_section():
    dynamic = readelf(path(), "--dynamic")
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    expect("libc.so.6" in needed and all(NEEDED.fullmatch(name) for name in needed), needed)
    expect(re.search(r"\(FLAGS_1\).* NOW NODELETE", dynamic), dynamic)
    expect(not re.search(r"\((RUNPATH|RPATH|TEXTREL)\)", dynamic), dynamic)


def segments():
    """Relocated tables become read-only, and neither the stack nor a writable segment is executable."""
    table = readelf(path(), "--segments")
    expect("GNU_RELRO" in table, table)
    flags = re.findall(r"^ +(?:LOAD|GNU_STACK)(?: +0x\w+){5} (...) ", table, re.M)
    expect(len(flags) > 2 and not any("W" in flag and "E" in flag for flag in flags), table)


def is_reproducible(folder):
    """The same static library leads to the same file, with the same build id."""
    again = os.path.join(folder, "again")
    target = os.path.basename(os.path.realpath(path()))
    run_tool([LINK, library(), again, target.removeprefix(f"{soname()}.")])
    with open(os.path.join(again, target), "rb") as first, open(path(), "rb") as second:
        expect(first.read() == second.read(), "another file")
    expect(re.search(r"Build ID: [0-9a-f]{40}\b", readelf(path(), "--notes")), readelf(path(), "--notes"))


def replaces_only_a_changed_file(folder):
    again = os.path.join(folder, "twice")
    times = set()
    for _ in range(2):
        run_tool([LINK, library(), again, "1.2.3"])
        times.add(os.stat(os.path.join(again, "libscwkms.so")).st_mtime_ns)
    expect(len(times) == 1, "an equal file was replaced")
    expect(sorted(os.listdir(again)) == ["libscwkms.so", soname(), f"{soname()}.1.2.3"], os.listdir(again))


def signs(folder, emulator):
    program, signature = os.path.join(folder, "sign_shared"), os.path.join(folder, "signature")
    run_tool([needs.program("cc", "gcc"), "-I", needs.include_dir(), os.path.join(needs.ROOT, "tests/c/sign.c"), "-L",
              needs.shared_dir(), "-lscwkms", "-o", program])
    key = emulator.create_key(ALGORITHM)
    Runner.plain.run(program, key, signature, os.path.join(folder, "public.pem"), data=b"document",
                     env=environment(SCWKMS_URI=emulator.uri(), LD_LIBRARY_PATH=needs.shared_dir()))
    with open(signature, "rb") as file:
        openssl.verify(ALGORITHM, openssl.spki_der(emulator.public_pem(key)), openssl.digest(ALGORITHM, b"document"),
                       file.read())


def loaded_many_times(folder, emulator, cycles):
    program = os.path.join(folder, "dlopen_cycles")
    run_tool([needs.program("cc", "gcc"), "-std=gnu11", *WARNINGS, "-I", needs.include_dir(),
              os.path.join(HERE, "dlopen_cycles.c"), "-o", program, "-ldl"])
    Runner.plain.run(program, os.path.join(needs.shared_dir(), soname()), emulator.uri(), emulator.create_key(ALGORITHM),
                     str(cycles), env=environment())


def check(results, emulator):
    with tempfile.TemporaryDirectory() as folder:
        results.case("the shared library exports the functions of the static library", same_exports)
        results.case("its names", names)
        results.case("its libraries and flags", dynamic_section)
        results.case("its segments", segments)
        results.case("the same static library is linked into the same file", is_reproducible, folder)
        results.case("an equal file is not replaced", replaces_only_a_changed_file, folder)
        results.case("a program signs with it", signs, folder, emulator)
        with Emulator("--plain") as plain:
            results.case(f"{CYCLES} times loaded and unloaded", loaded_many_times, folder, plain, CYCLES)
        results.case(f"{TLS_CYCLES} times, with TLS", loaded_many_times, folder, emulator, TLS_CYCLES)
