"""A Go module of a user, with a module cache of its own. Its commands find neither cargo nor rustc, and only the modules of
the release and of this machine's module cache."""

import functools
import json
import os
import platform
import shutil
import subprocess
import tempfile

from harness import needs, openssl
from harness.build import run_tool
from harness.execute import Runner, environment
from harness.results import expect

from release import MODULE

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(os.path.dirname(HERE), "install", "program", "main.go")
TOOLS = ["go", "gcc", "cc", "as", "ld", "pkg-config", "git", "sh", "sed", "cp", "chmod", "mktemp", "rm", "mkdir", "cat",
         "dirname", "grep", "musl-gcc", f"{platform.machine()}-linux-gnu-gcc"]
ALGORITHM = "ec_p256_sha256"
DOCUMENT = b"document"


@functools.cache
def go_env(name):
    return run_tool([needs.program("go", "golang-go"), "env", name], cwd="/").strip()


def tools(folder):
    """A folder with the tools of a user: the go command and a C compiler."""
    path = os.path.join(folder, "bin")
    os.makedirs(path, exist_ok=True)
    for name in TOOLS:
        link = os.path.join(path, name)
        if shutil.which(name) and not os.path.exists(link):
            os.symlink(shutil.which(name), link)
    return path


def remove_cache(path):
    """The folders of a module cache are read-only."""
    if os.path.exists(path):
        run_tool(["chmod", "-R", "u+w", path])
        shutil.rmtree(path)


def download(folder, *arguments):
    """Makes sure that the modules of a go.mod of this repository are in the module cache of this machine."""
    folder = os.path.join(needs.ROOT, folder)
    # `go mod download all` adds to go.sum, so it gets a copy.
    with tempfile.TemporaryDirectory() as copies:
        for name in ("go.mod", "go.sum"):
            shutil.copy(os.path.join(folder, name), copies)
        env = dict(os.environ, GOFLAGS=f"-modfile={copies}/go.mod")
        run_tool([needs.program("go", "golang-go"), "mod", "download", *arguments], cwd=folder, env=env)


class UserModule:
    def __init__(self, folder, release, cache=None):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.cache = cache or os.path.join(self.folder, "cache")
        self.path = os.path.join(self.folder, "module")
        os.mkdir(self.path)
        proxies = [f"file://{release}/proxy", f"file://{go_env('GOMODCACHE')}/cache/download", "off"]
        self.env = {
            "PATH": tools(folder), "HOME": self.folder, "GOENV": "off", "GOWORK": "off", "GOTOOLCHAIN": "local",
            "GOCACHE": go_env("GOCACHE"), "GOMODCACHE": self.cache, "GOPROXY": ",".join(proxies), "GOSUMDB": "off",
            "GOFLAGS": "", "CGO_ENABLED": "1",
        }
        for tool in ("cargo", "rustc"):
            expect(shutil.which(tool, path=self.env["PATH"]) is None, f"{tool} is on the PATH")

    def run(self, *command, **variables):
        return run_tool(list(command), cwd=self.path, env={**self.env, **variables})

    def go(self, *arguments, **variables):
        return self.run("go", *arguments, **variables)

    def source(self, module, version):
        """The folder of a module's sources."""
        return json.loads(self.go("mod", "download", "-json", f"{module}@{version}"))["Dir"]

    def errors(self, *arguments, **variables):
        """The messages of the C compiler in a go command that fails."""
        done = subprocess.run(["go", *arguments], cwd=self.path, env={**self.env, **variables}, capture_output=True,
                              text=True)
        expect(done.returncode != 0, f"go {' '.join(arguments)} succeeds")
        messages = [line.split("error: #error ", 1)[1] for line in done.stderr.splitlines() if "error: #error " in line]
        expect(len(messages) == 1 and done.stderr.count("error:") == 1, done.stderr)
        return messages[0]

    def get(self):
        """An empty module in which the release is added with one command."""
        self.go("mod", "init", "example.com/program")
        shutil.copy(PROGRAM, self.path)
        self.go("get", MODULE)
        return self

    def build(self, *arguments, **variables):
        """Builds the program, and returns its path."""
        self.go("build", *arguments, "-o", "program", ".", **variables)
        return os.path.join(self.path, "program")


class Signer:
    """Runs programs that sign with a key in the emulator."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.key = emulator.create_key(ALGORITHM)

    def check(self, program, *prefix):
        """The program, or the one that runs it, prints a signature that OpenSSL accepts."""
        signature, errors = Runner.plain.run(*prefix, program, self.emulator.uri(), self.key, data=DOCUMENT,
                                             env=environment())
        expect(not errors, errors)
        public_key = openssl.spki_der(self.emulator.public_pem(self.key))
        openssl.verify(ALGORITHM, public_key, openssl.digest(ALGORITHM, DOCUMENT), signature)
