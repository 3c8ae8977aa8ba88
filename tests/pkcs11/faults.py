"""The faults of docs/faults.md through C_Sign: the return code, the cause in the module's log, the number of requests, and the
deadline. After each fault the next signature succeeds."""

from c_program import build, verify
from fixture import contains
from harness.execute import Runner
from harness.results import expect

KEY = "ec-key"
DEADLINE = 3  # seconds, which the configuration sets
TOLERANCE = 1.5  # seconds
OK, FUNCTION_FAILED, DEVICE_ERROR, NOT_LOGGED_IN, REJECTED = 0, 6, 0x30, 0x101, 0x200
KEY_HANDLE_INVALID, NOT_PERMITTED, RESOURCE_EXCEEDED = 0x60, 0x68, 0x201


def status(number, **more):
    return {"kind": "status", "status": number, **more}


# The fault; how many requests it affects; the return code; the requests; and a part of the cause.
ALWAYS = 100
TRANSIENT = [
    *(status(number) for number in (408, 500, 502, 503, 504)),
    *({"kind": "reset", "when": when} for when in ("before", "during", "after")),
    {"kind": "truncate"}, {"kind": "html", "status": 502},
]
PERMANENT = [
    (status(401), NOT_LOGGED_IN, "401"), (status(403), REJECTED, "403"), (status(404), KEY_HANDLE_INVALID, "404"),
    (status(423), NOT_PERMITTED, "423"),
    ({"kind": "endless"}, FUNCTION_FAILED, "over 1 MiB"),
    ({"kind": "oversized", "bytes": 20_000_000}, FUNCTION_FAILED, "over 1 MiB"),
    ({"kind": "garbage"}, FUNCTION_FAILED, "malformed JSON"),
    ({"kind": "media_type", "value": "text/plain"}, FUNCTION_FAILED, "not JSON"),
    ({"kind": "html"}, FUNCTION_FAILED, "not JSON"),
    ({"kind": "redirect", "location": "https://localhost:1/"}, FUNCTION_FAILED, "307"),
    ({"kind": "key_id"}, FUNCTION_FAILED, "another key"), ({"kind": "flip"}, FUNCTION_FAILED, "not a signature"),
    ({"kind": "other_key"}, FUNCTION_FAILED, "not a signature"),
    (status(503, retry_after="3600"), DEVICE_ERROR, "503"), (status(429, retry_after="3600"), RESOURCE_EXCEEDED, "429"),
]
HARMLESS = [{"kind": "close"}, {"kind": "goaway"}, {"kind": "delay", "milliseconds": 100}, {"kind": "raw_ecdsa"}]
MATRIX = [
    *((fault, 1, OK, 2, "") for fault in TRANSIENT),
    *((fault, ALWAYS, DEVICE_ERROR, 4, "4 attempts were made") for fault in TRANSIENT),
    *((fault, ALWAYS, code, 1, cause) for fault, code, cause in PERMANENT),
    *((fault, 1, OK, 1, "") for fault in HARMLESS),
    (status(429, retry_after="0"), 1, OK, 2, ""),
    ({"kind": "delay", "milliseconds": 60_000}, 1, OK, 2, ""),
    ({"kind": "delay", "milliseconds": 60_000}, ALWAYS, DEVICE_ERROR, None, "no response within"),
]


class Signer:
    """A program that signs on demand, with a deadline in the module's configuration."""

    def __init__(self, token, program):
        self.token = token
        self._program = program

    def sign(self):
        """The return code, the duration in seconds, and the signature."""
        self._program.write_line("sign")
        code, milliseconds, signature = self._program.read_line().split()
        return int(code, 16), int(milliseconds) / 1000, signature


def has_outcome(signer, fault, times, expected, requests, cause):
    emulator, token = signer.token.emulator, signer.token
    before = len(token.read_log())
    emulator.reset_stats()
    emulator.fault("Sign", times=times, **fault)
    code, seconds, signature = signer.sign()
    sent = emulator.count("Sign")
    emulator.clear_faults()
    log = token.read_log()[before:]
    expect(code == expected, f"0x{code:x} instead of 0x{expected:x}; the log: {log}")
    expect(requests in (None, sent), f"{sent} requests instead of {requests}")
    expect(seconds < DEADLINE + TOLERANCE, f"{seconds} s")
    if code == OK:
        verify(token, KEY, signature)
    else:
        expect(set(signature) == {"0"}, f"a signature was returned: {signature}")
        contains(log, cause, "C_Sign")
    expect(token.emulator.secret_key not in log, "the secret key is in the log")
    code, _, signature = signer.sign()
    expect(code == OK, f"the signature after the fault: 0x{code:x}")
    verify(token, KEY, signature)


def description(fault, times):
    return f"{' '.join(str(value) for value in fault.values())}, {'once' if times == 1 else 'always'}"


def run(results, token):
    path = results.case("faults: build", build, token, "signatures")
    token.configure(client=f'"scwkms:timeout={DEADLINE}s"')
    with Runner.plain.start(path, token.module, KEY, env=token.env) as program:
        signer = Signer(token, program)
        for fault, times, *outcome in MATRIX:
            results.case(f"faults: {description(fault, times)}", has_outcome, signer, fault, times, *outcome)
