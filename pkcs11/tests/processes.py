"""Threads, fork, exit and unloading. Each case of a process runs in a process of its own: program.py."""

import os
import subprocess
import sys

from fixture import WRITABLE
from harness.results import expect

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.py")
LIMIT = 120  # seconds
# Each is a function of program.py.
SCENARIOS = ["no_threads_before_the_first_operation", "exit_without_finalization", "exit_with_a_session",
             "descriptors_are_closed", "unload", "fork_without_initialization", "fork_with_initialization",
             "fork_of_many_workers", "fork_while_others_sign", "threads_sign", "finalization_while_others_sign",
             "panics_are_not_printed"]


def run(fixture, scenario):
    """The scenario ends with status 0, and the module writes nothing to the standard streams."""
    environment = {**os.environ, **fixture.environment(WRITABLE), "PYTHONPATH": os.pathsep.join(sys.path)}
    fixture.clear_log()
    done = subprocess.run([sys.executable, PROGRAM, scenario], env=environment, capture_output=True, timeout=LIMIT,
                          text=True, check=False)
    expect(done.returncode == 0, f"status {done.returncode}: {done.stdout}{done.stderr}\n{fixture.read_log()[-3000:]}")
    expect(done.stdout == done.stderr == "", f"output: {done.stdout}{done.stderr}")


def case(scenario):
    def function(fixture, keys):
        run(fixture, scenario)

    function.__name__ = scenario
    return function


CASES = [case(scenario) for scenario in SCENARIOS]
