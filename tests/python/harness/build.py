"""Compiles programs against the library as its users would, warnings being errors."""

import os
import subprocess

from . import needs, sanitizer
from .tally import expect

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-g", "-gdwarf-4", "-O1"]


def run_tool(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    expect(done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def link_flags():
    return ["-L", needs.lib_dir(), "-lscwkms", *sanitizer.link_flags(), *needs.NATIVE_LIBS]


def build(compiler, standard, sources, output, *flags):
    """Compiles and links `sources`, among which may be what only the linker takes, and returns `output`'s path."""
    os.makedirs(os.path.dirname(output), exist_ok=True)
    compiling = [flag for flag in flags if not flag.startswith(("-l", "-Wl,"))]
    inputs = []
    for source in sources:
        if not source.endswith((".c", ".cpp")):
            inputs.append(source)
            continue
        inputs.append(f"{output}-{os.path.basename(source)}.o")
        run_tool([compiler, f"-std={standard}", *WARNINGS, *sanitizer.compile_flags(), *compiling, "-pthread",
                  "-I", needs.include_dir(), "-c", source, "-o", inputs[-1]])
    run_tool([compiler, *inputs, "-o", output, "-pthread", *flags, *link_flags()])
    return output


def link_shared(output):
    """Makes a shared object of the whole static library, for languages that load one."""
    archive = os.path.join(needs.lib_dir(), "libscwkms.a")
    run_tool([needs.program("cc", "gcc"), "-shared", "-o", output, "-Wl,--whole-archive", archive,
              "-Wl,--no-whole-archive", *needs.NATIVE_LIBS])
    return output
