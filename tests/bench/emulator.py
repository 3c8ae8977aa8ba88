"""Starts the emulator for the benchmarks."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import harness.emulator  # noqa: E402


class Emulator(harness.emulator.Emulator):
    """An emulator with prepared responses, a latency, and a rate limit (0: none). `binary` is a release build."""

    def __init__(self, binary, latency_ms=0, rate_limit=0):
        super().__init__("--prepared", "--latency", str(latency_ms), "--rate-limit", str(rate_limit), binary=binary)
