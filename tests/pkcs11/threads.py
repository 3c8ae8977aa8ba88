"""Threads that call the functions of the module at the same time. ThreadSanitizer runs this too: tests/sanitizers/run."""

from c_program import build, verify
from harness.execute import Runner
from harness.results import expect

THREADS = 8


def behave(token):
    token.configure(read_only="false", protect="false")
    output, errors = Runner.plain.run(build(token, "threads"), token.module, env=token.env)
    lines = output.decode().splitlines()
    expect(len(set(lines)) == THREADS and not errors, f"{lines}{errors}")
    for line in lines:
        verify(token, "ec-key", line)


def run(results, token):
    results.case("threads: each function", behave, token)
