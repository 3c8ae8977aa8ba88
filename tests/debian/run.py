"""Checks the Debian packages, installs them, uses them with the commands of docs/packages.md, and removes them.

SCWKMS_DEBIAN_PACKAGES is the folder with the packages. SCWKMS_DEBIAN_ROOT is the tar file of scripts/test/debian-root. If it
does not exist, or if this process may not use it, the packages are installed on this machine.
"""

import glob
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import metadata  # noqa: E402
import usage  # noqa: E402
from harness import needs  # noqa: E402
from harness.results import Results  # noqa: E402
from systems import find_system  # noqa: E402


def packages():
    folder = os.environ.get("SCWKMS_DEBIAN_PACKAGES", "")
    found = sorted(glob.glob(os.path.join(folder, "*.deb")))
    if not folder or not found:
        needs.fail(f"SCWKMS_DEBIAN_PACKAGES: no packages in \"{folder}\"; `make dist-debian` builds them")
    return found


def main():
    results = Results()
    found = packages()
    results.case("lintian has no complaints", metadata.lintian, found)
    with tempfile.TemporaryDirectory() as folder:
        results.case("the packages require the right libraries", metadata.required_libraries, found, folder)
        results.case("each program has a manual page", metadata.manual_pages, found)
        results.case("the packages contain no file twice", metadata.distinct_files, found)
        results.case("the packages for several architectures have equal files", metadata.equal_files, found, folder)
        system = find_system(folder)
        print(f"The packages are installed {system.description}.", flush=True)
        before = system.files()
        if results.case("apt-get installs the packages", usage.install, system, found):
            results.case("a C program with the shared library signs", usage.signs, system, "compile", "shared")
            results.case("a C program with the static library signs", usage.signs, system, "compile-static", "static")
            results.case("a project finds both libraries with CMake", usage.cmake_project, system)
            results.case("programs find and use the PKCS#11 module", usage.pkcs11_module, system)
            results.case("the manual pages and completions are found", usage.documentation, system)
        results.case("apt-get removes the packages, and no file is left", usage.remove, system, before)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
