"""scripts/dist/release in small repositories, with stubs of make dist-check and of the Go modules' tags. The commands of
docs/releasing.md sign and verify."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs  # noqa: E402
from harness.build import run_tool  # noqa: E402
from harness.results import Results, expect  # noqa: E402

COPIED = ["Cargo.toml", "Cargo.lock", "fuzz/Cargo.lock", "python/src/scwkms/_version.py", "docs/releasing.md", "scripts/check",
          "packaging/pytest-scwkms-emulator/pytest_scwkms_emulator.py", "scripts/dist/release", "scripts/dist/version",
          "scripts/dist/clean-tree"]
STUBS = {
    "Makefile": "dist-check:\n\tmkdir -p dist/go/tree/go && touch dist/go/tree/go/go.mod && echo content > dist/scwkms.tar.gz\n"
                "\tcd dist && sha256sum scwkms.tar.gz > SHA256SUMS\n",
    "scripts/dist/go-tags": '#!/bin/sh\ngit tag "go/v$2" && echo "go/v$2"\n',
    ".gitignore": "/dist/\n",
}
CHANGELOG = """\
# Changelog

## [Unreleased]

## [{version}] - {date}

### Added

- Text.

[Unreleased]: https://example.com
[{version}]: https://example.com
"""
IDENTITY = {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ENVIRONMENT = {**{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MAKE", "MFLAGS"))},
               **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Repository:
    """A repository that is ready for a release, with changed files: text, or None for a file to remove."""

    def __init__(self, folder, changes=None):
        self.root = tempfile.mkdtemp(dir=folder)
        for name in COPIED:
            source, to = os.path.join(needs.ROOT, name), os.path.join(self.root, name)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            (shutil.copytree if os.path.isdir(source) else shutil.copy)(source, to)
        self.version = run_tool([os.path.join(self.root, "scripts/dist/version")]).strip()
        changelog = CHANGELOG.format(version=self.version, date=date.today())
        self.write({**STUBS, "CHANGELOG.md": changelog, **(changes or {})})
        for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "release"]):
            self.git(*command)

    def write(self, files):
        for name, text in files.items():
            path = os.path.join(self.root, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o755)

    def git(self, *arguments):
        return run_tool(["git", *arguments], cwd=self.root, env=ENVIRONMENT)

    def release(self, status):
        done = subprocess.run([os.path.join(self.root, "scripts/dist/release")], env=ENVIRONMENT, capture_output=True, text=True)
        output = done.stdout + done.stderr
        expect(done.returncode == status, f"exit status {done.returncode}\n{output}")
        return output

    def fails(self, part, tags=""):
        output = self.release(1)
        expect(part in output, f"{part!r} is not in: {output}")
        expect(self.git("tag").strip() == tags, "a tag was created")


def creates_tags(folder):
    """Returns the repository. Its output contains all commands, with the version and the tags."""
    repository = Repository(folder)
    output = repository.release(0)
    tags = [f"go/v{repository.version}", f"v{repository.version}"]
    expect(repository.git("tag").split() == tags, repository.git("tag"))
    expect(repository.git("rev-parse", f"v{repository.version}^{{}}") == repository.git("rev-parse", "HEAD"), "another commit")
    expect(f"git push origin main v{repository.version} go/v{repository.version}\n" in output, output)
    commands = re.findall(r"^  (git|gh|cargo|python3|minisign|make) ", output, re.M)
    expect(len(commands) == 6 and "VERSION" not in output.replace("--version", ""), output)
    repository.fails("these tags exist", "\n".join(tags))
    return repository


def rejects_mistakes(folder):
    repository = Repository(folder)
    repository.write({"new.txt": ""})
    repository.fails("new.txt")
    unreleased = CHANGELOG.format(version="0.0.1", date=date.today())
    Repository(folder, {"CHANGELOG.md": unreleased}).fails(f"no section [{repository.version}]")
    Repository(folder, {"python/src/scwkms/_version.py": '\n__version__ = "0.0.1"\n'}).fails("_version.py: 0.0.1")


def rejects_builds(folder):
    """A build that fails, whose bytes differ, that changes a file, or that is not complete."""
    for makefile, part in [("dist-check:\n\techo files differ; exit 1\n", "files differ"),
                           ("dist-check:\n\techo >> Cargo.lock\n", "Cargo.lock"),
                           ("dist-check:\n", "dist/go/tree is missing")]:
        repository = Repository(folder, {"Makefile": makefile})
        output = repository.release(2 if "exit 1" in makefile else 1)
        expect(part in output and not repository.git("tag"), output)


def signs(repository):
    """The commands of the document sign the list of digests, and find a changed file and a changed list."""
    key, public = os.path.join(repository.root, "key"), os.path.join(repository.root, "dist/scwkms.pub")
    run_tool([needs.program("minisign"), "-G", "-W", "-s", key, "-p", public])
    env = {**ENVIRONMENT, "SCWKMS_SIGNING_KEY": key}
    documents.shell(documents.block("docs/releasing.md", "sign"), repository.root, env)
    verify = documents.block("docs/releasing.md", "verify")
    dist = os.path.join(repository.root, "dist")
    output = documents.shell(verify, dist, env)
    expect(f"Trusted comment: scwkms {repository.version}" in output and "scwkms.tar.gz: OK" in output, output)
    for name in ("scwkms.tar.gz", "SHA256SUMS"):
        with open(os.path.join(dist, name), "a", encoding="utf-8") as file:
            file.write("more\n")
        done = subprocess.run(["bash", "-euc", verify], cwd=dist, env=env, capture_output=True)
        expect(done.returncode != 0, f"a changed {name} was accepted")


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder:
        repository = results.case("a release creates tags and prints the commands", creates_tags, folder)
        if repository:
            results.case("the documented commands sign and verify", signs, repository)
        results.case("mistakes are found before the build", rejects_mistakes, folder)
        results.case("builds that fail are rejected", rejects_builds, folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
