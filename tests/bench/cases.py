"""The cases: which programs are compared, and under which load. The full plan measures; the small one is a test."""

from dataclasses import dataclass

P256, P384, RSA = "ec_p256_sha256", "ec_p384_sha384", "rsa_pkcs1_2048_sha256"

NAMES = {P256: "P-256", P384: "P-384", RSA: "RSA-2048"}


@dataclass(frozen=True)
class Case:
    """Two load programs under the same load."""

    group: str
    ours: str
    peer: str
    algorithm: str
    latency_ms: int
    concurrency: int

    @property
    def name(self):
        kind = f"{self.group}, {NAMES[self.algorithm]}"
        return f"{kind}, {self.latency_ms} ms, {self.concurrency} at once"


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    cases: tuple
    rounds: int
    # A case ends after this number of signatures, or after this time.
    signatures: int | None
    seconds: float | None
    # Instructions and allocations are the difference between two runs with these numbers of signatures.
    few: int
    many: int
    instructions: bool
    starts: int
    start_latencies: tuple
    growth_keys: tuple
    growth_clients: tuple
    growth_signatures: int
    # Threads with blocking calls, and asynchronous calls beside them.
    beside_threads: int
    beside_calls: int

    def warm_up(self, case):
        return max(16 if case.latency_ms else 300, case.concurrency) if self.rounds > 1 else case.concurrency


def load(group, ours, peer, algorithm, loads):
    return [Case(group, ours, peer, algorithm, latency, n) for latency, all_n in loads for n in all_n]


def go_unverified(loads):
    return load("Go, unverified", "go-ours", "go-sdk", P256, loads)


def go_verified(algorithm, loads):
    return load("Go, verified", "go-ours-verify", "go-sdk-verify", algorithm, loads)


def c(loads):
    return load("C, unverified", "c-scwkms", "c-libcurl", P256, loads)


def baseline(loads):
    return load("C and the baseline", "c-scwkms", "baseline", P256, loads)


def full():
    verified = [(0, (1, 16, 256)), (25, (16,))]
    cases = go_unverified([(0, (1, 16, 64, 256, 1024)), (25, (1, 16, 64, 256, 1024))])
    for algorithm in (P256, P384, RSA):
        cases += go_verified(algorithm, verified)
    cases += c([(0, (1, 16, 64)), (25, (1, 16, 64))])
    cases += baseline([(0, (1, 16, 64))])
    return Plan(tuple(cases), rounds=5, signatures=None, seconds=0.7, few=50, many=350, instructions=True, starts=11,
                start_latencies=(0, 25), growth_keys=(1, 100, 10_000), growth_clients=(1, 8, 64),
                growth_signatures=1000, beside_threads=64, beside_calls=1000)


def small():
    cases = go_unverified([(0, (1, 16)), (1, (16,))])
    for algorithm in (P256, P384, RSA):
        cases += go_verified(algorithm, [(0, (4,))])
    cases += c([(0, (1, 4))]) + baseline([(0, (1, 4))])
    return Plan(tuple(cases), rounds=1, signatures=50, seconds=None, few=5, many=25, instructions=False, starts=1,
                start_latencies=(0,), growth_keys=(1, 20), growth_clients=(1, 2), growth_signatures=20,
                beside_threads=4, beside_calls=20)
