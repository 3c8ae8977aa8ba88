"""mypy and pyright check the package, and the programs of README.md as those of a user.

basedpyright is a distribution of pyright that downloads nothing when it runs.
"""

import pathlib
import subprocess
import sys

import pytest
from test_readme import PROGRAMS

PACKAGE = pathlib.Path(__file__).parents[1]
WRONG = 'import scwkms\nscwkms.Client().sign("key", "not bytes")\n'


def check(tool, *paths):
    options = {"mypy": ["--strict", "--cache-dir=/dev/null"], "basedpyright": ["--project", str(PACKAGE)]}[tool]
    return subprocess.run(
        [sys.executable, "-m", tool, *options, *paths], cwd=PACKAGE, capture_output=True, text=True
    )


def write(path, program):
    path.write_text(program)
    return str(path)


@pytest.mark.parametrize("tool", ["mypy", "basedpyright"])
def test_types(tool, tmp_path):
    # mypy wants a type of the result of each function, which an example need not have.
    typed = {name: program.replace("main():", "main() -> None:") for name, program in PROGRAMS.items()}
    programs = [write(tmp_path / f"program_{name}.py", program) for name, program in typed.items()]
    done = check(tool, "src/scwkms", *programs)
    assert done.returncode == 0, done.stdout + done.stderr
    done = check(tool, write(tmp_path / "wrong.py", WRONG))
    assert done.returncode == 1 and "sign" in done.stdout, done.stdout + done.stderr
