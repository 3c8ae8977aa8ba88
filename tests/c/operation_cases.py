"""Asynchronous operations, and clients that are freed or closed while operations are in flight."""

from harness import openssl
from harness.emulator import Emulator
from harness.execute import environment
from harness.results import expect


def operations(runner, suite, count):
    """At least ten are in flight at once, also on a slow machine: the first responses are delayed."""
    suite.emulator.reset_stats()
    suite.emulator.fault("Sign", times=10, kind="delay", milliseconds=2000)
    output, _ = runner.run(suite.program("operations"), suite.keys["ec_p256_sha256"], str(count),
                           env=environment(SCWKMS_URI=suite.emulator.uri(timeout="60s")))
    lines = output.decode().splitlines()
    expect(len(lines) == count // 10, f"{len(lines)} signatures")
    for line in lines:
        digest, signature = (bytes.fromhex(word) for word in line.split(" "))
        suite.verified("ec_p256_sha256", digest, signature)
    sent = suite.emulator.stats()
    counts = sent["operations"]
    expect(counts["Sign"] == count and counts["GetKey"] == 1, f"unexpected requests: {sent}")
    expect(sent["max_in_flight"] >= 10, f"operations waited for each other: {sent}")


def operation_results(runner, suite):
    forbidden = suite.emulator.create_key("ec_p256_sha256", name="forbidden")
    suite.emulator.fault("GetKey", kind="status", status=403)
    keys = [suite.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256")]
    runner.run(suite.program("operation_results"), *keys, forbidden, env=suite.env)


def call_paths(runner, suite):
    keys = [suite.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256")]
    runner.run(suite.program("call_paths"), *keys, env=suite.env)


def messages(runner, suite):
    """The emulator treats the digest of ML-DSA keys as a message, and as mu. OpenSSL verifies the ECDSA signature."""
    for kind in ("message", "mu"):
        with Emulator("--ml-dsa-digest", kind) as emulator:
            keys = [emulator.create_key(name) for name in ("ec_p256_sha256", "ml_dsa_44")]
            output, _ = runner.run(suite.program("messages"), *keys, env=environment(SCWKMS_URI=emulator.uri()))
            digest = openssl.digest("ec_p256_sha256", b"message")
            suite.verified_by(emulator, keys[0], "ec_p256_sha256", digest, bytes.fromhex(output.decode()))


def options(runner, suite):
    env = environment(SCWKMS_URI=suite.emulator.uri(timeout="4s"))
    with runner.start(suite.program("options"), suite.keys["ec_p256_sha256"], env=env) as program:
        expect(program.read_line() == "ready", "not ready")
        suite.emulator.fault("Sign", times=None, **delay(600_000))
        program.write_line("start")
    suite.emulator.clear_faults()


def ready(runner, suite):
    env = environment(SCWKMS_URI=suite.emulator.uri(timeout="500s"))
    with runner.start(suite.program("ready"), suite.keys["ec_p256_sha256"], env=env) as program:
        expect(program.read_line() == "ready", "not ready")
        suite.emulator.fault("Sign", times=None, **delay(600_000))
        program.write_line("start")
    suite.emulator.clear_faults()


def delay(milliseconds):
    return {"kind": "delay", "milliseconds": milliseconds}


def in_stages(runner, suite, name, *stages, arguments=(), timeout="60s"):
    """Runs a program in stages: the program prints a word; the runner sets faults and writes "start"; when the faulty
    requests have arrived, the runner writes the last word."""
    env = environment(SCWKMS_URI=suite.emulator.uri(timeout=timeout))
    with runner.start(suite.program(name), suite.keys["ec_p256_sha256"], *arguments, env=env) as program:
        for word, operation, count, fault, last in stages:
            expect(program.read_line() == word, f"not {word}")
            suite.emulator.reset_stats()
            suite.emulator.fault(operation, times=count, **fault)
            program.write_line("start")
            suite.emulator.wait_for(operation, count)
            program.write_line(last)


def cancel(runner, suite):
    # Started one after the other: the second waits for the first one's load, which is one request of each kind.
    other = suite.emulator.create_key("ec_p256_sha256", name="other")
    in_stages(runner, suite, "cancel", ("ready", "Sign", 8, delay(20000), "cancel"),
              ("fetch", "GetKey", 1, delay(6000), "cancel"), arguments=[other])


def free_with_operations(runner, suite):
    stage = ("ready", "Sign", 16, delay(20000), "free")
    in_stages(runner, suite, "free_with_operations", stage, stage)


def close(runner, suite):
    """No request is sent after scwkms_close(), although the service asks for another attempt."""
    unavailable = {"kind": "status", "status": 503, "retry_after": "400"}
    in_stages(runner, suite, "close", ("delayed", "Sign", 5, delay(6000), "close"),
              ("unavailable", "Sign", 5, unavailable, "close"), timeout="600s")
    # One more signature is started after the stages, and its client freed at once.
    sent = suite.emulator.count("Sign")
    expect(sent in (5, 6), f"{sent} requests")


def callbacks(runner, suite):
    in_stages(runner, suite, "callbacks", ("ready", "Sign", 1, delay(8000), "go"))


def fork_with_operations(runner, suite):
    in_stages(runner, suite, "fork_with_operations", ("ready", "Sign", 8, delay(8000), "fork"))


def cannot_start(runner, suite):
    runner.run(suite.program("cannot_start"), suite.keys["ec_p256_sha256"], env=suite.env)


# Run by each runner; each is a name, a function and arguments.
CASES = [
    ("operations", operations, 1000),
    ("operation results", operation_results),
    ("call paths", call_paths),
    ("messages", messages),
    ("options", options),
    ("ready", ready),
    ("cancel", cancel),
    ("free with operations", free_with_operations),
    ("close", close),
    ("callbacks", callbacks),
    ("cannot start", cannot_start),
]
