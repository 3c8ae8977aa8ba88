"""Every error code that a C program can get: from faults of the service, the state of a key, or wrong settings."""

import socket
from dataclasses import dataclass, field

from harness.execute import environment
from harness.results import expect

NAMES = [
    "OK", "INVALID_ARGUMENT", "INVALID_HANDLE", "CONFIGURATION", "AUTHENTICATION", "PERMISSION_DENIED", "NOT_FOUND",
    "ALREADY_EXISTS", "UNSUPPORTED", "KEY_STATE", "RATE_LIMITED", "UNAVAILABLE", "TIMEOUT", "NETWORK", "PROTOCOL",
    "INTEGRITY", "CANCELLED", "INTERNAL",
]
NOT_REACHED_HERE = {
    "INVALID_HANDLE",  # handles.c
    "CANCELLED",  # cancel.c
    "INTERNAL",  # cannot_start.c
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ALWAYS = None


@dataclass
class Case:
    name: str
    code: str
    operation: str
    key: str
    status: int = 0
    says: tuple = ()
    uri: dict = field(default_factory=dict)
    # Each is (operation, times, fault).
    faults: tuple = ()

    def status_fault(self, status, body, operation, times=1, **more):
        self.faults += ((operation, times, {"kind": "status", "status": status, "body": body, **more}),)
        self.status = status
        return self


# They keep their ports, so that no other program listens there.
BOUND = []


def closed_port():
    """A port of the loopback interface without a listener."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    BOUND.append(bound)
    return bound.getsockname()[1]


def local(suite):
    """Errors without a request, or caused by credentials or arguments."""
    key = suite.keys["ec_p256_sha256"]
    return [
        Case("no secret key", "CONFIGURATION", "sign", key, says=("secret key", "SCW_SECRET_KEY"),
             uri={"secret_key": None}),
        Case("no region", "CONFIGURATION", "sign", key, says=("region",), uri={"region": None}),
        Case("missing CA file", "CONFIGURATION", "sign", key, says=("/nonexistent/ca.pem",),
             uri={"ca_file": "/nonexistent/ca.pem"}),
        Case("unencrypted beyond loopback", "CONFIGURATION", "sign", key, says=("api-url", "unencrypted"),
             uri={"api_url": "http://192.0.2.1"}),
        Case("unknown parameter", "INVALID_ARGUMENT", "sign", key, says=("regio",), uri={"regio": "fr-par"}),
        Case("wrong secret key", "AUTHENTICATION", "sign", key, 401, ("denied_authentication", "secret key", key),
             uri={"secret_key": UNKNOWN}),
        Case("unknown key", "NOT_FOUND", "sign", UNKNOWN, 404, (UNKNOWN, "fr-par", "not_found", "check the id")),
        Case("key of another region", "NOT_FOUND", "sign", f"nl-ams/{key}", 404, (key, "nl-ams")),
        Case("unknown name", "NOT_FOUND", "public_key", "scwkms:name=unknown", 0, ("unknown", "exactly")),
        Case("symmetric key's public key", "UNSUPPORTED", "public_key", suite.keys["aes_256_gcm"], 0, ("symmetric",)),
        Case("ML-DSA key signs", "UNSUPPORTED", "sign", suite.keys["ml_dsa_65"], 0, ("ml_dsa_65",)),
        Case("decryption key signs", "UNSUPPORTED", "sign", suite.keys["rsa_oaep_2048_sha256"], 0,
             ("asymmetric_encryption", "cannot sign")),
        Case("digest of another hash", "INVALID_ARGUMENT", "sign48", key, 0, ("48 bytes", "SHA-256", "32")),
        Case("damaged ciphertext", "INVALID_ARGUMENT", "decrypt", suite.keys["rsa_oaep_2048_sha256"], 400,
             ("invalid_arguments", "ciphertext")),
        Case("connection refused", "NETWORK", "sign", key, 0, ("cannot connect", "refused"),
             uri={"api_url": f"https://127.0.0.1:{closed_port()}"}),
        Case("untrusted server", "NETWORK", "sign", key, 0, ("certificate", "ca-file="), uri={"ca_file": None}),
    ]


def states(suite):
    """Keys whose state forbids the operation."""
    emulator = suite.emulator
    disabled = emulator.create_key("ec_p256_sha256", name="disabled")
    emulator.api("POST", f"/keys/{disabled}/disable", {})
    protected = emulator.create_key("ec_p256_sha256", name="protected", unprotected=False)
    deleted = emulator.create_key("ec_p256_sha256", name="deleted")
    emulator.api("DELETE", f"/keys/{deleted}")
    locked = emulator.create_key("ec_p256_sha256", name="locked")
    emulator.request("PUT", f"/emulator/keys/{locked}/state", {"state": "locked"})
    return [
        Case("disabled key", "KEY_STATE", "sign", disabled, ANY_STATUS, (disabled,)),
        Case("protected key", "KEY_STATE", "delete", protected, ANY_STATUS, (protected, "unprotected first")),
        Case("key scheduled for deletion", "KEY_STATE", "sign", deleted, ANY_STATUS, (deleted,)),
        Case("locked key", "KEY_STATE", "sign", locked, ANY_STATUS, (locked,)),
    ]


ANY_STATUS = -1


def service(suite):
    """Responses of a failing service."""
    key = suite.keys["ec_p256_sha256"]
    sign = ("Sign", ALWAYS)
    denied = {"type": "permissions_denied", "message": "insufficient permissions",
              "details": [{"resource": "key_manager_key", "action": "write"}]}
    quota = {"type": "quotas_exceeded", "message": "quota exceeded",
             "details": [{"resource": "key", "quota": 5, "current": 5}]}
    exists = {"type": "already_exists", "message": "already there", "resource": "key", "resource_id": UNKNOWN}
    return [
        Case("permission denied", "PERMISSION_DENIED", "sign", key, says=("insufficient permissions", "IAM", "write"))
        .status_fault(403, denied, "Sign"),
        Case("name taken", "ALREADY_EXISTS", "create", "taken", says=("taken", "already there"))
        .status_fault(409, exists, "CreateKey"),
        Case("quota used up", "RATE_LIMITED", "create", "one-more", says=("quota",))
        .status_fault(403, quota, "CreateKey"),
        Case("too many requests", "RATE_LIMITED", "sign", key, says=(key,))
        .status_fault(429, {"message": "slow down"}, *sign, retry_after="3600"),
        Case("service down", "UNAVAILABLE", "sign", key, says=("503", "4 attempts"))
        .status_fault(503, {"message": "down for repairs"}, *sign),
        Case("too slow", "TIMEOUT", "sign", key, says=("1.5s", "timeout="), uri={"timeout": "1500ms"},
             faults=((*sign, {"kind": "delay", "milliseconds": 60000}),)),
        Case("connection reset", "NETWORK", "sign", key, says=("4 attempts",),
             faults=((*sign, {"kind": "reset", "when": "before"}),)),
        Case("garbage", "PROTOCOL", "sign", key, ANY_STATUS, (key,), faults=((*sign, {"kind": "garbage"}),)),
        Case("redirect", "PROTOCOL", "sign", key, ANY_STATUS, ("redirect",),
             faults=((*sign, {"kind": "redirect", "location": "https://127.0.0.1:1/"}),)),
        Case("oversized response", "PROTOCOL", "sign", key, ANY_STATUS, (key,),
             faults=((*sign, {"kind": "oversized", "bytes": 2 << 20}),)),
        Case("damaged public key", "PROTOCOL", "public_key", key, ANY_STATUS, (key,),
             faults=(("GetPublicKey", ALWAYS, {"kind": "bad_pem"}),)),
        Case("flipped bit", "INTEGRITY", "sign", key, ANY_STATUS, (key, "not a signature"),
             faults=((*sign, {"kind": "flip"}),)),
        Case("another key's signature", "INTEGRITY", "sign", key, ANY_STATUS, (key, "not a signature"),
             faults=((*sign, {"kind": "other_key"}),)),
        Case("another key's id", "INTEGRITY", "sign", key, ANY_STATUS, (key,), faults=((*sign, {"kind": "key_id"}),)),
        Case("success", "OK", "sign", key),
    ]


def check(suite, program, case):
    """Has the program run the operation, and checks the code, the status and the message that it prints."""
    emulator = suite.emulator
    emulator.clear_faults()
    for operation, times, fault in case.faults:
        emulator.fault(operation, times=times, **fault)
    uri = emulator.uri(**case.uri)
    program.write_line(f"{case.operation}\t{uri}\t{case.key}")
    code, status, request_id, message = program.read_line().split("\t", 3)
    emulator.clear_faults()
    output = f"{NAMES[int(code)]}, HTTP {status}, request id {request_id}: {message}"
    expect(NAMES[int(code)] == case.code, f"not {case.code} but {output}")
    if case.status == ANY_STATUS:
        expect(status == "0" or request_id, f"a response without its request id: {output}")
    else:
        expect(int(status) == case.status, f"not HTTP {case.status}: {output}")
        expect(bool(request_id) == (case.status != 0), f"request id: {output}")
    for part in case.says:
        expect(part in message, f"{part!r} is not in: {output}")
    expect(emulator.secret_key not in message, f"the secret key is in the message: {output}")
    expect("\n" not in message, f"more than one line: {output}")


def run(runner, suite, results):
    """All cases with one process; each counts as a case of the results."""
    cases = local(suite) + states(suite) + service(suite)
    missing = set(NAMES) - {case.code for case in cases} - NOT_REACHED_HERE
    expect(not missing, f"no case for {missing}")
    program = runner.start(suite.program("errors"), env=environment())
    with program:
        for case in cases:
            results.case(f"error: {case.name} [{runner.name}]", check, suite, program, case)
