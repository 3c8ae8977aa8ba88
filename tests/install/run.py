"""Runs `make install`, and builds C, C++ and Go programs and a CMake project with the installed files only. Runs
`make install-command` and `make uninstall`."""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import clone  # noqa: E402
import module  # noqa: E402
from cmake_package import CMakePackage  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results  # noqa: E402
from installation import Installation, description, installed_files, uninstalled  # noqa: E402
from programs import Programs  # noqa: E402


def run_all(results, name, installation, folder, emulator):
    if results.case(f"install {name}", installation.install) is None:
        return
    results.case(f"files {name}", installed_files, installation)
    results.case(f"pkg-config {name}", description, installation)
    programs = Programs(folder, installation, emulator)
    results.case(f"C program with the static library {name}", programs.c_program, "static")
    results.case(f"C program with the shared library {name}", programs.c_program, "shared")
    results.case(f"C++ program {name}", programs.cpp_program, "static")
    results.case(f"p11-kit file {name}", module.description, installation)
    results.case(f"PKCS#11 module {name}", module.signs, installation, folder, emulator)
    package = CMakePackage(folder, programs)
    results.case(f"CMake project {name}", package.project)
    results.case(f"versions and components of the CMake package {name}", package.requests)
    if results.case(f"Go program {name}", programs.go_program):
        results.case(f"upgrade of the library {name}", programs.upgraded_library)
    results.case(f"uninstall {name}", uninstalled, installation)


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        results.case("make install only copies", clone.only_copies, folder)
        results.case("make install without build results", clone.nothing_built, folder)
        results.case("make install-command", clone.installed_command, folder)
        results.case("make uninstall", clone.uninstalls_everything, folder)
        run_all(results, "in place", Installation(folder, staged=False), folder, emulator)
        run_all(results, "staged", Installation(folder, staged=True), folder, emulator)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
