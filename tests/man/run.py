"""Generates the manual pages, checks their syntax, and compares them with the header, the README and the emulator's help."""

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs  # noqa: E402
from harness.build import run_tool  # noqa: E402
from harness.results import Results, expect  # noqa: E402

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "SCWKMS_COMMAND": needs.command()}


def read(path):
    with open(os.path.join(needs.ROOT, path), encoding="utf-8") as file:
        return file.read()


def generated(folder):
    """Writes the pages, twice, and returns their paths."""
    script = os.path.join(needs.ROOT, "scripts/build/man-pages")
    for _ in range(2):
        run_tool([script, folder], env=ENVIRONMENT)
    pages = sorted(glob.glob(f"{folder}/man[13]/*"))
    names = {os.path.basename(page) for page in pages}
    expect({"scwkms.1", "scwkms-sign.1", "scwkms-emulator.1", "scwkms.3"} <= names, names)
    return pages


def silent(command):
    """Runs a program that reports problems of a page."""
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode == 0, done.stderr, done.stdout


def has_valid_syntax(pages):
    ok, _, reported = silent([needs.program("mandoc"), "-Tlint", "-Wwarning", *pages])
    expect(ok and not reported, reported)
    for page in pages:
        ok, reported, text = silent([needs.program("man", "man-db"), "--warnings", "--local-file", page])
        expect(ok and not reported, f"{page}: {reported}")
        expect("NAME" in text and "SYNOPSIS" in text, page)


def text_of(folder, page):
    return run_tool([needs.program("mandoc"), "-Tutf8", "-Owidth=200", os.path.join(folder, page)], env=ENVIRONMENT)


def plain(text):
    """Without the overstriking that shows bold and underlined characters."""
    return re.sub(".\b", "", text)


def names_each_function(folder):
    page = plain(text_of(folder, "man3/scwkms.3"))
    header = read("include/scwkms.h")
    functions = set(re.findall(r"^\w[^\n#]*?\b(scwkms_\w+)\(", header, re.M))
    expect(len(functions) > 100, f"only {len(functions)} functions")
    missing = [name for name in functions
               if f"{name}(" not in page and f"{name.removesuffix('_async')}(" not in page]
    expect(not missing, f"missing: {missing}")
    codes = re.findall(r"#define (SCWKMS_ERROR_\w+) (\d+)", header)
    expect(codes and all(f"{name} ({number})" in page for name, number in codes), "an error code is missing")


def names_each_variable(folder):
    page = plain(text_of(folder, "man3/scwkms.3"))
    rows = [line.split("|") for line in read("docs/reference.md").splitlines() if line.startswith("| ")]
    variables = {name for row in rows if len(row) > 4 for name in re.findall(r"`((?:SCW|SCWKMS|\w+_PROXY)\w*)`", row[2])}
    expect(len(variables) > 10, variables)
    expect(all(name in page for name in variables), [name for name in variables if name not in page])


def shows_the_program(folder):
    """The rendered example is README's program, character by character."""
    page = plain(text_of(folder, "man3/scwkms.3"))
    shown = re.search(r"^( *)#include <scwkms\.h>\n\1#include <stdio\.h>\n.*?^\1}\n", page, re.M | re.S)
    expect(shown, "no example")
    lines = [line.removeprefix(shown.group(1)) for line in shown.group().splitlines()]
    expect(lines == documents.block("README.md", "c", "c").splitlines(), shown.group())


def has_each_option_of_the_emulator(folder):
    options = re.findall(r"--[a-z-]+", run_tool([needs.emulator(), "--help"]).split("Options:")[1])
    page = plain(text_of(folder, "man1/scwkms-emulator.1")).split("DESCRIPTION")[1]
    described = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", page, re.M)
    expect(sorted(described) == sorted(options), f"{sorted(described)} and {sorted(options)}")


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        pages = results.case("the pages are generated", generated, folder)
        if pages:
            results.case("their syntax is valid", has_valid_syntax, pages)
            results.case("scwkms(3) names each function and each error code", names_each_function, folder)
            results.case("scwkms(3) names each environment variable", names_each_variable, folder)
            results.case("scwkms(3) shows README's program", shows_the_program, folder)
            results.case("scwkms-emulator(1) describes each option", has_each_option_of_the_emulator, folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
