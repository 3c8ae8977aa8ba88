"""Checks the library's exported symbols, links it into one program with another Rust library and OpenSSL, and checks the
shared library."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import shared_library  # noqa: E402
from harness import needs, openssl  # noqa: E402
from harness.build import build, library, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import RUNNERS, Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

ALGORITHM = "ec_p256_sha256"
CHECK = os.path.join(needs.ROOT, "scripts", "check", "static-library")
OTHER = os.environ.get("SCWKMS_LINK_OTHER") or needs.fail("SCWKMS_LINK_OTHER is not set; `make test` sets it")
OPENSSL = {
    "shared OpenSSL": ["-lssl", "-lcrypto"],
    "static OpenSSL": ["-l:libssl.a", "-l:libcrypto.a", *needs.NATIVE_LIBS],
}


def checked():
    run_tool([CHECK, library()])


def refused(folder, source, part):
    """The check fails for a library with a further member."""
    changed = tempfile.mkdtemp(dir=folder)
    copy, member = os.path.join(changed, "libscwkms.a"), os.path.join(changed, "member")
    shutil.copy(library(), copy)
    with open(f"{member}.c", "w", encoding="utf-8") as file:
        file.write(source)
    run_tool([needs.program("cc", "gcc"), "-c", f"{member}.c", "-o", f"{member}.o"])
    run_tool([needs.program("ar", "binutils"), "q", copy, f"{member}.o"])
    done = subprocess.run([CHECK, copy], capture_output=True, text=True)
    expect(done.returncode == 1 and part in done.stderr, f"status {done.returncode}: {done.stderr}")


def beside(folder, emulator, libraries, *flags):
    """The libraries in the order given; a linker takes the first definition that it sees of a clashing name."""
    program = build("cc", "c11", [os.path.join(HERE, "beside.c"), *libraries],
                    os.path.join(tempfile.mkdtemp(dir=folder), "beside"), *flags)
    key = emulator.create_key(ALGORITHM)
    signature, _ = Runner.plain.run(program, emulator.uri(), key, env=environment())
    openssl.verify(ALGORITHM, openssl.spki_der(emulator.public_pem(key)), openssl.digest(ALGORITHM, b""), signature)


def caught(folder, emulator, runner):
    program = build("cc", "c11", [os.path.join(HERE, "panic.c")], os.path.join(folder, "panic"), "-D_GNU_SOURCE")
    runner.run(program, emulator.uri(), emulator.create_key(ALGORITHM), env=environment())


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        results.case("the library exports its functions, needs no more than glibc, and is small", checked)
        results.case("another export is refused", refused, folder, "int another;", "> another")
        results.case("an undefined symbol is refused", refused, folder,
                     "int nowhere(void); static int f(void) { return nowhere(); } "
                     "static int (*g)(void) __attribute__((used)) = f;", "nowhere")
        for name, more in OPENSSL.items():
            results.case(f"behind another Rust library and {name}", beside, folder, emulator, [OTHER, *more])
            results.case(f"before them, {name}", beside, folder, emulator, [library(), OTHER, *more])
            results.case(f"without unused sections, {name}", beside, folder, emulator, [OTHER, *more], "-Wl,--gc-sections")
        shared_library.check(results, emulator)
        for runner in RUNNERS:
            results.case(f"a panic is caught, {runner.name}", caught, folder, emulator, runner)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
