"""Runs the built programs: directly, under valgrind, or with the sanitizer that they are built with. Their environment
has none of the settings of this machine."""

import os
import subprocess
import tempfile

from . import needs, sanitizer
from .results import expect

MEMORY_ERROR = 99  # valgrind's exit status when it found an error
LIMIT = 300  # seconds


def valgrind():
    """"Possibly lost" memory is not a leak here: Rust often holds memory by a pointer to its middle, and the library's
    thread may still be ending when the program exits."""
    return [
        needs.program("valgrind"), "--quiet", f"--error-exitcode={MEMORY_ERROR}", "--leak-check=full",
        "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect",
    ]


def valgrind_without_leaks():
    return [*valgrind(), "--leak-check=no"]


def set_up():
    """Fails at once where the tool of a runner is not installed."""
    for runner in RUNNERS:
        runner.command("", [])


def environment(**extra):
    """The variables that a program needs to start: no SCW_ variable, no configuration file, no proxy."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **extra}


class Runner:
    """How a program is run: `Runner.plain` or `Runner.memcheck`."""

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
        output = f"{done.stdout[-2000:].decode(errors='replace')}{text[-8000:]}"
        expect(done.returncode == status, f"exit status {done.returncode}, not {status}\n{output}")
        return done.stdout, text

    def start(self, program, *arguments, env=None):
        return InteractiveProgram(self.command(program, arguments), {**(env or environment()), **self._env})


class InteractiveProgram:
    """A running program with which a test exchanges lines. The end of the `with` block checks its exit status."""

    def __init__(self, command, env):
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                                         env=env, text=True, bufsize=1)

    def _stderr(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")[-8000:]

    def read_line(self):
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait(timeout=LIMIT)
            expect(False, f"the program ended early, exit status {status}\n{self._stderr()}")
        return line.rstrip("\n")

    def write_line(self, line):
        self._process.stdin.write(line + "\n")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status, output = self._end() if kind is None else self._kill()
        self._process.stdout.close()
        self._errors.close()
        expect(status == 0, f"exit status {status}\n{output}")

    def _end(self):
        self._process.stdin.close()
        return self._process.wait(timeout=LIMIT), self._stderr()

    def _kill(self):
        self._process.kill()
        self._process.wait()
        return 0, ""


# Children of fork() are not checked for leaks: they cannot reach the memory of the parent's other threads.
if sanitizer.NAME:
    Runner.plain = Runner(f"{sanitizer.NAME} sanitizer", env=sanitizer.environment(), is_slow=True)
    RUNNERS = (Runner.plain,)
    FORK_RUNNERS = (Runner(f"{sanitizer.NAME} sanitizer, no leaks", env=sanitizer.environment(detect_leaks=0)),)
else:
    Runner.plain = Runner("plain")
    Runner.memcheck = Runner("valgrind", valgrind, is_slow=True)
    RUNNERS = (Runner.plain, Runner.memcheck)
    FORK_RUNNERS = (Runner.plain, Runner("valgrind, no leaks", valgrind_without_leaks))
