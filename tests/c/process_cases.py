"""The library and its process: threads, children of fork(), standard error, files that change."""

import os

from harness import sanitizer
from harness.execute import FORK_RUNNERS, RUNNERS, environment
from harness.results import expect
from operation_cases import delay
from tls_cases import self_signed


def busy(runner, suite):
    """Without a project no name can be looked up."""
    milliseconds = "20000" if runner.is_slow else "500"
    env = environment(SCWKMS_URI=suite.emulator.uri(project_id=None))
    runner.run(suite.program("busy"), suite.keys["ec_p256_sha256"], "300", milliseconds, env=env)


def slow_callback(runner, suite):
    runner.run(suite.program("slow_callback"), suite.keys["ec_p256_sha256"], env=suite.env)


def warnings(runner, suite):
    """`insecure` causes a warning."""
    env = environment(SCWKMS_URI=suite.emulator.uri(insecure="true", ca_file=None))
    _, output = runner.run(suite.program("warnings"), suite.keys["ec_p256_sha256"], env=env)
    expect(output.count("warning: ") == 1, f"not the warning of one client: {output}")


def observer(runner, suite):
    """`insecure` causes a warning, which goes to the observer and not to standard error."""
    env = environment(SCWKMS_URI=suite.emulator.uri(insecure="true", ca_file=None))
    _, output = runner.run(suite.program("observer"), suite.keys["ec_p256_sha256"], env=env)
    expect("warning: " not in output, f"a warning on standard error: {output}")


def many_clients(runner, suite):
    """Each client reads the trust store, which is small here."""
    count = "1000" if runner.is_slow else "40000"
    runner.run(suite.program("many_clients"), count, env={**suite.env, "SSL_CERT_FILE": suite.emulator.ca_file})


def signatures(suite, output):
    """Verifies the lines with signatures, and returns their number. The program also prints what it cannot test."""
    lines = output.decode().splitlines()
    for line in lines:
        if line.startswith("not tested: "):
            print(f"     {line}")
        else:
            digest, signature = (bytes.fromhex(word) for word in line.split(" "))
            suite.verified("ec_p256_sha256", digest, signature)
    return sum(not line.startswith("not tested: ") for line in lines)


def pid_namespace(runner, suite, count):
    output, _ = runner.run(suite.program("pid_namespace"), suite.keys["ec_p256_sha256"], str(count), env=suite.env)
    expect(signatures(suite, output) == 2 * count + 2, f"not all signatures: {output.decode()}")


def fork_without_files(runner, suite):
    with suite.scratch() as folder:
        ca_file, empty = os.path.join(folder, "ca.pem"), os.path.join(folder, "empty")
        os.mkdir(empty)
        with open(suite.emulator.ca_file, "rb") as ca, open(ca_file, "wb") as file:
            file.write(ca.read())
        env = environment(SCWKMS_URI=suite.emulator.uri(ca_file=ca_file))
        output, _ = runner.run(suite.program("fork_without_files"), suite.keys["ec_p256_sha256"], ca_file, empty, env=env)
        signatures(suite, output)


def thread_cancel(runner, suite):
    with runner.start(suite.program("thread_cancel"), suite.keys["ec_p256_sha256"], env=suite.env) as program:
        expect(signatures(suite, program.read_line().encode()) == 1, "no signature")
        expect(program.read_line() == "ready", "not ready")
        suite.emulator.reset_stats()
        suite.emulator.fault("Sign", times=2, **delay(3000))
        program.write_line("start")
        suite.emulator.wait_for("Sign", 2)
        program.write_line("cancel")
        for _ in range(2):
            expect(signatures(suite, program.read_line().encode()) == 1, "no signature")


def trust_store(runner, suite):
    with suite.scratch() as folder:
        env = environment(SCWKMS_URI=suite.emulator.uri(ca_file=None), SSL_CERT_FILE=self_signed(folder))
        runner.run(suite.program("trust_store"), suite.keys["ec_p256_sha256"], suite.emulator.ca_file, env=env)


def run(suite, results):
    def cases(runners, *functions):
        for runner in runners:
            for name, function, *arguments in functions:
                results.case(f"{name} [{runner.name}]", function, runner, suite, *arguments)

    cases(RUNNERS, ("many clients", many_clients), ("trust store", trust_store))
    cases(RUNNERS[:1], ("busy", busy), ("slow callback", slow_callback))
    # Sanitizers have threads of their own, report the unwinding of a cancelled thread, and do not know namespaces.
    if not sanitizer.NAME:
        cases(RUNNERS[:1], ("observer", observer), ("warnings", warnings), ("thread cancel", thread_cancel))
        cases(FORK_RUNNERS, ("pid namespace", pid_namespace, 20), ("fork without files", fork_without_files))
