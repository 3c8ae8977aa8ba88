"""Checks that the ABI stays compatible: with saved headers and recorded symbols, with a newer library, with a newer header, and
with two copies of the library in one process. docs/abi.md has the rules."""

import glob
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import declarations  # noqa: E402
import symbols  # noqa: E402
from harness import needs, openssl  # noqa: E402
from harness.build import WARNINGS, library, link_shared, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

SAVED = sorted(glob.glob(os.path.join(HERE, "scwkms-*.h")))
SONAME = "-Wl,-soname,libscwkms.so"
# A library that is older than the header accepts these structs if the members that it does not know are zero. The library
# fills scwkms_event.
SIZED = ["scwkms_async_options", "scwkms_data_key_limits", "scwkms_key_update", "scwkms_event"]
# Changes of a header that break programs, as a pattern and its replacement, and changes that do not.
BREAKING = {
    "a number": (r"(SCWKMS_ERROR_TIMEOUT) 12\b", r"\1 112"),
    "the ABI version": (r"(SCWKMS_ABI_VERSION) (\d+)", r"\1 10\2"),
    "a parameter": (r"(scwkms_cancel\(scwkms_operation operation)\)", r"\1, bool force)"),
    "a result": (r"void (scwkms_cancel\()", r"int32_t \1"),
    "a removed function": (r"void scwkms_close\([^;]*;", ""),
    "a type": (r"typedef uint64_t scwkms_client;", "typedef uint32_t scwkms_client;"),
    "a callback": (r"\(\*scwkms_callback\)\(void \*context, ", "(*scwkms_callback)(void *context, int32_t code, "),
    "a member of scwkms_buffer": (r"\n\} scwkms_buffer;", "\n  size_t capacity;\n} scwkms_buffer;"),
    "a member that is not the last": (r"(\n  uint32_t timeout_ms;)", r"\n  uint32_t priority;\1"),
    "a member's type": (r"\n  uint32_t timeout_ms;", "\n  uint64_t timeout_ms;"),
    **{f"the second member of {name}": (rf"(typedef struct {name} \{{[^}}]*?size_t size;)", r"\1\n  uint64_t added;")
       for name in SIZED},
}
COMPATIBLE = {
    "a function": (r"(void scwkms_close\()", r"void scwkms_added(void);\n\1"),
    "a number": (r"(#define SCWKMS_ERROR_TIMEOUT 12)", r"\1\n#define SCWKMS_ERROR_ADDED 1000"),
    "a type": (r"(typedef uint64_t scwkms_client;)", r"\1\ntypedef struct scwkms_added scwkms_added;"),
    **{f"the last member of {name}": (rf"\n\}} {name};", f"\n  uint64_t added;\n}} {name};") for name in SIZED},
    "a comment": (r"typedef uint64_t scwkms_client;", "typedef uint64_t /* int32_t x(void); */ scwkms_client;"),
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def changed(header, pattern, replacement):
    text, count = re.subn(pattern, replacement, header)
    expect(count == 1, f"{pattern} is {count} times in the header")
    return text


def is_compatible(saved, header):
    found = [*declarations.differences(declarations.read(saved), declarations.read(header))]
    expect(not found, "\n".join(found))


def is_incompatible(header, pattern, replacement):
    new = declarations.read(changed(header, pattern, replacement))
    expect([*declarations.differences(declarations.read(header), new)], "the change was not found")


def numbers_are_unique(header):
    found = [*declarations.reused_numbers(declarations.read(header))]
    expect(not found, "\n".join(found))
    reused = changed(header, r"SCWKMS_ERROR_TIMEOUT 12\b", "SCWKMS_ERROR_TIMEOUT 11")
    expect([*declarations.reused_numbers(declarations.read(reused))], "a number with two names was not found")


def is_complete(header):
    """The comparison reads everything that the header declares."""
    read_from = declarations.read(header)
    functions = set(re.findall(r"^[a-z].*[ *](scwkms_\w+)\(", header, re.M))
    expect(len(functions) > 50 and functions == read_from.functions.keys(), functions ^ read_from.functions.keys())
    constants = set(re.findall(r"^#define (SCWKMS_\w+) ", header, re.M))
    expect(constants == read_from.constants.keys(), constants ^ read_from.constants.keys())
    structs = {"scwkms_buffer", "scwkms_data_key_limits", "scwkms_async_options", "scwkms_event", "scwkms_key_update"}
    expect(read_from.structs.keys() == structs, read_from.structs.keys())
    expect(len(read_from.types) == 12, read_from.types.keys())


def is_fuzzed(header):
    """The fuzz target c_abi calls each function. Comments do not count."""
    code = "".join(read(path) for path in glob.glob(os.path.join(needs.ROOT, "fuzz", "fuzz_targets", "c_abi", "*.rs")))
    called = set(re.findall(r"\bscwkms_\w+", re.sub(r"//[^\n]*", "", code)))
    missing = declarations.read(header).functions.keys() - called
    expect(not missing, f"fuzz/fuzz_targets/c_abi does not call {sorted(missing)}")


def is_tested(header):
    """A program of the saved header uses each struct."""
    program = read(os.path.join(HERE, "program.c"))
    unused = [name for name in declarations.read(header).structs if not re.search(rf"\b{name}\b", program)]
    expect(not unused, f"program.c does not use {unused}")


def same_symbols():
    recorded, found = symbols.reference(), symbols.exported()
    different = [*symbols.differences(recorded.keys(), found)]
    expect(recorded and not different, "\n".join(different))
    odd = [line for line in recorded.items() if not re.fullmatch(r"\d+\.\d+\.\d+", line[1])]
    expect(not odd, f"not a version: {odd}")


def other_symbols():
    """A removed symbol, a new one and another version are found."""
    found = symbols.exported()
    for changed_symbols in (found - {"scwkms_sign@SCWKMS_1"}, found | {"scwkms_added@SCWKMS_1"},
                            {name.replace("@SCWKMS_1", "@SCWKMS_2") for name in found}):
        expect([*symbols.differences(found, changed_symbols)], "no difference was found")


def newer(header):
    """A header in which each struct with a size has a further member."""
    for name in SIZED:
        header = changed(header, rf"\n\}} {name};", f"\n  uint64_t added;\n}} {name};")
    return changed(header, r"(void scwkms_close\()", r"uint64_t scwkms_last_added(void);\n\1")


class Suite:
    """Shared objects of the present library and of a newer one, each in a folder of its own, and headers likewise."""

    def __init__(self, folder, emulator, header):
        self.folder = folder
        self.emulator = emulator
        self.key = emulator.create_key("ec_p256_sha256", name="abi", tags=["tag"])
        self.symmetric = emulator.create_key("aes_256_gcm", name="abi-symmetric")
        self.newer_include = self.include("newer", newer(header))
        self.present = self.place("present")
        self.newer = self.place("newer")
        link_shared(os.path.join(self.present, "libscwkms.so"), SONAME)
        self.build_newer_library()

    def place(self, *names):
        path = os.path.join(self.folder, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def include(self, name, header):
        """A folder with a header as scwkms.h."""
        folder = self.place("include", name)
        with open(os.path.join(folder, "scwkms.h"), "w", encoding="utf-8") as file:
            file.write(header)
        return folder

    def build_newer_library(self):
        archive, code = os.path.join(self.newer, "present.a"), os.path.join(self.newer, "newer.o")
        run_tool([needs.program("objcopy", "binutils"), "--redefine-sym", "scwkms_sign_async=present_sign_async",
                  library(), archive])
        self.compile("newer_library.c", self.newer_include, code, "-c", "-fPIC")
        link_shared(os.path.join(self.newer, "libscwkms.so"), SONAME, code, archive=archive)

    @staticmethod
    def compile(source, include, output, *flags):
        run_tool([needs.program("cc", "gcc"), "-std=gnu11", *WARNINGS, "-pthread", "-I", include,
                  os.path.join(HERE, source), "-o", output, *flags])
        return output

    def run(self, program, libraries, *arguments):
        env = environment(LD_LIBRARY_PATH=libraries)
        output, _ = Runner.plain.run(program, self.emulator.uri(), self.key, *arguments, env=env)
        return output.decode()

    def saved_program(self, saved):
        """One executable, compiled with a saved header, runs with the present library and with a newer one."""
        include = self.include(os.path.basename(saved), read(saved))
        program = self.compile("program.c", include, os.path.join(self.folder, "program"), "-L", self.present,
                               "-lscwkms")
        public = openssl.spki_der(self.emulator.public_pem(self.key))
        for libraries in (self.present, self.newer):
            lines = self.run(program, libraries, self.symmetric).splitlines()
            expect(len(lines) == 2, lines)
            for line in lines:
                digest, signature = (bytes.fromhex(word) for word in line.split(" "))
                openssl.verify("ec_p256_sha256", public, digest, signature)

    def newer_program(self):
        """A program that uses a new member works with a newer library, and gets a clear error from the present one."""
        program = self.compile("newer_program.c", self.newer_include, os.path.join(self.folder, "newer_program"), "-L",
                               self.present, "-lscwkms", "-ldl")
        expect(self.run(program, self.newer, "7") == "0\t7\t\n", "the newer library did not receive the member")
        unused = self.run(program, self.present, "0")
        expect(unused == "0\tunknown\t\n", f"a new member that is not used: {unused}")
        code, added, message = self.run(program, self.present, "7").split("\t")
        expect((code, added) == ("1", "unknown") and "newer" in message, f"{code}: {message}")

    def newer_structs(self):
        """The same for the other structs. The events of the present library end before the new member."""
        program = self.compile("newer_structs.c", self.newer_include, os.path.join(self.folder, "newer_structs"), "-L",
                               self.present, "-lscwkms")
        expect(self.run(program, self.present, "0", self.symmetric) == "0\t\n0\t\n", "new members that are not used")
        for line in self.run(program, self.present, "7", self.symmetric).splitlines():
            code, message = line.split("\t")
            expect(code == "1" and "newer" in message, line)

    def two_copies(self):
        program = self.compile("two_copies.c", needs.include_dir(), os.path.join(self.folder, "two_copies"), "-ldl")
        first = os.path.join(self.present, "libscwkms.so")
        second = shutil.copy(first, self.place("copy"))
        self.run(program, "", first, second)


def main():
    results = Results()
    header = read(os.path.join(needs.include_dir(), "scwkms.h"))
    results.case("all declarations are read", is_complete, header)
    results.case("each number has one name", numbers_are_unique, header)
    results.case("each function is fuzzed", is_fuzzed, header)
    results.case("each struct is tested", is_tested, header)
    for name, change in BREAKING.items():
        results.case(f"a change of {name} is found", is_incompatible, header, *change)
    for name, (pattern, replacement) in COMPATIBLE.items():
        results.case(f"an addition of {name} is allowed", lambda p=pattern, r=replacement: is_compatible(
            header, changed(header, p, r)))
    results.case("the shared library exports the recorded symbols", same_symbols)
    results.case("changes of the symbols are found", other_symbols)
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        suite = results.case("build a newer library", Suite, folder, emulator, header)
        for saved in SAVED if suite else ():
            name = os.path.basename(saved)
            results.case(f"the header is compatible with {name}", is_compatible, read(saved), header)
            results.case(f"a program of {name} with this library and a newer one", suite.saved_program, saved)
        if suite:
            results.case("a program of a newer header", suite.newer_program)
            results.case("the other structs of a newer header", suite.newer_structs)
            results.case("two copies of the library", suite.two_copies)
    expect(SAVED, "there is no saved header")
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
