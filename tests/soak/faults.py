"""What goes wrong while the soak runs: how often, and what may come of it."""

from dataclasses import dataclass, field

PLENTY = 1_000_000_000  # orders of a number, not for ever, since what is left of it tells how often the fault struck
SHARE_OF_FATAL = 0.1


@dataclass
class Fault:
    name: str
    operations: tuple
    body: dict
    share: float  # of all faults, transient or fatal
    outcome: str = None  # how an operation that it strikes ends; None: as without it, after another attempt
    struck: int = field(default=0)


# Resets take all with them that is under way on their connection, so they are rarer than their number would have them.
TRANSIENT = [
    ("503", {"kind": "status", "status": 503}, 0.3),
    ("429", {"kind": "status", "status": 429, "retry_after": "0"}, 0.2),
    ("delay", {"kind": "delay", "milliseconds": 50}, 0.2),
    ("truncate", {"kind": "truncate"}, 0.15),
    ("close", {"kind": "close"}, 0.06),
    ("reset before", {"kind": "reset", "when": "before"}, 0.03),
    ("reset during", {"kind": "reset", "when": "during"}, 0.03),
    ("reset after", {"kind": "reset", "when": "after"}, 0.03),
]
FATAL = [
    ("flip", {"kind": "flip"}, ("Sign",), "integrity"),
    ("other_key", {"kind": "other_key"}, ("Sign",), "integrity"),
    ("key_id", {"kind": "key_id"}, ("Sign", "Decrypt"), "integrity"),
    ("garbage", {"kind": "garbage"}, ("Sign", "Decrypt"), "protocol"),
]


def all_faults():
    faults = [Fault(name, ("*",), body, share) for name, body, share in TRANSIENT]
    fatal = SHARE_OF_FATAL / len(FATAL)
    return faults + [Fault(name, operations, body, fatal, outcome) for name, body, operations, outcome in FATAL]


def order(emulator, percent, seed):
    """Orders them so that they strike this percentage of the requests, and a tenth as many fatally."""
    faults = all_faults()
    for number, fault in enumerate(faults):
        for operation in fault.operations:
            emulator.request("POST", "/emulator/faults", {
                "operation": operation, "times": PLENTY, "probability": fault.share * percent / 100,
                "seed": seed + number, "fault": fault.body})
    return faults


def count(emulator, faults):
    """Notes how often each has struck."""
    for pending in emulator.pending_faults():
        for fault in faults:
            if all(pending["fault"].get(name) == value for name, value in fault.body.items()):
                fault.struck += PLENTY - pending["times"]
