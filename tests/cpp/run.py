"""Builds the C++ programs with g++ and clang++, and runs them with the emulator: directly, or with a sanitizer. valgrind
checks the library with the programs in C."""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import execute, needs, openssl, sanitizer  # noqa: E402
from harness.build import build, check_syntax  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

import mistakes  # noqa: E402

PROGRAMS = {
    "sign": ["sign.cpp"],
    "types": ["types.cpp", "other_unit.cpp"],
    "client": ["client.cpp"],
    "threads": ["threads.cpp"],
    "operations": ["operations.cpp"],
    "service": ["service.cpp"],
    "waiting": ["waiting.cpp"],
    "observer": ["observer.cpp"],
    "envelope": ["envelope.cpp"],
}
OLDER, NEWER = "c++17", "c++20"
# Only with C++20 it uses coroutines.
COROUTINES = "waiting"
KEYS = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_3072_sha256", "rsa_pkcs1_2048_sha256", "rsa_oaep_2048_sha256",
        "aes_256_gcm", "ml_kem_768"]

SERVICE_KEYS = ("ec_p256_sha256", "aes_256_gcm", "ml_kem_768")


class Suite:
    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self.env = environment(SCWKMS_URI=emulator.uri())
        self.keys = {name: emulator.create_key(name) for name in KEYS}

    def program(self, name):
        return os.path.join(self.folder, name)

    def public_key(self, algorithm):
        return openssl.spki_der(self.emulator.public_pem(self.keys[algorithm]))

    def types(self, runner):
        runner.run(self.program("types"))

    def sign(self, runner, algorithm):
        digest = openssl.digest(algorithm, b"document")
        with tempfile.NamedTemporaryFile(dir=self.folder) as public:
            signature, _ = runner.run(self.program("sign"), self.keys[algorithm], public.name, data=digest,
                                      env=self.env)
            key = public.read()
        expect(key == self.public_key(algorithm), "not the service's public key")
        openssl.verify(algorithm, key, digest, signature)

    def sign_refused(self, runner):
        key = self.keys["rsa_oaep_2048_sha256"]
        _, output = runner.run(self.program("sign"), key, os.devnull, data=bytes(32), env=self.env, status=1)
        for part in (key, "asymmetric_encryption", "cannot sign"):
            expect(part in output, f"{part} is not in: {output}")

    def client(self, runner):
        """With an emulator of its own, because it counts keys by tag and name. The URL contains a host name."""
        with Emulator("--listen", "localhost:0") as emulator:
            keys = [emulator.create_key(name) for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm")]
            runner.run(self.program("client"), *keys, env=environment(SCWKMS_URI=emulator.uri()))

    def envelope(self, runner):
        runner.run(self.program("envelope"), self.keys["aes_256_gcm"], env=self.env)

    def threads(self, runner, threads, signatures):
        output, _ = runner.run(self.program("threads"), self.keys["ec_p256_sha256"], str(threads), str(signatures),
                               env=self.env)
        lines = set(output.decode().splitlines())
        expect(len(lines) == threads * signatures, f"{len(lines)} signatures")
        public = self.public_key("ec_p256_sha256")
        for line in lines:
            digest, signature = (bytes.fromhex(word) for word in line.split(" "))
            openssl.verify("ec_p256_sha256", public, digest, signature)

    def observer(self, runner):
        runner.run(self.program("observer"), self.keys["ec_p256_sha256"], env=self.env)

    def operations(self, runner, count):
        keys = [self.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256")]
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="500s"))
        with runner.start(self.program("operations"), *keys, str(count), env=env) as program:
            public = self.public_key("ec_p256_sha256")
            for _ in range(count):
                digest, signature = (bytes.fromhex(word) for word in program.read_line().split(" "))
                openssl.verify("ec_p256_sha256", public, digest, signature)
            expect(program.read_line() == "ready", "not ready")
            self.emulator.fault("Sign", times=None, kind="delay", milliseconds=600_000)
            program.write_line("start")
        self.emulator.clear_faults()


    def service(self, runner):
        """With keys of its own, because it changes them."""
        keys = [self.emulator.create_key(name, name=f"service-{name}") for name in SERVICE_KEYS]
        external = self.emulator.create_key("aes_256_gcm", name="external", origin="external")
        runner.run(self.program("service"), *keys, external, env=self.env)

    def waiting(self, runner):
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="500s"))
        with runner.start(self.program("waiting"), self.keys["ec_p256_sha256"], env=env) as program:
            expect(program.read_line() == "ready", "not ready")
            self.emulator.fault("Sign", times=None, kind="delay", milliseconds=600_000)
            program.write_line("start")
        self.emulator.clear_faults()


def read_header(name):
    with open(os.path.join(needs.include_dir(), name), encoding="utf-8") as file:
        return file.read()


def complete():
    """Every number of scwkms.h has an enumerator, and every operation its two functions."""
    header = read_header("scwkms.h")
    wrapper = "".join(read_header(name) for name in os.listdir(needs.include_dir()) if name.endswith(".hpp"))
    names = re.findall(r"#define (SCWKMS_(?:ERROR|ALGORITHM|WRAPPING|PROTECTION_LEVEL)_\w+)", header)
    expect(len(names) > 40, f"only {len(names)} constants in scwkms.h")
    missing = [name for name in names if not re.search(rf"= {name},", wrapper)]
    expect(not missing, f"the headers for C++ lack {', '.join(missing)}")
    functions = set(re.findall(r"\b(scwkms_\w+)\(", header)) - {"scwkms_callback"}
    expect(len(functions) > 100, f"only {len(functions)} functions in scwkms.h")
    missing = [name for name in functions if not re.search(rf"\b{name}\b", wrapper)]
    expect(not missing, f"the headers for C++ do not use {', '.join(sorted(missing))}")
    expect("using namespace" not in wrapper, "a header has a using directive")


def run_all(results, suite):
    def case(name, function, *arguments):
        results.case(f"{name} [{Runner.plain.name}]", function, Runner.plain, *arguments)

    case("types", suite.types)
    for algorithm in KEYS[:4]:
        case(f"sign {algorithm}", suite.sign, algorithm)
    case("sign refused", suite.sign_refused)
    case("envelope", suite.envelope)
    case("client", suite.client)
    case("observer", suite.observer)
    case("threads", suite.threads, 8, 8)
    case("operations", suite.operations, 20)
    case("service", suite.service)
    case("waiting", suite.waiting)


def sources(program):
    return [os.path.join(HERE, source) for source in PROGRAMS[program]]


def build_programs(results, programs, folder, compiler, standard):
    """The folder with the programs; None if a build failed."""
    name = os.path.basename(compiler)
    place = os.path.join(folder, name, standard)
    built = [results.case(f"build {program} as {standard} with {name}", build, compiler, standard, sources(program),
                          os.path.join(place, program)) for program in programs]
    return place if all(built) else None


def test_compiler(results, folder, emulator, compiler):
    """The standards give the same code, except for coroutines: of the newer one, only the program with them is run."""
    name = os.path.basename(compiler)
    if place := build_programs(results, PROGRAMS, folder, compiler, OLDER):
        run_all(results, Suite(place, emulator))
    if sanitizer.NAME:
        return
    for standard in OLDER, NEWER:
        results.case(f"mistakes do not compile as {standard} with {name}", mistakes.rejected, compiler, standard)
    for program in sorted(PROGRAMS.keys() - {COROUTINES}):
        results.case(f"compile {program} as {NEWER} with {name}", check_syntax, compiler, NEWER, sources(program))
    if place := build_programs(results, [COROUTINES], folder, compiler, NEWER):
        results.case(f"{COROUTINES} as {NEWER}", Suite(place, emulator).waiting, Runner.plain)


def main():
    results = Results()
    execute.set_up()
    # The sanitizers check what the programs do, so that they need one compiler only.
    compilers = [needs.program("c++", "g++"), needs.program("clang++", "clang")][:1 if sanitizer.NAME else 2]
    results.case("scwkms.hpp is complete", complete)
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        for compiler in compilers:
            test_compiler(results, folder, emulator, compiler)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
