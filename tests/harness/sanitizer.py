"""The sanitizer that programs and library are built with: SCWKMS_SANITIZER is `address`, `thread` or not set.

Programs and library are linked to one runtime, the Rust compiler's. gcc inserts the same calls; its own runtime must
not be linked.
"""

import glob
import os
import subprocess

from . import needs

ERROR = 98  # a program's exit status when the sanitizer has found something

NAME = os.environ.get("SCWKMS_SANITIZER", "")
RUNTIMES = {"": None, "address": "asan", "thread": "tsan"}
if NAME not in RUNTIMES:
    needs.fail(f"SCWKMS_SANITIZER is address or thread, not {NAME}")


def compile_flags():
    return [f"-fsanitize={NAME}", "-fno-omit-frame-pointer"] if NAME else []


def _rust_libraries():
    return subprocess.run([needs.program("rustc"), "--print", "target-libdir"], capture_output=True, text=True,
                          check=True).stdout.strip()


def _linker():
    """The Rust compiler's own linker, where it has one: it takes a quarter of the time."""
    folder = os.path.join(_rust_libraries(), "..", "bin", "gcc-ld")
    return [f"-B{folder}", "-fuse-ld=lld"] if os.path.exists(os.path.join(folder, "ld.lld")) else []


def _runtime():
    """The archive with the sanitizer's runtime, of the Rust compiler in use."""
    found = glob.glob(os.path.join(_rust_libraries(), f"librustc-*_rt.{RUNTIMES[NAME]}.a"))
    if len(found) != 1:
        needs.fail(f"the Rust compiler has no {NAME} sanitizer: found {found}")
    return found[0]


def link_flags():
    """For a program that is linked to the library. SCWKMS_SANITIZER_LINK has the output of tests/sanitizers/std.py."""
    return [*os.environ.get("SCWKMS_SANITIZER_LINK", "").split(), *runtime_flags()]


def runtime_flags():
    """For the end of the linker's command. With dynamic symbols the C library, and modules that the program loads, find the
    runtime's functions."""
    if not NAME:
        return []
    return [*_linker(), "-Wl,--whole-archive", _runtime(), "-Wl,--no-whole-archive", "-Wl,--export-dynamic", "-lm", "-lrt",
            "-lresolv"]


def environment(**more):
    """The variables with the runtime's options; `more` adds options."""
    if not NAME:
        return {}
    common = {"exitcode": ERROR, "external_symbolizer_path": needs.program("llvm-symbolizer", "llvm"), **more}
    if NAME == "address":
        options = {"detect_leaks": 1, "detect_stack_use_after_return": 1, "strict_string_checks": 1,
                   "check_initialization_order": 1, **common}
        return {"ASAN_OPTIONS": _join(options)}
    # The last thread that looked up a name is never joined; tests/c/rounds.c counts threads.
    options = {"die_after_fork": 0, "halt_on_error": 0, "report_thread_leaks": 0,
               "history_size": 4, "second_deadlock_stack": 1, **common}
    return {"TSAN_OPTIONS": _join(options)}


def _join(options):
    return ":".join(f"{name}={value}" for name, value in options.items())
