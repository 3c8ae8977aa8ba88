"""Builds wheels, installs one in a new virtual environment, and signs with it."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest
from checks import digest, verify
from waiting import LIMIT

import scwkms
from scwkms import _library

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "build" / "python-wheel"
PLATFORM = f"manylinux_2_28_{platform.machine()}"
PROGRAM = """
import sys
import scwkms
with scwkms.Client() as client:
    sys.stdout.write(client.sign(sys.argv[1], bytes.fromhex(sys.argv[2])).hex())
with open("/proc/self/maps") as maps:
    assert scwkms.__file__.replace("__init__.py", "libscwkms.so.1") in maps.read()
"""


def build(library, folder, tag=PLATFORM, licences=()):
    """The path of a new wheel."""
    environment = {**os.environ, "PYTHON": sys.executable}
    arguments = [SCRIPT, library, tag, folder, *licences]
    return pathlib.Path(subprocess.check_output(arguments, env=environment, text=True).strip())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(_library.path(), tmp_path_factory.mktemp("wheel"))


def test_names(wheel, tmp_path):
    version = scwkms.__version__
    assert wheel.name == f"scwkms-{version}-py3-none-{PLATFORM}.whl"
    musl = build(_library.path(), tmp_path, "musllinux_1_2_aarch64")
    assert musl.name == f"scwkms-{version}-py3-none-musllinux_1_2_aarch64.whl"


def test_content(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert archive.read("scwkms/libscwkms.so.1") == pathlib.Path(_library.path()).read_bytes()
    sources = {f"scwkms/{path.name}" for path in pathlib.Path(scwkms.__file__).parent.iterdir() if path.is_file()}
    information = f"scwkms-{scwkms.__version__}.dist-info"
    added = {f"{information}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE")}
    assert names == sources | added | {"scwkms/libscwkms.so.1"}


def test_licences(tmp_path):
    licences = tmp_path / "licences"
    licences.write_text("the licences of the library")
    with zipfile.ZipFile(build(_library.path(), tmp_path, licences=[licences])) as archive:
        assert archive.read("scwkms/THIRD-PARTY-LICENSES.txt") == licences.read_bytes()


def test_bytes(wheel, tmp_path):
    """The time and the place of the library's file do not change the wheel."""
    library = shutil.copyfile(_library.path(), tmp_path / "another-name.so")
    os.utime(library, (0, 0))
    assert build(library, tmp_path / "folder").read_bytes() == wheel.read_bytes()


def test_installation(wheel, client, key, tmp_path):
    signing, signed = key("ec_p256_sha256"), digest("ec_p256_sha256", b"document")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    own = {name: value for name, value in os.environ.items() if name not in ("SCWKMS_LIBRARY", "PYTHONPATH")}
    run = {"cwd": tmp_path, "env": own, "text": True, "timeout": LIMIT}
    pip = ["-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"]
    subprocess.run([python, *pip, wheel], check=True, **run)
    signature = subprocess.check_output([python, "-c", PROGRAM, signing.uri, signed.hex()], **run)
    verify(client.public_key(signing), "ec_p256_sha256", signed, bytes.fromhex(signature))


def test_missing_library(tmp_path):
    done = subprocess.run([SCRIPT, tmp_path / "none.so", PLATFORM, tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "none.so does not exist" in done.stderr
