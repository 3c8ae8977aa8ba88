"""Runs the built programs, plainly, under valgrind or with the sanitizer that they are built with, in an environment
without this machine's own settings."""

import os
import subprocess
import tempfile

from . import needs, sanitizer
from .tally import expect

MEMORY_ERROR = 99  # valgrind's exit status when it found an error
LIMIT = 300  # seconds


def valgrind():
    """What is "possibly lost" is no leak here: Rust often holds memory by a pointer to its middle, and the library's
    thread, with all that it works on, lives until the program exits."""
    return [
        needs.program("valgrind"), "--quiet", f"--error-exitcode={MEMORY_ERROR}", "--leak-check=full",
        "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect",
    ]


def set_up():
    """Fails at once where a way of running programs has no tool."""
    for way in WAYS:
        way.command("", [])


def environment(**extra):
    """Only what a program needs to start: no SCW_ variable, no configuration file, no proxy."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **extra}


class Way:
    """How a program is run: `Way.plain` or `Way.memcheck`."""

    def __init__(self, name, prefix=list, env=None, is_slow=False):
        self.name = name
        self.is_slow = is_slow
        self._prefix = prefix
        self._env = env or {}

    def command(self, program, arguments):
        return [*self._prefix(), program, *arguments]

    def run(self, program, *arguments, data=b"", env=None, status=0):
        """Runs to the end; the exit status must be `status`. Returns (stdout, stderr)."""
        done = subprocess.run(self.command(program, arguments), input=data, capture_output=True,
                              env={**(env or environment()), **self._env}, timeout=LIMIT)
        text = done.stderr.decode(errors="replace")
        said = f"{done.stdout[-2000:].decode(errors='replace')}{text[-8000:]}"
        expect(done.returncode == status, f"exit status {done.returncode}, not {status}\n{said}")
        return done.stdout, text

    def converse(self, program, *arguments, env=None):
        return Conversation(self.command(program, arguments), {**(env or environment()), **self._env})


class Conversation:
    """A running program that is told and asked things line by line; leaving the `with` block checks its exit."""

    def __init__(self, command, env):
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                         env=env, text=True, bufsize=1)

    def _stderr(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-8000:]

    def hear(self):
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait(timeout=LIMIT)
            expect(False, f"the program ended early, exit status {status}\n{self._stderr()}")
        return line.rstrip("\n")

    def tell(self, line):
        self._process.stdin.write(line + "\n")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self._process.stdin.close()
            status = self._process.wait(timeout=LIMIT)
            said = self._stderr()
        else:
            self._process.kill()
            self._process.wait()
            status, said = 0, ""
        self._process.stdout.close()
        self._errors.close()
        expect(status == 0, f"exit status {status}\n{said}")


def valgrind_without_leaks():
    return [*valgrind(), "--leak-check=no"]


# Of the children of fork() no leaks are asked: what the parent's other threads hold cannot be reached there, and is none.
if sanitizer.NAME:
    Way.plain = Way(f"{sanitizer.NAME} sanitizer", env=sanitizer.environment(), is_slow=True)
    WAYS = (Way.plain,)
    FORKING_WAYS = (Way(f"{sanitizer.NAME} sanitizer, no leaks", env=sanitizer.environment(detect_leaks=0)),)
else:
    Way.plain = Way("plain")
    Way.memcheck = Way("valgrind", valgrind, is_slow=True)
    WAYS = (Way.plain, Way.memcheck)
    FORKING_WAYS = (Way.plain, Way("valgrind, no leaks", valgrind_without_leaks))
