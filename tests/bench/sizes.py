"""The sizes of the library and of programs that are linked with it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from programs import ROOT
from summary import entry

CASE = "Sizes"

# The shared libraries that every C program loads.
LIBC = re.compile(r"linux-vdso|ld-linux|libc\.so|libm\.so|libdl\.so|libpthread\.so")


def run(library, bin_dir, e2e_bin, say):
    say("sizes")
    found = [entry(CASE, "static_library", "bytes", [os.path.getsize(library)])]
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / "sign"
        source = Path(folder) / "sign.c"
        source.write_text(readme_example())
        subprocess.run(["cc", source, "-o", example, f"-I{ROOT / 'include'}", library], check=True)
        curl = stripped(Path(bin_dir) / "c-libcurl", folder)
        found.append(entry(CASE, "stripped_c_program", "bytes", [stripped(example, folder)],
                           [curl + loaded(Path(bin_dir) / "c-libcurl")],
                           "c-libcurl with its shared libraries except libc"))
        with_it, without = Path(e2e_bin) / "step-ca", Path(e2e_bin) / "step-ca-noscwkms"
        if with_it.exists() and without.exists():
            sizes = stripped(with_it, folder), stripped(without, folder)
            found.append(entry(CASE, "stripped_step_ca", "bytes", [sizes[0]], [sizes[1]], "step-ca without scwkms"))
            found.append(entry(CASE, "added_to_step_ca", "bytes", [sizes[0] - sizes[1]]))
        else:
            say("the sizes of step-ca are left out: tests/e2e/build.sh step-ca step-ca-noscwkms builds it")
    return found


def readme_example():
    """Returns the README's C program."""
    return re.search(r"<!-- run: c -->\n```c\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL).group(1)


def stripped(program, folder):
    copy = Path(folder) / "stripped"
    subprocess.run(["strip", "-o", copy, program], check=True)
    return os.path.getsize(copy)


def loaded(program):
    text = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    libraries = [line for line in text.splitlines() if "=>" in line and not LIBC.search(line)]
    return sum(os.path.getsize(line.split("=>")[1].split()[0]) for line in libraries)
