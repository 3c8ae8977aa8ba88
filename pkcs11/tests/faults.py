"""Faults of the service and of the network, through C_Sign: the return code, the logged cause, and the duration."""

import time

from fixture import WRITABLE, label, refused
from harness.results import expect

KEY = "ec_p256_sha256"
TIMEOUT = 3  # seconds
# What the fault is, the return code, and a part of the logged cause.
FAULTS = [
    ({"kind": "status", "status": 400}, "CKR_ARGUMENTS_BAD", "HTTP 400"),
    ({"kind": "status", "status": 401}, "CKR_USER_NOT_LOGGED_IN", "HTTP 401"),
    ({"kind": "status", "status": 403}, "CKR_FUNCTION_REJECTED", "HTTP 403"),
    ({"kind": "status", "status": 404}, "CKR_KEY_HANDLE_INVALID", "HTTP 404"),
    ({"kind": "status", "status": 429}, "CKR_TOKEN_RESOURCE_EXCEEDED", "HTTP 429"),
    ({"kind": "status", "status": 500}, "CKR_DEVICE_ERROR", "HTTP 500"),
    ({"kind": "status", "status": 503}, "CKR_DEVICE_ERROR", "HTTP 503"),
    ({"kind": "delay", "milliseconds": 60_000}, "CKR_DEVICE_ERROR", "3s"),
    ({"kind": "flip"}, "CKR_FUNCTION_FAILED", "not a signature of the digest"),
    ({"kind": "reset", "when": "before"}, "CKR_DEVICE_ERROR", "connection"),
]


def open_with_timeout(fixture):
    fixture.open(WRITABLE + f'client = "scwkms:timeout={TIMEOUT}s"\n', level="error")
    return fixture.private_key(label(KEY))


def sign(fixture, handle):
    return fixture.module.sign(fixture.session, handle, "CKM_ECDSA", bytes(32), size=64)


def each_fault_has_its_code(fixture, keys):
    handle = open_with_timeout(fixture)
    sign(fixture, handle)
    for fault, code, cause in FAULTS:
        fixture.clear_log()
        fixture.emulator.fault("Sign", times=1000, **fault)
        start = time.monotonic()
        try:
            refused(code, sign, fixture, handle)
        except AssertionError as error:
            raise AssertionError(f"{fault}: {error}\n{fixture.read_log()}") from error
        finally:
            fixture.emulator.clear_faults()
        expect(time.monotonic() - start < TIMEOUT + 2, f"{fault}: the deadline is over")
        log = fixture.read_log()
        expect(f"C_Sign: {code}" in log and cause in log and keys[KEY] in log, f"{fault}: {log}")
        expect(len(sign(fixture, handle)) == 64, f"{fault}: no signature afterwards")


def single_faults_are_not_visible(fixture, keys):
    handle = open_with_timeout(fixture)
    for fault in ({"kind": "status", "status": 503}, {"kind": "reset", "when": "before"}):
        fixture.emulator.fault("Sign", times=1, **fault)
        expect(len(sign(fixture, handle)) == 64, "no signature")
        expect(fixture.emulator.pending_faults() == [], fixture.emulator.pending_faults())


def disabled_keys(fixture, keys):
    key = fixture.emulator.create_key(KEY, name="disabled-later")
    open_with_timeout(fixture)
    handle = fixture.private_key("disabled-later")
    sign(fixture, handle)
    fixture.emulator.api("POST", f"/keys/{key}/disable", {})
    refused("CKR_KEY_FUNCTION_NOT_PERMITTED", sign, fixture, handle)
    expect("disabled" in fixture.read_log(), fixture.read_log())
    fixture.emulator.api("DELETE", f"/keys/{key}")


CASES = [each_fault_has_its_code, single_faults_are_not_visible, disabled_keys]
