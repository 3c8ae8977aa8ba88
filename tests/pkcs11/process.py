"""Processes that use the module: they fork, unload it, or end, at any time. The module writes nothing to their streams."""

from c_program import build, verify
from harness import sanitizer
from harness.execute import FORK_RUNNERS, Runner
from harness.results import expect

KEY = "ec-key"
# The number of signatures of each case.
CASES = {
    "fork after use": 5,
    "fork before use": 3,
    "fork without initialization": 2,
    "exit without finalization": 1,
    "exit while threads sign": 1,
    "finalize while threads sign": 2,
    "unload": 3,
    "unload without finalization": 1,
}
if sanitizer.NAME != "thread":  # which has a thread of its own
    CASES["no threads before use"] = 1


def behaves(token, program, name, signatures):
    runner = FORK_RUNNERS[0] if name.startswith("fork") else Runner.plain
    output, errors = runner.run(program, token.module, KEY, name, env=token.env)
    lines = output.decode().splitlines()
    expect(len(lines) == signatures and not errors, f"{lines}{errors}")
    expect(len(set(lines)) == signatures, f"equal signatures: {lines}")
    for line in lines:
        verify(token, KEY, line)


def run(results, token):
    program = results.case("processes: build", build, token, "process")
    for name, signatures in CASES.items():
        results.case(f"processes: {name}", behaves, token, program, name, signatures)
