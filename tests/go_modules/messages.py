"""The one message of the C compiler for each mistake of a user."""

import os
import shutil

from harness import needs
from harness.build import run_tool
from harness.results import expect

from release import MODULE, NATIVE


def missing_tag(module):
    """A compiler for musl, without the tag."""
    musl = needs.program("musl-gcc", "musl-tools")
    message = module.errors("build", "-o", "program", ".", CC=musl)
    expect("build with -tags musl" in message, message)


def wrong_tag(module):
    """A compiler for glibc, with the tag."""
    message = module.errors("build", "-tags", "musl", "-o", "program", ".")
    expect("build without the tag musl" in message, message)


def missing_archive(module):
    """A vendor folder without the archives, which version control may have ignored. A package that was compiled in the same
    folder with the archive would not be compiled again."""
    module.go("mod", "vendor", "-o", "../vendor")
    copy = os.path.join(module.folder, "copy")
    shutil.copytree(module.path, copy)
    shutil.move(os.path.join(module.folder, "vendor"), copy)
    os.remove(os.path.join(copy, "vendor", MODULE, "lib", NATIVE, "libscwkms.a"))
    message = module.errors("build", "-C", copy, "-mod=vendor", "-o", "program", ".")
    expect("go mod vendor" in message and "go clean -modcache" in message, message)


def other_platform(module):
    """A platform for which a release has no library: the file that all files with cgo include."""
    header = os.path.join(module.go("list", "-f", "{{.Dir}}", f"{MODULE}/internal/capi").strip(), "capi.h")
    try:
        run_tool([needs.program("cc", "gcc"), "-fsyntax-only", "-x", "c", header])
    except AssertionError as error:
        expect("no static library for this platform" in str(error) and "scwkms_system" in str(error), error)
    else:
        expect(False, f"{header} is accepted")


CASES = {
    "the tag musl is missing": missing_tag,
    "the tag musl with glibc": wrong_tag,
    "an archive is missing": missing_archive,
    "a platform without a library": other_platform,
}
