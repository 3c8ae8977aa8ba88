"""Runs test cases, prints each result and the full text of each failure, and ends with a summary line."""

import time
import traceback


class Results:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def case(self, name, function, *arguments):
        """Runs one case: it passes unless it raises. Returns the function's result, or None if it failed."""
        start = time.monotonic()
        try:
            result = function(*arguments)
        except Exception as error:
            self._failure(name, error)
            return None
        self.passed += 1
        print(f"ok   {name} ({time.monotonic() - start:.1f} s)", flush=True)
        return result

    def _failure(self, name, error):
        self.failed += 1
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = str(error) or type(error).__name__
        print(f"FAIL {name}", flush=True)
        for line in [f"{where.filename}:{where.lineno}: {where.line}", *text.splitlines()]:
            print(f"     {line}", flush=True)

    def close(self):
        """Prints the summary line and returns the exit status. A suite without any case has failed."""
        if self.passed == 0 and self.failed == 0:
            self.failed = 1
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def expect(condition, message):
    """An assertion that `python3 -O` does not remove."""
    if not condition:
        raise AssertionError(message)
