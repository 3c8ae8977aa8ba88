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


def versions(required):
    """The version of each package, of a text such as `libc6 (>= 2.28), libgcc-s1 (>= 4.2)`."""
    return dict(entry.removesuffix(")").split(" (>= ") for entry in required.split(", "))


def is_for_older_glibc(files):
    """glibc has no separate libpthread.so.0 since 2.34, so nothing that is linked for this version needs it."""
    return "[libpthread.so.0]" in run_tool([needs.program("readelf", "binutils"), "--dynamic", *files])


def is_sufficient(stated, computed, files):
    """dpkg-shlibdeps states 2.34 for the functions of libpthread.so.0 because it reads the list of this machine's libc6. What is
    linked for an older glibc requires an older libc6."""
    if not is_for_older_glibc(files):
        return stated == computed
    older, newer = stated.pop("libc6"), computed.pop("libc6")
    run_tool(["dpkg", "--compare-versions", older, "lt", newer])
    return stated == computed


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
        computed = run_tool(["dpkg-shlibdeps", "-O", *files], cwd=folder).strip().removeprefix("shlibs:Depends=")
        stated = field(package, "Depends")
        expect(is_sufficient(versions(stated), versions(computed), files), f"{package}: {stated}, {computed}")


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
