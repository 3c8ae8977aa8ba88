"""Makes each call of the C library fail that can fail for a local reason, during each operation, and checks the results.
docs/local-failures.md shows them; with --write they are written there. tests/injection/failures.c explains the runs."""

import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path.insert(0, TESTS)

import cases  # noqa: E402
import table  # noqa: E402
from harness import needs  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import environment, valgrind  # noqa: E402
from harness.results import Results, expect  # noqa: E402

# The programs mostly wait between two attempts.
AT_ONCE = 12
CALLS_OF_A_JOB = 3
LIMIT = 120  # seconds
# The linker redirects these functions to local_calls.c.
REDIRECTED = [
    "calloc", "connect", "epoll_create1", "epoll_ctl", "eventfd", "fcntl", "free", "fstat64", "getaddrinfo", "getsockopt",
    "malloc", "open", "open64", "opendir", "poll", "posix_memalign", "pthread_atfork", "pthread_create", "read",
    "readdir64", "realloc", "recv", "send", "setsockopt", "socket", "stat64", "statx", "write", "writev",
]

# An operation in one of its forms, and the calls that fail during it.
Job = namedtuple("Job", "phase operation form calls")
# The result of one process.
Run = namedtuple("Run", "job call error times number faults kind message")


def build_program(folder):
    return build(needs.program("cc", "gcc"), "c11", [os.path.join(HERE, f"{name}.c") for name in ("failures", "local_calls")],
                 os.path.join(folder, "failures"), "-I" + os.path.join(TESTS, "c"),
                 *[f"-Wl,--wrap={name}" for name in REDIRECTED])


class Suite:
    """The keys and the settings of the programs: from a config file, a ca-file, and a trust store of a file and a folder.
    Only the folder's CA has signed the emulator's certificate."""

    def __init__(self, folder, emulator):
        self._program = build_program(folder)
        self._keys = [emulator.create_key(name) for name in ("ec_p256_sha256", "aes_256_gcm", "ml_dsa_44")]
        other = self._other_ca(folder)
        trusted = os.path.join(folder, "trusted")
        os.mkdir(trusted)
        with open(emulator.ca_file, "rb") as ca, open(os.path.join(trusted, "ca.pem"), "wb") as file:
            file.write(ca.read())
        port = emulator.url.rpartition(":")[2]
        uri = emulator.uri(api_url=f"https://localhost:{port}", ca_file=other, config=self._config(folder, emulator),
                           access_key=None, secret_key=None)
        self._env = environment(SCWKMS_URI=uri, SSL_CERT_FILE=other, SSL_CERT_DIR=trusted, KEY_FOLDER=folder,
                                NEW_KEY=emulator.secret_key)

    @staticmethod
    def _other_ca(folder):
        path = os.path.join(folder, "other.pem")
        subprocess.run([needs.program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-subj", "/CN=other", "-keyout", os.devnull, "-out", path], check=True, capture_output=True)
        return path

    @staticmethod
    def _config(folder, emulator):
        """Other users can read it, which causes a warning."""
        path = os.path.join(folder, "config.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"access_key: {emulator.access_key}\nsecret_key: {emulator.secret_key}\n")
        os.chmod(path, 0o644)
        return path

    def run(self, job, faults, tool=()):
        """Returns the runs of the program with a fault. `faults` has calls, errors and how often they occur."""
        lines = "".join(f"{call} {cases.number(error)} {times}\n" for call, error, times in faults)
        done = subprocess.run([*tool, self._program, job.operation, job.form, *self._keys], input=lines,
                              capture_output=True, text=True, env=self._env, timeout=LIMIT)
        output = "\n".join(line for line in done.stderr.splitlines() if "scwkms: warning" not in line)
        expect(done.returncode == 0, f"exit status {done.returncode}\n{output[-8000:]}")
        # Rust reports a panic on standard error, even if it is caught.
        expect("panicked" not in output, output[-8000:])
        names = {str(cases.number(error)): error for _, error, _ in faults}
        return [parse(job, line, names) for line in done.stdout.splitlines()]


def parse(job, line, names):
    call, error, times, number, faults, code, message = line.split(" ", 6)
    return Run(job, call, names[error], times, int(number), int(faults), cases.KINDS[int(code)], message)


def check(run):
    """The error of an operation has the right kind, and names the cause."""
    parts = cases.PARTS.get(run.kind)
    expect(parts and run.call in cases.CAUSES[run.kind], f"a wrong kind of error: {run}")
    if run.kind != "ok":
        expect(run.call in cases.VARYING or cases.cause(run.error) in run.message, f"the message has no cause: {run}")
        expect(any(part in run.message for part in parts), f"none of {parts} is in the message: {run}")


def jobs():
    for heading, operations, calls in cases.PHASES:
        for operation, form in operations:
            for i in range(0, len(calls), CALLS_OF_A_JOB):
                yield Job(heading, operation, form, tuple(calls[i:i + CALLS_OF_A_JOB]))


def run_job(suite, job):
    runs = suite.run(job, [(call, error, times) for call in job.calls for error in cases.ERRORS[call] for times in cases.TIMES])
    for run in runs:
        check(run)
    for call in job.calls:
        expect(any(run.call == call for run in runs), f"{call} was never called")
    return runs


def run_under_valgrind(suite, operation, form, call):
    job = Job("valgrind", operation, form, (call,))
    runs = suite.run(job, [(call, cases.ERRORS[call][0], "repeatedly")], valgrind())
    expect(runs, f"{call} was never called")


def run_all(results, suite):
    """Returns the runs of all jobs, by heading and call."""
    runs = defaultdict(list)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        memcheck = [(case, pool.submit(run_under_valgrind, suite, *case)) for case in cases.MEMCHECK]
        started = [(job, pool.submit(run_job, suite, job)) for job in jobs()]
        for job, future in started:
            for run in results.case(f"{job.operation}, {job.form}: {', '.join(job.calls)}", future.result) or []:
                runs[job.phase, run.call].append(run)
        for (operation, form, call), future in memcheck:
            results.case(f"{operation}, {form}: {call} [valgrind]", future.result)
    return runs


def kinds_by_error(runs, times):
    """For each error, the kinds of the results in the order of the calls: the same in each operation."""
    series = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if run.times == times:
            series[run.error][run.job].append(run.kind)
    for error, found in series.items():
        first, *others = found.items()
        for job, kinds in others:
            expect(kinds == first[1], f"{runs[0].call}, {error}, {times}: {kinds} in {job}, but {first[1]} in {first[0]}")
        yield error, first[1]


def rows(runs):
    """The rows of a call. A row has the errors with the same results."""
    once, repeatedly = (dict(kinds_by_error(runs, times)) for times in cases.TIMES)
    groups = defaultdict(list)
    for error in once:
        groups[tuple(once[error]), tuple(repeatedly[error])].append(error)
    for (first, second), errors in groups.items():
        count = sum(run.error in errors for run in runs)
        yield table.row(runs[0].call, errors, first, second, count)


def tables(runs):
    sections = []
    for heading, _, calls in cases.PHASES:
        shown = [row for call in calls if call not in cases.VARYING for row in rows(runs[heading, call])]
        sections.append(table.section(heading, shown))
    return "\n".join(sections)


def compare(shown):
    expect(shown == table.shown(), f"docs/local-failures.md differs; `make faults-docs` writes its tables:\n{shown}")


def print_counts(runs):
    """The number of injected faults per call."""
    counts = Counter()
    for found in runs.values():
        for run in found:
            counts[run.call] += run.faults
    print("injected faults: " + ", ".join(f"{call} {count}" for call, count in counts.items()))


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        suite = results.case("build", Suite, folder, emulator)
        runs = run_all(results, suite) if suite else {}
    print_counts(runs)
    if results.failed == 0:
        shown = results.case("the results are the same in each operation", tables, runs)
        if shown:
            results.case("docs/local-failures.md", table.write if "--write" in sys.argv[1:] else compare, shown)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
