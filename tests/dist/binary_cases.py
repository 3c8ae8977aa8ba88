"""scripts/dist/check-binaries finds libraries and programs that do not run on each promised system."""

import os
import shutil
import subprocess
import tempfile

from harness import needs
from harness.build import run_tool
from harness.results import expect

CHECK = os.path.join(needs.ROOT, "scripts/dist/check-binaries")
# The name of a case: a C source, linker options, and a part of the message.
REJECTED = {
    "an executable stack": ("int f(void) { return 1; }", ["-Wl,-z,execstack"], "has an executable stack"),
    "text relocations": ('__asm__(".text\\n.quad f\\n"); int f(void) { return 1; }', ["-Wl,-z,notext"], "has text relocations"),
    "no read-only relocations": ("int f(void) { return 1; }", ["-Wl,-z,norelro"], "has no GNU_RELRO"),
    # __libc_single_threaded is new in glibc 2.32.
    "a new glibc": ("#include <sys/single_threaded.h>\nchar f(void) { return __libc_single_threaded; }", [],
                    "needs glibc 2.32"),
    "another library": ("double f(void) { return 1; }", ["-Wl,--no-as-needed", "-lstdc++"], "needs libstdc++.so.6"),
    "a path of this machine": ('const char *f(void) { return "' + needs.ROOT + '/src/lib.rs"; }', [], "contains the path"),
}


def checked(folder, source, options):
    """The output and exit status of the check of a shared library."""
    built = tempfile.mkdtemp(dir=folder)
    for name in ("lib", "pkcs11", "bin"):
        os.mkdir(os.path.join(built, name))
    code, library = os.path.join(built, "f.c"), os.path.join(built, "lib/libscwkms.so")
    with open(code, "w", encoding="utf-8") as file:
        file.write(source)
    run_tool([needs.program("cc", "gcc"), "-shared", "-fPIC", "-Wl,-z,relro,-z,now", code, "-o", library, *options])
    run_tool([needs.program("ar", "binutils"), "crs", os.path.join(built, "lib/libscwkms.a")])
    for name in ("pkcs11/libscwkms-pkcs11.so", "bin/scwkms"):
        shutil.copy(library, os.path.join(built, name))
    done = subprocess.run([CHECK, "linux-amd64-gnu", built], cwd=needs.ROOT, capture_output=True, text=True)
    return done.returncode, done.stderr


def accepted(folder):
    status, output = checked(folder, "int f(void) { return 1; }", [])
    expect((status, output) == (0, ""), f"{status}: {output}")


def rejected(folder, source, options, message):
    status, output = checked(folder, source, options)
    expect(status == 1 and message in output, f"{status}: {output}")
    expect(output.count(message) == 3, f"not found in each file: {output}")


def run(results, folder):
    results.case("check-binaries accepts a correct library", accepted, folder)
    for name, case in REJECTED.items():
        results.case(f"check-binaries rejects {name}", rejected, folder, *case)
