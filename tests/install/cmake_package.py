"""The CMake package: a project that uses it, and the versions and components that can be requested."""

import os
import shutil
import subprocess
import tempfile

from harness import needs
from harness.build import run_tool
from harness.results import expect
from installation import own_environment, version
from programs import copy_sources

HERE = os.path.dirname(os.path.abspath(__file__))
LANGUAGES_NONE = """cmake_minimum_required(VERSION 3.19)
project(request NONE)
find_package(scwkms {request})
message(STATUS "found=${{scwkms_FOUND}} version=${{scwkms_VERSION}} reason=${{scwkms_NOT_FOUND_MESSAGE}}")
"""


class CMakePackage:
    def __init__(self, folder, programs):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.programs = programs
        self.package = os.path.join(programs.installation.lib, "cmake/scwkms")
        self.cmake = needs.program("cmake")

    def find(self):
        """The prefix is sufficient where the libraries are in the default folder."""
        installation = self.programs.installation
        if installation.libdir == "lib":
            return [f"-DCMAKE_PREFIX_PATH={installation.root}"]
        return [f"-Dscwkms_DIR={self.package}"]

    def project(self):
        """A project builds the test programs in C and C++ with both targets. They sign."""
        source, build = os.path.join(self.folder, "source"), os.path.join(self.folder, "build")
        shutil.copytree(os.path.join(HERE, "cmake"), source)
        copy_sources(source)
        env = own_environment()
        run_tool([self.cmake, "-S", source, "-B", build, f"-DREQUESTED={version()}", *self.find()], env=env)
        run_tool([self.cmake, "--build", build], env=env)
        for kind in ("static", "shared"):
            self.programs.signs(os.path.join(build, f"c-{kind}"), kind)
            self.programs.signs_cpp(os.path.join(build, f"cpp-{kind}"), kind)

    def request(self, request):
        """The result of find_package() with arguments after the name: found, the version and the reason."""
        source = tempfile.mkdtemp(dir=self.folder)
        with open(os.path.join(source, "CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(LANGUAGES_NONE.format(request=f"{request} QUIET"))
        done = run_tool([self.cmake, "-S", source, "-B", os.path.join(source, "build"), f"-Dscwkms_DIR={self.package}"],
                        env=own_environment())
        return next(line for line in done.splitlines() if "found=" in line)

    def requests(self):
        major, minor, patch = (int(part) for part in version().split("."))
        for request in ["", version(), f"{major}.{minor}", f"{version()} EXACT", f"{major}.0...{major + 1}",
                        f"{major}...{version()}", "COMPONENTS shared"]:
            expect(f"found=1 version={version()} " in self.request(request), f"{request}: {self.request(request)}")
        for request in [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}", f"{major + 1}",
                        f"{major}.{minor}.{patch + 1} EXACT", f"{major}...<{version()}", f"{major + 1}...{major + 2}"]:
            expect("found=0" in self.request(request), f"{request}: {self.request(request)}")
        expect("has no component other" in self.request("COMPONENTS static other"), "another component")
        expect("found=1" in self.request("OPTIONAL_COMPONENTS other"), "an optional component")
