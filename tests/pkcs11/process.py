"""Processes that use the module: they fork, unload it, or end, at any time. The module writes nothing to their streams."""

from c_program import build, verify
from harness.execute import Runner
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
    "no threads before use": 1,
}


def behaves(token, program, name, signatures):
    output, errors = Runner.plain.run(program, token.module, KEY, name, env=token.env)
    lines = output.decode().splitlines()
    expect(len(lines) == signatures and not errors, f"{lines}{errors}")
    expect(len(set(lines)) == signatures, f"equal signatures: {lines}")
    for line in lines:
        verify(token, KEY, line)


def run(results, token):
    program = results.case("processes: build", build, token, "process")
    for name, signatures in CASES.items():
        results.case(f"processes: {name}", behaves, token, program, name, signatures)
