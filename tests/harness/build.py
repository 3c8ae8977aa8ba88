"""Compiles programs against the library as its users would; warnings are errors."""

import os
import subprocess

from . import needs, sanitizer
from .results import expect

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-g", "-gdwarf-4", "-O1"]


def run_tool(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    expect(done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def library():
    """The static library."""
    return os.path.join(needs.lib_dir(), "libscwkms.a")


def link_flags():
    return ["-L", needs.lib_dir(), "-lscwkms", *sanitizer.link_flags(), *needs.NATIVE_LIBS]


def build(compiler, standard, sources, output, *flags, include_dir=None):
    """Compiles and links `sources`, and returns the path of `output`. A source that is neither C nor C++, such as an
    object file, goes to the linker as it is. `include_dir` replaces the folder of the headers."""
    os.makedirs(os.path.dirname(output), exist_ok=True)
    compiling = [flag for flag in flags if not flag.startswith(("-l", "-Wl,"))]
    inputs = []
    for source in sources:
        if not source.endswith((".c", ".cpp")):
            inputs.append(source)
            continue
        inputs.append(f"{output}-{os.path.basename(source)}.o")
        run_tool([compiler, f"-std={standard}", *WARNINGS, *sanitizer.compile_flags(), *compiling, "-pthread",
                  "-I", include_dir or needs.include_dir(), "-c", source, "-o", inputs[-1]])
    run_tool([compiler, *inputs, "-o", output, "-pthread", *flags, *link_flags()])
    return output


def check_syntax(compiler, standard, sources):
    """Compiles `sources` without an output."""
    run_tool([compiler, f"-std={standard}", *WARNINGS, "-fsyntax-only", "-I", needs.include_dir(), *sources])


def link_shared(output, *more, archive=None):
    """Makes a shared object of the whole static library and `more` inputs, for programs that load one."""
    run_tool([needs.program("cc", "gcc"), "-shared", "-o", output, "-Wl,--whole-archive", archive or library(),
              "-Wl,--no-whole-archive", *more, *needs.NATIVE_LIBS])
    return output
