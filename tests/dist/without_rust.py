"""A PATH on which no tool of Rust can be found."""

import os
import shutil

from harness.results import expect

RUST = ("cargo", "rust", "clippy")


def without_rust(folder):
    """Replaces PATH by a folder with links to all other programs."""
    programs = os.path.join(folder, "programs")
    os.mkdir(programs)
    for path in os.environ["PATH"].split(os.pathsep):
        for name in os.listdir(path) if os.path.isdir(path) else []:
            link = os.path.join(programs, name)
            if not name.startswith(RUST) and not os.path.lexists(link):
                os.symlink(os.path.abspath(os.path.join(path, name)), link)
    os.environ["PATH"] = programs
    for name in ("CARGO", "RUSTC", "CARGO_HOME", "RUSTUP_HOME"):
        os.environ.pop(name, None)
    expect(not shutil.which("cargo") and not shutil.which("rustc"), "Rust can still be found")
