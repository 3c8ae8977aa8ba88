"""Waits for an event by asking for it, with a time limit that only a defect reaches."""

import asyncio
import os
import time

LIMIT = 60  # seconds
# Longer than any deadline: a response that never comes.
NEVER = {"kind": "delay", "milliseconds": 600_000, "times": 20}


def until(condition):
    """Returns when the condition holds. Each question about the emulator is a request, so the processor is not busy."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "the event did not happen"
        os.sched_yield()


async def until_async(condition):
    """As until(), while the event loop runs."""
    deadline = time.monotonic() + LIMIT
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, "the event did not happen"


def in_flight(client):
    """The number of operations of a client for asyncio whose results were not taken."""
    return sum(len(channel._operations) for channel in client._completions._channels)


def open_files():
    return len(os.listdir("/proc/self/fd"))


def threads():
    return len(os.listdir("/proc/self/task"))
