"""Counts what passed and failed, shows failures in full, and closes with one line."""

import time
import traceback


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def case(self, name, function, *arguments):
        """Runs one case: it passes unless it raises. Returns what the function returned, None if it failed."""
        start = time.monotonic()
        try:
            result = function(*arguments)
        except Exception as error:
            self.failed += 1
            print(f"FAIL {name}", flush=True)
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = str(error) or type(error).__name__
            for line in [f"{where.filename}:{where.lineno}: {where.line}", *text.splitlines()]:
                print(f"     {line}", flush=True)
            return None
        self.passed += 1
        print(f"ok   {name} ({time.monotonic() - start:.1f} s)", flush=True)
        return result

    def close(self):
        """Prints the closing line and returns the exit status. A suite that ran nothing has failed."""
        if self.passed == 0 and self.failed == 0:
            self.failed = 1
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def expect(condition, message):
    """An assertion that stays on under `python3 -O`."""
    if not condition:
        raise AssertionError(message)
