"""Each check finds what it looks for: a copy of the checks runs in small repositories with one defect each."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CHECKS = Path(__file__).resolve().parent


class Checks(unittest.TestCase):
    def check(self, name, files, code, message=""):
        """Runs a check in a repository with these files, and expects an exit code and a message."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(CHECKS, Path(folder, "scripts/check"), ignore=shutil.ignore_patterns("__pycache__"))
            for path, content in files.items():
                Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, path).write_text(content)
            for command in (["init", "-q"], ["add", "--all", "--", *files]):
                subprocess.run(["git", *command], cwd=folder, check=True)
            done = subprocess.run([Path(folder, "scripts/check", name)], capture_output=True, text=True)
        output = done.stdout + done.stderr
        self.assertEqual((done.returncode, message in output), (code, True), output)

    def test_unsafe_and_cgo(self):
        self.check("unsafe-and-cgo", {"src/fork.rs": "unsafe {}", "go/internal/capi/a.go": 'import "C"\n'}, 0)
        self.check("unsafe-and-cgo", {"src/uri.rs": "unsafe {}"}, 1, "src/uri.rs:1")
        self.check("unsafe-and-cgo", {"go/a.go": 'import "C"\n'}, 1, "go/a.go:1")

    def test_file_lengths(self):
        self.check("file-lengths", {"a.md": "x\n" * 450, "include/scwkms.h": "x\n" * 451}, 0)
        self.check("file-lengths", {"a.md": "x\n" * 451}, 1, "a.md has 451 lines")

    def test_function_lengths(self):
        small, long = "fn f(a: [u8; 2]) {\n    // A comment.\n\n    g(\"{\");\n}\n", "fn f() {\n" + "    g();\n" * 30 + "}\n"
        self.check("function-lengths", {"a.rs": small * 10}, 0, "10 functions, median 1 lines, 90th percentile 1 lines")
        self.check("function-lengths", {"a.rs": long}, 1, "median 30 lines")
        self.check("function-lengths", {"a.rs": small * 8 + long * 2}, 1, "90th percentile 30 lines")

    def test_function_lengths_of_each_language(self):
        sources = {
            "a.go": "package a\n\nfunc (t T) F() map[string]struct{} {\n\tx()\n\treturn `}\n`\n}\n\nvar x = func() {}\n",
            "a.c": "static int table[] = {1};\nstruct s {\n  int a;\n};\nint f(\n    struct s *s) {\n  g('}');\n\n  /* } */\n"
                   "  if (s)\n    return 1;\n}\n",
            "a.cpp": "namespace n {\nclass C {\n public:\n  C() : a_{1} {\n    f();\n    g();\n    h();\n  }\n  int a_;\n};\n}\n",
            "a.py": "@d\ndef f(\n        x):\n    \"\"\"Text.\"\"\"\n    # Text.\n    a = \"\"\"\n\"\"\"\n    return a\n",
        }
        for path, text in sources.items():
            self.check("function-lengths", {path: text}, 0, "1 functions, median 3 lines, 90th percentile 3 lines")

    def test_import_cycles(self):
        root = "mod error;\nmod uri;\nmod transport;\n"
        files = {"src/lib.rs": root, "src/error.rs": "struct E;", "src/transport.rs": "use crate::uri::Uri;",
                 "src/uri/mod.rs": "mod a;\nmod b;\npub(crate) use a::Uri;",
                 "src/uri/a.rs": "use crate::error::E;\nstruct Uri;\n#[cfg(test)]\nmod tests { use super::super::b; }",
                 "src/uri/b.rs": "use super::Uri;\nfn f() {}"}
        self.check("import-cycles", files, 0)
        self.check("import-cycles", files | {"src/uri/a.rs": "struct Uri;\nfn g() { super::b::f() }"}, 1,
                   "src/uri/b.rs:1: super::Uri  (src/uri/a.rs)")
        self.check("import-cycles", files | {"src/error.rs": "use crate::{uri::Uri as U};"}, 1,
                   "src/error.rs:1: crate::uri::Uri is in a higher layer")
        self.check("import-cycles", files | {"src/lib.rs": root + "mod other;", "src/other.rs": ""}, 1, "src/other")

    def test_terminology(self):
        self.check("terminology", {"src/a.rs": "// We offer a place; it is never too late.\nfn f(on: Place) {}"}, 0)
        for path, text, message in (("src/lane.rs", "", "the file's name"), ("src/a.rs", "struct Answer;", "Response"),
                                    ("go/a.go", "func f() { underWay() }", "inFlight"),
                                    ("src/a.rs", "const LONGEST_NAME: u8 = 1;", "MAX"),
                                    ("src/a.rs", "enum On {}", "ConnectionKind"),
                                    ("docs/a.md", "See `Lane`.", "DirectConnection"),
                                    ("tests/a.c", "/* It is under\n * way. */", "in flight")):
            self.check("terminology", {path: text}, 1, message)

    def test_security_claims(self):
        claims = "`a.c`: `main`\n" * 20
        self.check("security-claims", {"SECURITY.md": claims, "a.c": "int main"}, 0)
        self.check("security-claims", {"SECURITY.md": claims, "a.c": ""}, 1, 'a.c does not contain "main"')
        self.check("security-claims", {"SECURITY.md": "`a.c`: `main`\n", "a.c": "int main"}, 1, "only 1 tests")

    def test_version(self):
        lock = '[[package]]\nname = "scwkms-command"\nversion = "1.2.3"\n\n[[package]]\nname = "scwkms"\nversion = "1.2.3"\n'
        python = '"""Text."""\n\n__version__ = "1.2.3"\n'
        files = {"Cargo.toml": '[package]\nversion = "9"\n\n[workspace.package]\nversion = "1.2.3"\n', "Cargo.lock": lock,
                 "fuzz/Cargo.lock": lock, "python/src/scwkms/_version.py": python,
                 "packaging/pytest-scwkms-emulator/pytest_scwkms_emulator.py": python}
        self.check("version", files, 0)
        self.check("version", files | {"python/src/scwkms/_version.py": python.replace("3", "4")}, 1,
                   "_version.py: 1.2.4; Cargo.toml has 1.2.3")
        self.check("version", files | {"Cargo.lock": lock.replace('"1.2.3"', '"1.2"', 1)}, 1, "Cargo.lock: 1.2, 1.2.3;")
        self.check("version", files | {"fuzz/Cargo.lock": "\n"}, 1, "fuzz/Cargo.lock: no version")

    def test_tools(self):
        files = {"a/requirements.txt": "# Text.\npytest==9.2.0\n", "Makefile": "X := $(TOOLS)/installed/mdbook@0.5\n",
                 "docs/supply-chain.md": "| pytest, mdbook |\n"}
        self.check("tools", files, 0)
        self.check("tools", files | {"a/requirements.txt": "pytest>=9\n"}, 1, "pytest>=9 has no fixed version")
        self.check("tools", files | {"docs/supply-chain.md": "| pytest-x, mdbook |"}, 1, "does not name pytest, which a/")
        self.check("tools", files | {"docs/supply-chain.md": "| pytest |"}, 1, "does not name mdbook, which Makefile")

    def test_changelog(self):
        text = ("# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-02\n\n### Added\n\n- A thing.\n\n"
                "[Unreleased]: https://a\n[1.0.0]: https://b\n")
        self.check("changelog", {"CHANGELOG.md": text}, 0)
        for old, new, message in (("[Unreleased]\n", "Unreleased\n", "the first section"), ("2026-01-02", "2026-13-02", "date"),
                                  ("2026-01-02", "9999-01-01", "future"), ("### Added", "### New", "### New is none of"),
                                  ("[1.0.0]: ", "[1.0.1]: ", "[1.0.0] has no link")):
            self.check("changelog", {"CHANGELOG.md": text.replace(old, new)}, 1, message)


if __name__ == "__main__":
    unittest.main()
