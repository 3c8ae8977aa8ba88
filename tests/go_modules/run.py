"""Uses the Go modules of a release as a user does, with a file tree as module proxy: scripts/dist/go-modules.

  run.py              this machine's platform, with the library that `make` built
  run.py PLATFORM...  platforms such as linux-arm64-musl, with the libraries in $SCWKMS_DIST_DIR or target/dist
"""

import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import builds  # noqa: E402
import contents  # noqa: E402
import messages  # noqa: E402
import platforms  # noqa: E402
import release  # noqa: E402
import step_ca  # noqa: E402
from harness.build import library  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results  # noqa: E402
from release import LIBRARIES, NATIVE  # noqa: E402
from user_module import Signer, UserModule, download  # noqa: E402


def native(results, folder, emulator):
    libraries = release.prepare_libraries(os.path.join(folder, "libraries"), {LIBRARIES[NATIVE]: library()})
    made = results.case("release", release.generate, os.path.join(folder, "release"), libraries)
    if made is None:
        return
    download("go", "all")
    for name, function in contents.CASES.items():
        results.case(name, function, folder, made, libraries)
    module = results.case("go get in an empty module", UserModule(folder, made).get)
    if module is None:
        return
    signer = Signer(emulator)
    for name, function in builds.CASES.items():
        results.case(name, function, module, signer)
    for name, function in messages.CASES.items():
        results.case(name, function, module)
    results.case("step-ca", step_ca.step_ca, folder, made, {}, [])


def main():
    results = Results()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, Emulator() as emulator:
        if sys.argv[1:]:
            platforms.run_all(results, folder, emulator, sys.argv[1:])
        else:
            native(results, folder, emulator)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
