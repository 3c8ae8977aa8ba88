"""Executes the programs of README.md, in their order."""

import os
import pathlib
import re
import subprocess
import sys

from waiting import LIMIT

import scwkms

README = (pathlib.Path(__file__).parents[1] / "README.md").read_text()
PROGRAMS = dict(re.findall(r"<!-- run: (\w+) -->\n```python\n(.*?)```", README, re.DOTALL))


def run(name, folder):
    arguments = [sys.executable, "-W", "error", "-c", PROGRAMS[name]]
    done = subprocess.run(arguments, cwd=folder, env=os.environ, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_each_program_is_run():
    assert README.count("```python") == len(PROGRAMS) == 5


def test_programs(client, tmp_path):
    assert run("quickstart", tmp_path).startswith("-----BEGIN PUBLIC KEY-----\n")
    assert run("errors", tmp_path).startswith("6 None None scwkms:name=no-such-key ")
    assert run("asyncio", tmp_path) == "20 signatures\n"
    (tmp_path / "ca.pem").write_text(run("certificate", tmp_path))
    subprocess.run(["openssl", "verify", "-CAfile", "ca.pem", "ca.pem"], cwd=tmp_path, check=True, capture_output=True)
    assert run("envelope", tmp_path) == ""
    assert [key.algorithm for key in client.find_keys(name="files")] == [scwkms.Algorithm.AES_256_GCM]
