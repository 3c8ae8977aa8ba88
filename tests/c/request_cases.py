"""Requests that are started by one call and waited for by another."""

from harness.execute import environment
from harness.tally import expect


def requests(way, suite, count):
    """Ten at least are under way at once, however slow the machine is: the first answers are held back."""
    suite.emulator.reset_stats()
    suite.emulator.fault("Sign", times=10, kind="delay", milliseconds=2000)
    said, _ = way.run(suite.program("requests"), suite.keys["ec_p256_sha256"], str(count),
                      env=environment(SCWKMS_URI=suite.emulator.uri(timeout="60s")))
    lines = said.decode().splitlines()
    expect(len(lines) == count // 10, f"{len(lines)} signatures")
    for line in lines:
        digest, signature = (bytes.fromhex(word) for word in line.split(" "))
        suite.verified("ec_p256_sha256", digest, signature)
    sent = suite.emulator.stats()
    counts = sent["operations"]
    expect(counts["Sign"] == count and counts["GetKey"] == 1, f"requests were sent that nobody asked for: {sent}")
    expect(sent["max_in_flight"] >= 10, f"one waited for the other: {sent}")


def request_results(way, suite):
    forbidden = suite.emulator.create_key("ec_p256_sha256", name="forbidden")
    suite.emulator.fault("GetKey", kind="status", status=403)
    keys = [suite.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256")]
    way.run(suite.program("request_results"), *keys, forbidden, env=suite.env)


def held_back(way, suite, name, *stages, arguments=(), milliseconds=20000):
    """Runs a program through stages, each a word that it says and the faults that then hold its requests back:
    it is told to start, and then the last word, once they are all there."""
    env = environment(SCWKMS_URI=suite.emulator.uri(timeout="60s"))
    with way.converse(suite.program(name), suite.keys["ec_p256_sha256"], *arguments, env=env) as program:
        for word, operation, count, go in stages:
            expect(program.hear() == word, f"not {word}")
            suite.emulator.reset_stats()
            suite.emulator.fault(operation, times=count, kind="delay", milliseconds=milliseconds)
            program.tell("start")
            suite.emulator.wait_for(operation, count)
            program.tell(go)


def cancel(way, suite):
    # Started one after the other: the second joins the first's fetch, which is one request of each kind.
    other = suite.emulator.create_key("ec_p256_sha256", name="other")
    held_back(way, suite, "cancel", ("ready", "Sign", 8, "cancel"), ("fetch", "GetKey", 1, "cancel"),
              arguments=[other])


def free_requests(way, suite):
    held_back(way, suite, "free_requests", ("ready", "Sign", 16, "free"), ("ready", "Sign", 16, "free"))


def callbacks(way, suite):
    held_back(way, suite, "callbacks", ("ready", "Sign", 1, "go"), milliseconds=8000)


def fork_requests(way, suite):
    held_back(way, suite, "fork_requests", ("ready", "Sign", 8, "fork"), milliseconds=8000)


def cannot_start(way, suite):
    way.run(suite.program("cannot_start"), suite.keys["ec_p256_sha256"], env=suite.env)
