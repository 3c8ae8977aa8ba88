"""The checks of the documents find what they look for, and the recording shows the output of a command."""

import subprocess
import tempfile
import unittest
from pathlib import Path

DOCS = Path(__file__).resolve().parent


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, files):
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)

    def expect(self, result, code, *parts):
        self.assertEqual((result[0], [part for part in parts if part not in result[1]]), (code, []), result[1])


class Links(Folder):
    def check(self, text, code, *parts):
        self.write({"index.html": text, "a/b.html": '<h1 id="x%3Cy">b</h1>', "a/index.html": ""})
        self.expect(run(DOCS / "check-links", self.folder), code, *parts)

    def test_valid(self):
        self.check('<a href="a/b.html#x%3Cy">b</a><a href="a/#">a</a><a href="https://example.com/x">c</a>', 0, "0 dead")
        self.assertEqual((self.folder / "external-links.txt").read_text(), "https://example.com/x index.html\n")

    def test_dead(self):
        for link in ("c.html", "a/b.html#z", "../other.html", "#z", "a/c.png"):
            self.check(f'<a href="{link}">x</a>', 1, f"index.html: the link {link} is dead", "1 dead")


class Book(Folder):
    def book(self, files, code, *parts):
        copy = self.folder / "scripts/docs/book-sources"
        self.write({"scripts/docs/book-sources": (DOCS / "book-sources").read_text(),
                    "docs/site/SUMMARY.md": "[Start](README.md)\n- [A](docs/a.md)\n", "README.md": "", "src/x.rs": "", **files})
        copy.chmod(0o755)
        self.expect(run(copy, self.folder / "out"), code, *parts)

    def test_links(self):
        self.write({"docs/p.svg": "<svg/>"})
        self.book({"docs/a.md": "[r](../README.md#x) [s](../src/x.rs#L1) ![p](p.svg) `[c](none)` [w](https://example.com)"}, 0)
        text = (self.folder / "out/docs/a.md").read_text()
        self.assertEqual(text, "[r](../index.html#x) [s](https://github.com/scwkms/scwkms/blob/main/src/x.rs#L1) "
                               "![p](p.svg) `[c](none)` [w](https://example.com)")
        self.assertTrue((self.folder / "out/docs/p.svg").exists())

    def test_problems(self):
        self.book({"docs/a.md": "[x](none.md)"}, 1, "docs/a.md: the link none.md is dead")
        self.book({"docs/a.md": "", "docs/b.md": ""}, 1, "SUMMARY.md does not name docs/b.md")
        (self.folder / "docs/a.md").unlink()
        (self.folder / "docs/b.md").unlink()
        self.book({}, 1, "SUMMARY.md names docs/a.md, which does not exist")


class Recording(Folder):
    def test_picture(self):
        picture = self.folder / "a.svg"
        self.expect(run(DOCS / "record", picture, "make demo", "printf", "==> a < b\\nc\\n"), 0)
        text = picture.read_text()
        for part in ("$ make demo", "==&gt; a &lt; b</text>", ">c</text>", "</svg>"):
            self.assertIn(part, text)

    def test_failure(self):
        self.expect(run(DOCS / "record", self.folder / "a.svg", "x", "sh", "-c", "echo text; exit 3"), 1, "status 3", "text")
        self.assertFalse((self.folder / "a.svg").exists())


if __name__ == "__main__":
    unittest.main()
