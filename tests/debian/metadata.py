"""Checks of the packages that need no installation."""

import collections
import filecmp
import os
import re

from harness import needs
from harness.build import run_tool
from harness.results import expect


def field(package, name):
    return run_tool(["dpkg-deb", "--field", package, name]).strip()


def contents(package):
    """The paths of the files and links in a package."""
    listed = run_tool(["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar --list', "sh", package]).splitlines()
    return [path for path in listed if not path.endswith("/")]


def lintian(packages):
    """Overrides are ignored: there must be no reason for one."""
    run_tool([needs.program("lintian"), "--allow-root", "--profile", "debian", "--no-override",
              "--tag-display-limit", "0", "--fail-on", "error,warning", *packages])


def required_libraries(packages, folder):
    """The packages for this machine require the same libraries as dpkg-shlibdeps computes."""
    os.mkdir(os.path.join(folder, "debian"))
    with open(os.path.join(folder, "debian/control"), "w", encoding="utf-8") as file:
        file.write("Source: scwkms\n\nPackage: scwkms\nArchitecture: any\n")
    machine = run_tool(["dpkg", "--print-architecture"]).strip()
    linked = [package for package in packages
              if field(package, "Architecture") == machine and field(package, "Package") != "libscwkms-dev"]
    expect(len(linked) == 4, linked)
    for package in linked:
        place = os.path.join(folder, os.path.basename(package))
        run_tool(["dpkg-deb", "--extract", package, place])
        files = [os.path.join(place, path) for path in contents(package) if re.search(r"/bin/|\.so(\.[0-9.]+)?$", path)]
        computed = run_tool(["dpkg-shlibdeps", "-O", *files], cwd=folder).strip()
        expect(computed == f"shlibs:Depends={field(package, 'Depends')}", f"{package}: {computed}")


def manual_pages(packages):
    for package in packages:
        paths = contents(package)
        programs = {os.path.basename(path) for path in paths if "/bin/" in path}
        pages = {os.path.basename(path) for path in paths if "/man/man1/" in path}
        expect({f"{program}.1.gz" for program in programs} <= pages, f"{package}: {programs}, {pages}")


def distinct_files(packages):
    """Packages of one architecture that contain the same file cannot be installed together."""
    counts = collections.Counter(
        (field(package, "Architecture"), path) for package in packages for path in contents(package))
    twice = [path for path, count in counts.items() if count > 1]
    expect(not twice, twice)


def equal_files(packages, folder):
    """A package that can be installed for several architectures has the same content in files of the same name."""
    first = {}
    for package in packages:
        if field(package, "Multi-Arch") != "same":
            continue
        place = os.path.join(folder, f"equal-{os.path.basename(package)}")
        run_tool(["dpkg-deb", "--extract", package, place])
        for path in contents(package):
            other = first.setdefault((field(package, "Package"), path), os.path.join(place, path))
            expect(not os.path.isfile(other) or filecmp.cmp(other, os.path.join(place, path), shallow=False), f"{path} differs")
