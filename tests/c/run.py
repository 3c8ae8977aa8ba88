"""Builds the C programs, runs each of them with the emulator, directly and under valgrind or with a sanitizer, and
checks the results."""

import os
import random
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import envelope_cases  # noqa: E402
import error_cases  # noqa: E402
import key_cases  # noqa: E402
import operation_cases  # noqa: E402
import process_cases  # noqa: E402
import proxy_cases  # noqa: E402
import service_cases  # noqa: E402
import tls_cases  # noqa: E402
from harness import execute, needs, openssl, sanitizer  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import FORK_RUNNERS, MEMORY_ERROR, RUNNERS, Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

# Programs with an error, and a part of the report of it.
FAULTY = {
    "": {"leaks": "scwkms_validate_name", "uses_after_free": "scwkms_validate_name"},
    "address": {"leaks": "LeakSanitizer: detected memory leaks", "uses_after_free": "heap-use-after-free",
                "writes_after_free": "heap-use-after-free"},
    "thread": {"races": "ThreadSanitizer: data race"},
}
# Programs for a property that only the shipped library has, not one that is built with a sanitizer.
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
SIGNING_SCHEMES = ["ec_p256_sha256", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"]
DECRYPTION_KEYS = ["rsa_oaep_2048_sha256", "rsa_oaep_3072_sha256", "rsa_oaep_4096_sha256"]
OTHER_KEYS = [
    *DECRYPTION_KEYS, "ec_p384_sha384", "ec_secp256k1_sha256", "aes_256_gcm", "ml_dsa_44", "ml_dsa_65", "ml_dsa_87",
    "ml_kem_768", "ml_kem_1024",
]
CRYPTO = ("Sign", "Decrypt", "Encrypt", "CreateKey", "DeleteKey")
DOCUMENT = bytes(range(256)) * 40 + b"end"  # longer than a read of the example, and no multiple of a hash block


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

    def sign(self, runner, algorithm, env=None):
        """Returns the program's standard error."""
        with self.scratch() as folder:
            signature, public = os.path.join(folder, "signature.der"), os.path.join(folder, "public.pem")
            _, output = runner.run(self.program("sign"), self.keys[algorithm], signature, public, data=DOCUMENT,
                                   env=env or self.env)
            with open(signature, "rb") as file:
                made = file.read()
            with open(public, "rb") as file:
                pem = file.read()
        expected = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
        expect(openssl.spki_der(pem.decode()) == expected, f"not the service's public key:\n{pem.decode()}")
        openssl.verify(algorithm, pem, openssl.digest(algorithm, DOCUMENT), made)
        return output

    def sign_fails(self, runner, algorithm, env):
        """A signature that must fail. Returns the program's standard error."""
        key = self.keys[algorithm]
        _, output = runner.run(self.program("sign"), key, os.devnull, os.devnull, data=DOCUMENT, env=env, status=1)
        return output

    def sign_refused(self, runner):
        """A P-384 key does not sign a SHA-256 digest; the example prints an error and writes no file."""
        with self.scratch() as folder:
            paths = [os.path.join(folder, name) for name in ("signature", "public")]
            key = self.keys["ec_p384_sha384"]
            _, output = runner.run(self.program("sign"), key, *paths, data=DOCUMENT, env=self.env, status=1)
            for part in (key, "fr-par", "32 bytes", "ec_p384_sha384", "48"):
                expect(part in output, f"{part} is not in: {output}")
            expect(os.listdir(folder) == [], "files were written")

    def decrypt(self, runner, algorithm):
        public = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
        secret = os.urandom(190)
        plaintext, _ = runner.run(self.program("decrypt"), self.keys[algorithm], data=openssl.encrypt(public, secret),
                                  env=self.env)
        expect(plaintext == secret, "another plaintext")

    def encrypt_and_decrypt(self, runner, algorithm, length):
        secret = os.urandom(length)
        ciphertext, _ = runner.run(self.program("encrypt"), self.keys[algorithm], data=secret, env=self.env)
        expect(ciphertext != secret and len(ciphertext) > length, "not encrypted")
        plaintext, _ = runner.run(self.program("decrypt"), self.keys[algorithm], data=ciphertext, env=self.env)
        expect(plaintext == secret, "another plaintext")

    def misuse(self, runner):
        """No request is sent for a call that the library can refuse."""
        self.emulator.reset_stats()
        keys = [self.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm")]
        runner.run(self.program("misuse"), *keys, env=self.env)
        sent = {name: self.emulator.count(name) for name in CRYPTO}
        expect(not any(sent.values()), f"requests were sent: {sent}")

    def handles(self, runner):
        """With a key of its own: a library that accepts a wrong handle deletes it."""
        runner.run(self.program("handles"), self.emulator.create_key("ec_p256_sha256", name="handles"), env=self.env)

    def threads(self, runner, algorithm, threads, signatures):
        with self.scratch() as folder:
            runner.run(self.program("threads"), self.keys[algorithm], str(threads), str(signatures), folder,
                       env=self.env)
            names = os.listdir(folder)
            expect(len(names) >= threads * signatures, f"{len(names)} signatures")
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.verified(algorithm, bytes.fromhex(name), file.read())

    def free_in_flight(self, runner, threads):
        # The delay lets all requests arrive before the first response, also on a slow machine.
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="60s"))
        program = runner.start(self.program("free_in_flight"), self.keys["ec_p256_sha256"], str(threads), "0", env=env)
        with program:
            expect(program.read_line() == "ready", "not ready")
            self.emulator.reset_stats()
            self.emulator.fault("Sign", times=threads, kind="delay", milliseconds=6000)
            program.write_line("sign")
            self.emulator.wait_in_flight(threads)
            program.write_line("free")
            for _ in range(threads):
                digest, signature = (bytes.fromhex(word) for word in program.read_line().split(" "))
                self.verified("ec_p256_sha256", digest, signature)
            expect(self.emulator.count("Sign") == threads, "the freed client sent another request")

    def free_while_waiting(self, runner, threads):
        """Calls that wait before another attempt end at once, not after the time that the service asks for."""
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="600s"))
        unavailable = "11"
        program = runner.start(self.program("free_in_flight"), self.keys["ec_p256_sha256"], str(threads), unavailable,
                               env=env)
        with program:
            expect(program.read_line() == "ready", "not ready")
            self.emulator.reset_stats()
            self.emulator.fault("Sign", times=threads, kind="status", status=503, retry_after="400")
            program.write_line("sign")
            self.emulator.wait_for("Sign", threads)
            program.write_line("free")
        expect(self.emulator.count("Sign") == threads, "the freed client sent another request")

    def wiped(self, runner, algorithm):
        """Freed memory contains no secret, and the program would find one."""
        runner.run(self.program("wiped"))
        secret = os.urandom(48)
        if algorithm == "aes_256_gcm":
            ciphertext, _ = runner.run(self.program("encrypt"), self.keys[algorithm], data=secret, env=self.env)
        else:
            public = openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))
            ciphertext = openssl.encrypt(public, secret)
        runner.run(self.program("wiped"), self.keys[algorithm], self.emulator.secret_key, ciphertext.hex(),
                   secret.hex(), env=self.env)

    def fork(self, runner):
        children = "200" if runner is Runner.plain and not sanitizer.NAME else "8"
        runner.run(self.program("fork"), self.keys["ec_p256_sha256"], children, env=self.env)

    def torture(self, runner, threads, steps):
        """With an emulator of its own, with random delays and connection resets."""
        seed = random.randrange(1 << 32)
        with Emulator() as emulator:
            key = emulator.create_key("ec_p256_sha256")
            emulator.random_fault("Sign", 0.3, seed, kind="delay", milliseconds=20)
            emulator.random_fault("Sign", 0.02, seed, kind="reset", when="after")
            runner.run(self.program("torture"), key, str(threads), str(steps), str(seed),
                       env=environment(SCWKMS_URI=emulator.uri(timeout="60s")))

    def addresses(self, runner):
        """A name with several addresses of which the first refuses connections, and a name whose address changes."""
        with self.scratch() as folder:
            data = os.path.join(folder, "data")
            with Emulator("--data-dir", data) as emulator:
                key = emulator.create_key("ec_p256_sha256")
                public = openssl.spki_der(emulator.public_pem(key))
                port = emulator.url.rpartition(":")[2]
                env = environment(SCWKMS_URI=emulator.uri(api_url=f"https://localhost:{port}"))
            looked_up = []
            with runner.start(self.program("addresses"), key, env=env) as program:
                for address, names in (("127.0.0.1", "127.0.0.2 127.0.0.1"), ("127.0.0.3", "127.0.0.3"),
                                       ("127.0.0.1", "127.0.0.3 127.0.0.1")):
                    with Emulator("--data-dir", data, "--listen", f"{address}:{port}"):
                        program.write_line(names)
                        digest, signature, lookups = program.read_line().split(" ")
                        openssl.verify("ec_p256_sha256", public, bytes.fromhex(digest), bytes.fromhex(signature))
                        looked_up.append(int(lookups))
            expect(0 < looked_up[0] < looked_up[1] < looked_up[2], f"the name was looked up {looked_up} times")

    def rounds(self, runner, count):
        runner.run(self.program("rounds"), self.keys["ec_p256_sha256"], str(count), env=self.env)

    def version(self, runner):
        output, _ = runner.run(self.program("version"))
        with open(os.path.join(needs.ROOT, "Cargo.toml"), encoding="utf-8") as file:
            expect(f'version = "{output.decode().strip()}"' in file.read(), f"not the version of Cargo.toml: {output}")


def reported(suite, name, words):
    """The error of a program that would run to its end is reported, and traced to the library."""
    program = suite.program(name)
    if sanitizer.NAME:
        _, output = Runner.plain.run(program, status=sanitizer.ERROR)
    else:
        Runner.plain.run(program)
        _, output = Runner.memcheck.run(program, status=MEMORY_ERROR)
    for part in (words, "scwkms_validate_name"):
        expect(part in output, f"{part} is not in:\n{output}")


def build_all(results, folder):
    compiler = needs.program("cc", "gcc")
    return all([
        results.case(f"build {name}", build, compiler, "c11", [os.path.join(HERE, f"{name}.c")],
                     os.path.join(folder, name), *FLAGS.get(name, [])) for name in [*PROGRAMS, *FAULTY]])


def run_all(results, suite):
    for name, words in FAULTY.items():
        results.case(f"{RUNNERS[-1].name} reports the error of {name}.c", reported, suite, name, words)
    for runner in FORK_RUNNERS:
        results.case(f"fork [{runner.name}]", suite.fork, runner)
        results.case(f"fork with operations [{runner.name}]", operation_cases.fork_with_operations, runner, suite)
    for algorithm in ("rsa_oaep_2048_sha256", "aes_256_gcm") if "wiped" in PROGRAMS else ():
        results.case(f"wiped {algorithm}", suite.wiped, Runner.plain, algorithm)
    proxy_cases.run(suite, results, Runner.plain)
    tls_cases.run(suite, results, Runner.plain)
    process_cases.run(suite, results)
    for runner in RUNNERS:
        def case(name, function, *arguments, runner=runner):
            results.case(f"{name} [{runner.name}]", function, runner, *arguments)

        case("version", suite.version)
        case("addresses", suite.addresses)
        case("algorithms", key_cases.algorithms, suite)
        case("accessors", key_cases.accessors, suite)
        # Key sizes make no difference to the library, so the slow runner gets one key of each scheme.
        for algorithm in SIGNING_SCHEMES if runner.is_slow else SHA256_KEYS:
            case(f"sign {algorithm}", suite.sign, algorithm)
        case("sign refused", suite.sign_refused)
        for algorithm in DECRYPTION_KEYS[:1] if runner.is_slow else DECRYPTION_KEYS:
            case(f"decrypt {algorithm}", suite.decrypt, algorithm)
        case("encrypt and decrypt rsa_oaep_2048_sha256", suite.encrypt_and_decrypt, "rsa_oaep_2048_sha256", 190)
        case("encrypt and decrypt aes_256_gcm", suite.encrypt_and_decrypt, "aes_256_gcm", 65535)
        case("encrypt and decrypt a file", envelope_cases.file, suite)
        case("envelope", envelope_cases.misuse_and_threads, suite)
        case("keys", key_cases.life_of_a_key, suite)
        case("misuse", suite.misuse)
        case("service", service_cases.service, suite)
        case("misuse of the service", service_cases.misuse, suite)
        case("handles", suite.handles)
        case("threads ec_p256_sha256", suite.threads, "ec_p256_sha256", 16, 8)
        case("free in flight", suite.free_in_flight, 16)
        case("free while waiting", suite.free_while_waiting, 16)
        for name, function, *arguments in operation_cases.CASES:
            case(name, function, suite, *arguments)
        case("rounds", suite.rounds, 5 if runner.is_slow else 20)
        case("torture", suite.torture, 8, 40 if runner.is_slow else 400)
        case("errors", error_cases.run, suite, results)


def main():
    results = Results()
    execute.set_up()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        if build_all(results, folder):
            run_all(results, Suite(folder, emulator))
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
