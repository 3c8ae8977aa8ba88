"""The faults of a soak: how often each occurs, and the outcome of an operation with each."""

from dataclasses import dataclass, field

# A limit that is never reached. A fault without a limit would not report how often it occurred.
LIMIT = 1_000_000_000
SHARE_OF_PERMANENT = 0.1


@dataclass
class Fault:
    name: str
    operations: tuple
    body: dict
    share: float  # of all faults of its kind: transient or permanent
    outcome: str = None  # of an operation with this fault; None: another attempt succeeds
    count: int = field(default=0)


# A reset affects all requests in flight on its connection, so that resets have smaller shares.
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
PERMANENT = [
    ("flip", {"kind": "flip"}, ("Sign",), "integrity"),
    ("other_key", {"kind": "other_key"}, ("Sign",), "integrity"),
    ("key_id", {"kind": "key_id"}, ("Sign", "Decrypt"), "integrity"),
    ("garbage", {"kind": "garbage"}, ("Sign", "Decrypt"), "protocol"),
]


def all_faults():
    faults = [Fault(name, ("*",), body, share) for name, body, share in TRANSIENT]
    share = SHARE_OF_PERMANENT / len(PERMANENT)
    return faults + [Fault(name, operations, body, share, outcome) for name, body, operations, outcome in PERMANENT]


def install(emulator, percent, seed):
    """Sets faults so that this percentage of the requests has a transient one, and a tenth as many a permanent one."""
    faults = all_faults()
    for number, fault in enumerate(faults):
        for operation in fault.operations:
            emulator.request("POST", "/emulator/faults", {
                "operation": operation, "times": LIMIT, "probability": fault.share * percent / 100,
                "seed": seed + number, "fault": fault.body})
    return faults


def count(emulator, faults):
    """Stores in each fault how often it occurred."""
    for pending in emulator.pending_faults():
        for fault in faults:
            if all(pending["fault"].get(name) == value for name, value in fault.body.items()):
                fault.count += LIMIT - pending["times"]
