"""Builds the C programs, runs each plainly and under valgrind, or with a sanitizer, against the emulator, and checks
what they did."""

import os
import random
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "python"))

import error_cases  # noqa: E402
import proxy_cases  # noqa: E402
import request_cases  # noqa: E402
import tls_cases  # noqa: E402
from harness import execute, needs, openssl, sanitizer  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import FORKING_WAYS, MEMORY_ERROR, WAYS, Way, environment  # noqa: E402
from harness.tally import Tally, expect  # noqa: E402

# Programs with an error in them, and what must be said of it.
FAULTY = {
    "": {"leaks": "scwkms_validate_name", "uses_after_free": "scwkms_validate_name"},
    "address": {"leaks": "LeakSanitizer: detected memory leaks", "uses_after_free": "heap-use-after-free",
                "writes_after_free": "heap-use-after-free"},
    "thread": {"races": "ThreadSanitizer: data race"},
}
# What only the library that is shipped does.
SHIPPED = ["wiped"]
PROGRAMS = sorted(
    {name[:-2] for name in os.listdir(HERE) if name.endswith(".c")}.difference(*FAULTY.values())
    - set(SHIPPED if sanitizer.NAME else []))
FAULTY = FAULTY[sanitizer.NAME]
FLAGS = {"wiped": ["-Wl,--wrap=free,--wrap=realloc"]}
SHA256_KEYS = [
    "ec_p256_sha256", "rsa_pss_2048_sha256", "rsa_pss_3072_sha256", "rsa_pss_4096_sha256", "rsa_pkcs1_2048_sha256",
    "rsa_pkcs1_3072_sha256", "rsa_pkcs1_4096_sha256",
]
OTHER_KEYS = [
    "ec_p384_sha384", "ec_secp256k1_sha256", "rsa_oaep_2048_sha256", "rsa_oaep_3072_sha256", "rsa_oaep_4096_sha256",
    "aes_256_gcm", "ml_dsa_44", "ml_dsa_65", "ml_dsa_87", "ml_kem_768", "ml_kem_1024",
]
MANY = 130  # more than a page of any size that the library may ask for
CRYPTO = ("Sign", "Decrypt", "Encrypt", "CreateKey", "DeleteKey")
DOCUMENT = bytes(range(256)) * 40 + b"end"  # more than one read of the example's, and no multiple of a hash block


class Suite:
    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self.env = environment(SCWKMS_URI=emulator.uri())
        self.keys = {name: emulator.create_key(name) for name in SHA256_KEYS + OTHER_KEYS}

    def program(self, name):
        return os.path.join(self.folder, name)

    def scratch(self):
        return tempfile.TemporaryDirectory(dir=self.folder)

    def verified(self, algorithm, digest, signature):
        self.verified_by(self.emulator, self.keys[algorithm], algorithm, digest, signature)

    @staticmethod
    def verified_by(emulator, key, algorithm, digest, signature):
        openssl.verify(algorithm, openssl.spki_der(emulator.public_pem(key)), digest, signature)

    def sign(self, way, algorithm, env=None):
        """Returns what the program says on standard error."""
        with self.scratch() as folder:
            signature, public = os.path.join(folder, "signature.der"), os.path.join(folder, "public.pem")
            _, said = way.run(self.program("sign"), self.keys[algorithm], signature, public, data=DOCUMENT,
                              env=env or self.env)
            with open(signature, "rb") as file:
                made = file.read()
            with open(public, "rb") as file:
                pem = file.read()
        expected = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
        expect(openssl.spki_der(pem.decode()) == expected, f"not the service's public key:\n{pem.decode()}")
        openssl.verify(algorithm, pem, openssl.digest(algorithm, DOCUMENT), made)
        return said

    def signs_not(self, way, algorithm, env):
        """A signature that must fail. Returns what the program says of it."""
        key = self.keys[algorithm]
        _, said = way.run(self.program("sign"), key, os.devnull, os.devnull, data=DOCUMENT, env=env, status=1)
        return said

    def sign_refused(self, way):
        """A P-384 key does not sign a SHA-256 digest; the example says so, and writes nothing."""
        with self.scratch() as folder:
            paths = [os.path.join(folder, name) for name in ("signature", "public")]
            key = self.keys["ec_p384_sha384"]
            _, said = way.run(self.program("sign"), key, *paths, data=DOCUMENT, env=self.env, status=1)
            for part in (key, "fr-par", "32 bytes", "ec_p384_sha384", "48"):
                expect(part in said, f"{part} is not in: {said}")
            expect(os.listdir(folder) == [], "files were written")

    def decrypt(self, way, algorithm):
        public = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
        secret = os.urandom(190)
        plaintext, _ = way.run(self.program("decrypt"), self.keys[algorithm], data=openssl.encrypt(public, secret),
                               env=self.env)
        expect(plaintext == secret, "another plaintext")

    def encrypt_and_decrypt(self, way, algorithm, length):
        secret = os.urandom(length)
        ciphertext, _ = way.run(self.program("encrypt"), self.keys[algorithm], data=secret, env=self.env)
        expect(ciphertext != secret and len(ciphertext) > length, "not encrypted")
        plaintext, _ = way.run(self.program("decrypt"), self.keys[algorithm], data=ciphertext, env=self.env)
        expect(plaintext == secret, "another plaintext")

    def misuse(self, way):
        """Nothing that can be refused here reaches the service."""
        self.emulator.reset_stats()
        keys = [self.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm")]
        way.run(self.program("misuse"), *keys, env=self.env)
        sent = {name: self.emulator.count(name) for name in CRYPTO}
        expect(not any(sent.values()), f"requests were sent: {sent}")

    def handles(self, way):
        """With a key of its own, since a library that lets a wrong handle through deletes it."""
        way.run(self.program("handles"), self.emulator.create_key("ec_p256_sha256", name="handles"), env=self.env)

    def algorithms(self, way):
        pairs = [word for pair in self.keys.items() for word in pair]
        way.run(self.program("algorithms"), *pairs, env=self.env)

    def life_of_a_key(self, way):
        """In an emulator of its own, so that the keys are counted exactly."""
        with Emulator() as emulator:
            for number in range(MANY):
                emulator.create_key("ec_p256_sha256", name=f"page-{number:03}", tags=["page"])
            way.run(self.program("keys"), str(MANY), env=environment(SCWKMS_URI=emulator.uri()))

    def threads(self, way, algorithm, threads, signatures):
        with self.scratch() as folder:
            way.run(self.program("threads"), self.keys[algorithm], str(threads), str(signatures), folder, env=self.env)
            names = os.listdir(folder)
            expect(len(names) >= threads * signatures, f"{len(names)} signatures")
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.verified(algorithm, bytes.fromhex(name), file.read())

    def free_in_flight(self, way, threads):
        # Time enough for all requests to arrive before the first is answered, however slow the machine is.
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="60s"))
        program = way.converse(self.program("free_in_flight"), self.keys["ec_p256_sha256"], str(threads), "0", env=env)
        with program:
            expect(program.hear() == "ready", "not ready")
            self.emulator.reset_stats()
            self.emulator.fault("Sign", times=threads, kind="delay", milliseconds=6000)
            program.tell("sign")
            self.emulator.wait_in_flight(threads)
            program.tell("free")
            for _ in range(threads):
                digest, signature = (bytes.fromhex(word) for word in program.hear().split(" "))
                self.verified("ec_p256_sha256", digest, signature)
            expect(self.emulator.count("Sign") == threads, "the freed client sent another request")

    def free_while_waiting(self, way, threads):
        """Calls that wait before another attempt end at once, long before the service's minutes are over."""
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="600s"))
        unavailable = "11"
        program = way.converse(self.program("free_in_flight"), self.keys["ec_p256_sha256"], str(threads), unavailable,
                               env=env)
        with program:
            expect(program.hear() == "ready", "not ready")
            self.emulator.reset_stats()
            self.emulator.fault("Sign", times=threads, kind="status", status=503, retry_after="400")
            program.tell("sign")
            self.emulator.wait_for("Sign", threads)
            program.tell("free")
        expect(self.emulator.count("Sign") == threads, "the freed client sent another request")

    def wiped(self, way, algorithm):
        """Nothing that is freed holds a secret, and the program would see one that does."""
        way.run(self.program("wiped"))
        secret = os.urandom(48)
        if algorithm == "aes_256_gcm":
            ciphertext, _ = way.run(self.program("encrypt"), self.keys[algorithm], data=secret, env=self.env)
        else:
            public = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
            ciphertext = openssl.encrypt(public, secret)
        way.run(self.program("wiped"), self.keys[algorithm], self.emulator.secret_key, ciphertext.hex(), secret.hex(),
                env=self.env)

    def fork(self, way):
        children = "200" if way is Way.plain and not sanitizer.NAME else "8"
        way.run(self.program("fork"), self.keys["ec_p256_sha256"], children, env=self.env)

    def torture(self, way, threads, steps):
        """In an emulator of its own, where answers are late and connections break by chance."""
        seed = random.randrange(1 << 32)
        with Emulator() as emulator:
            key = emulator.create_key("ec_p256_sha256")
            emulator.fault_by_chance("Sign", 0.3, seed, kind="delay", milliseconds=20)
            emulator.fault_by_chance("Sign", 0.02, seed, kind="reset", when="after")
            way.run(self.program("torture"), key, str(threads), str(steps), str(seed),
                    env=environment(SCWKMS_URI=emulator.uri(timeout="60s")))

    def addresses(self, way):
        """A name with several addresses of which the first refuses, and one that leads elsewhere the next time."""
        with self.scratch() as folder:
            data = os.path.join(folder, "data")
            with Emulator("--data-dir", data) as emulator:
                key = emulator.create_key("ec_p256_sha256")
                public = openssl.spki_der(emulator.public_pem(key))
                port = emulator.url.rpartition(":")[2]
                env = environment(SCWKMS_URI=emulator.uri(api_url=f"https://localhost:{port}"))
            looked_up = []
            with way.converse(self.program("addresses"), key, env=env) as program:
                for address, names in (("127.0.0.1", "127.0.0.2 127.0.0.1"), ("127.0.0.3", "127.0.0.3"),
                                       ("127.0.0.1", "127.0.0.3 127.0.0.1")):
                    with Emulator("--data-dir", data, "--listen", f"{address}:{port}"):
                        program.tell(names)
                        digest, signature, lookups = program.hear().split(" ")
                        openssl.verify("ec_p256_sha256", public, bytes.fromhex(digest), bytes.fromhex(signature))
                        looked_up.append(int(lookups))
            expect(0 < looked_up[0] < looked_up[1] < looked_up[2], f"the name was looked up {looked_up} times")

    def rounds(self, way, count):
        way.run(self.program("rounds"), self.keys["ec_p256_sha256"], str(count), env=self.env)

    def version(self, way):
        said, _ = way.run(self.program("version"))
        with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
            expect(f'version = "{said.decode().strip()}"' in file.read(), f"not the version of Cargo.toml: {said}")


def caught(suite, name, words):
    """What is wrong with a program must be seen, though it would run to its end, and be traced to the library."""
    program = suite.program(name)
    if sanitizer.NAME:
        _, said = Way.plain.run(program, status=sanitizer.ERROR)
    else:
        Way.plain.run(program)
        _, said = Way.memcheck.run(program, status=MEMORY_ERROR)
    for part in (words, "scwkms_validate_name"):
        expect(part in said, f"{part} is not in:\n{said}")


def build_all(tally, folder):
    compiler = needs.program("cc", "gcc")
    return all([
        tally.case(f"build {name}", build, compiler, "c11", [os.path.join(HERE, f"{name}.c")],
                   os.path.join(folder, name), *FLAGS.get(name, [])) for name in [*PROGRAMS, *FAULTY]])


def run_all(tally, suite):
    for name, words in FAULTY.items():
        tally.case(f"{WAYS[-1].name} catches what {name}.c does", caught, suite, name, words)
    for way in FORKING_WAYS:
        tally.case(f"fork [{way.name}]", suite.fork, way)
        tally.case(f"fork with requests [{way.name}]", request_cases.fork_requests, way, suite)
    for algorithm in ("rsa_oaep_2048_sha256", "aes_256_gcm") if "wiped" in PROGRAMS else ():
        tally.case(f"wiped {algorithm}", suite.wiped, Way.plain, algorithm)
    proxy_cases.run(suite, tally, Way.plain)
    tls_cases.run(suite, tally, Way.plain)
    for way in WAYS:
        def case(name, function, *arguments, way=way):
            tally.case(f"{name} [{way.name}]", function, way, *arguments)

        case("version", suite.version)
        case("addresses", suite.addresses)
        case("algorithms", suite.algorithms)
        for algorithm in SHA256_KEYS:
            case(f"sign {algorithm}", suite.sign, algorithm)
        case("sign refused", suite.sign_refused)
        for algorithm in ("rsa_oaep_2048_sha256", "rsa_oaep_3072_sha256", "rsa_oaep_4096_sha256"):
            case(f"decrypt {algorithm}", suite.decrypt, algorithm)
        case("encrypt and decrypt rsa_oaep_2048_sha256", suite.encrypt_and_decrypt, "rsa_oaep_2048_sha256", 190)
        case("encrypt and decrypt aes_256_gcm", suite.encrypt_and_decrypt, "aes_256_gcm", 65535)
        case("keys", suite.life_of_a_key)
        case("misuse", suite.misuse)
        case("handles", suite.handles)
        case("threads ec_p256_sha256", suite.threads, "ec_p256_sha256", 16, 8)
        case("free in flight", suite.free_in_flight, 16)
        case("free while waiting", suite.free_while_waiting, 16)
        case("requests", request_cases.requests, suite, 1000)
        case("request results", request_cases.request_results, suite)
        case("cancel", request_cases.cancel, suite)
        case("free with requests", request_cases.free_requests, suite)
        case("callbacks", request_cases.callbacks, suite)
        case("rounds", suite.rounds, 5 if way.is_slow else 20)
        case("cannot start", request_cases.cannot_start, suite)
        case("torture", suite.torture, 8, 40 if way.is_slow else 400)
        case("errors", error_cases.run, suite, tally)


def main():
    tally = Tally()
    execute.set_up()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        if build_all(tally, folder):
            run_all(tally, Suite(folder, emulator))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
