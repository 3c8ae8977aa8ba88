"""The tracked source files, and their code without comments and the contents of strings."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LANGUAGES = {".rs": "rust", ".go": "go", ".c": "c", ".h": "c", ".cpp": "c", ".hpp": "c", ".py": "python"}

COMMENT = r"//[^\n]*|/\*.*?\*/"
QUOTED = r'"(?:\\.|[^"\\\n])*"'
# Comments and literals, in the order in which they are tried.
LITERALS = {
    "rust": rf"""{COMMENT}|\bb?r(?P<hashes>\#*)".*?"(?P=hashes)|"(?:\\.|[^"\\])*"|'(?:\\[^u]|\\u\{{\w+\}}|\\x\w\w|[^\\'\n])'""",
    "go": rf"{COMMENT}|`[^`]*`|{QUOTED}|'(?:\\.|[^'\\\n])+'",
    "c": rf'{COMMENT}|\bR"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|{QUOTED}|(?<!\w)\'(?:\\.|[^\'\\\n])+\'',
    "python": rf'''\#[^\n]*|"""(?:\\.|.)*?"""|{QUOTED}|'(?:\\.|[^'\\\n])*\'''',
}
LITERALS = {language: re.compile(pattern, re.DOTALL) for language, pattern in LITERALS.items()}


def tracked(*patterns):
    """The tracked files that match git's patterns, as paths relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True)
    paths = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]


def language_of(path):
    """The language of a file, from its name or its first line, or None."""
    if path.suffix:
        return LANGUAGES.get(path.suffix)
    with open(ROOT / path, "rb") as file:
        first = file.readline()
    return "python" if first.startswith(b"#!") and b"python" in first else None


def code(path, literal=" "):
    """The code of a file, with blanks in place of comments, and another character in place of literals.

    Line breaks stay, so line numbers stay right.
    """
    def replace(match):
        comment = match.group().startswith(("//", "/*", "#"))
        return re.sub(r"[^\n]", " " if comment else literal, match.group())

    return LITERALS[language_of(path)].sub(replace, (ROOT / path).read_text())


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def closing(text, position):
    """The position of the brace that closes the one at `position`."""
    depth = 0
    for found in re.compile(r"[{}]").finditer(text, position):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return found.start()
    raise ValueError(f"the brace in line {line_of(text, position)} is never closed")
