"""Tests the files of a release: run.py DIST PLATFORM... builds programs with the files in the folder DIST, and runs them with
the emulator. Neither cargo nor rustc can be found. Programs for other processors run under qemu.

The environment variable SCWKMS_DIST_DIR names the folder with the tools: scripts/dist/toolchain.
"""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import binary_cases  # noqa: E402
import file_cases  # noqa: E402
import go_proxy  # noqa: E402
import module_cases  # noqa: E402
from cases import Cases  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results  # noqa: E402
from platforms import Platform  # noqa: E402
from readme_cases import ReadmeCases  # noqa: E402
from without_rust import without_rust  # noqa: E402


def run_platform(results, platform, emulator, readme):
    name = platform.name
    if results.case(f"tarball {name}", platform.unpack) is None:
        return
    cases = Cases(platform, emulator)
    readme.run(results, cases)
    results.case(f"C program with the shared library {name}", cases.c_program, "shared")
    results.case(f"pkg-config and moved files {name}", cases.moved_files)
    module_cases.run(results, platform, emulator)
    if platform.is_native:
        results.case(f"CMake project {name}", cases.cmake_project)
    if platform.libc == "musl":
        results.case(f"library of the Python package {name}", cases.python_library)
    results.case(f"command {name}", cases.command)
    results.case(f"emulator {name}", cases.other_emulator)


def emulator_program(platforms):
    """The emulator of the release, or None if it has none for this machine: then the tests use that of `make`."""
    native = next((platform for platform in platforms if platform.is_native), None)
    return os.path.join(native.unpack(), "bin/scwkms-emulator") if native else None


def main(dist, names):
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        platforms = [Platform(name, dist, folder) for name in names]
        modules = results.case("Go modules", go_proxy.modules, dist, platforms, folder)
        without_rust(folder)
        results.case("files of the release", file_cases.files, dist, names)
        results.case("SBOM and licences", file_cases.dependencies, dist)
        binary_cases.run(results, folder)
        with Emulator(binary=emulator_program(platforms)) as emulator:
            readme = ReadmeCases(emulator, modules, folder)
            for platform in platforms:
                run_platform(results, platform, emulator, readme)
    return results.close()


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:]))
