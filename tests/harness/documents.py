"""Programs and commands of the documentation, and a folder in which the commands can be executed."""

import os
import re

from . import needs
from .build import library, run_tool
from .results import expect


def block(document, name, language="sh"):
    """The block of a document that follows the comment `run: NAME`."""
    with open(os.path.join(needs.ROOT, document), encoding="utf-8") as file:
        found = re.search(rf"<!-- run: {name} -->\n```{language}\n(.*?)```", file.read(), re.S)
    expect(found, f"{document} has no block {name}")
    return found.group(1)


def link_clone(folder):
    """Makes `folder` look like a clone in which `make` and `make emulator` have run."""
    for path, target in [("include", needs.include_dir()), ("target/release/libscwkms.a", library()),
                         ("target/shared", needs.shared_dir()), ("target/debug/scwkms-emulator", needs.emulator())]:
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        os.symlink(target, os.path.join(folder, path))


def shell(script, folder, env):
    """Executes commands, which must all succeed, and returns their output."""
    return run_tool(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=env)
