"""Builds the C++ programs with g++ and clang++, and runs them plainly and under valgrind, or with a sanitizer, on the
emulator."""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "python"))

from harness import execute, needs, openssl, sanitizer  # noqa: E402
from harness.build import build  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import WAYS, environment  # noqa: E402
from harness.tally import Tally, expect  # noqa: E402

PROGRAMS = {
    "sign": ["sign.cpp"],
    "types": ["types.cpp", "other_unit.cpp"],
    "client": ["client.cpp"],
    "threads": ["threads.cpp"],
    "requests": ["requests.cpp"],
}
# What differs between them shows when they are compiled, not with a sanitizer.
STANDARDS = ["c++17"] if sanitizer.NAME else ["c++17", "c++20"]
KEYS = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_3072_sha256", "rsa_pkcs1_2048_sha256", "rsa_oaep_2048_sha256",
        "aes_256_gcm"]


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

    def types(self, way):
        way.run(self.program("types"))

    def sign(self, way, algorithm):
        digest = openssl.digest(algorithm, b"document")
        with tempfile.NamedTemporaryFile(dir=self.folder) as public:
            signature, _ = way.run(self.program("sign"), self.keys[algorithm], public.name, data=digest, env=self.env)
            key = public.read()
        expect(key == self.public_key(algorithm), "not the service's public key")
        openssl.verify(algorithm, key, digest, signature)

    def sign_refused(self, way):
        key = self.keys["rsa_oaep_2048_sha256"]
        _, said = way.run(self.program("sign"), key, os.devnull, data=bytes(32), env=self.env, status=1)
        for part in (key, "asymmetric_encryption", "cannot sign"):
            expect(part in said, f"{part} is not in: {said}")

    def client(self, way):
        """In an emulator of its own, since it counts keys by tag and name."""
        with Emulator() as emulator:
            keys = [emulator.create_key(name) for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256", "aes_256_gcm")]
            way.run(self.program("client"), *keys, env=environment(SCWKMS_URI=emulator.uri()))

    def threads(self, way, threads, signatures):
        said, _ = way.run(self.program("threads"), self.keys["ec_p256_sha256"], str(threads), str(signatures),
                          env=self.env)
        lines = set(said.decode().splitlines())
        expect(len(lines) == threads * signatures, f"{len(lines)} signatures")
        public = self.public_key("ec_p256_sha256")
        for line in lines:
            digest, signature = (bytes.fromhex(word) for word in line.split(" "))
            openssl.verify("ec_p256_sha256", public, digest, signature)

    def requests(self, way, count):
        keys = [self.keys[name] for name in ("ec_p256_sha256", "rsa_oaep_2048_sha256")]
        env = environment(SCWKMS_URI=self.emulator.uri(timeout="500s"))
        with way.converse(self.program("requests"), *keys, str(count), env=env) as program:
            public = self.public_key("ec_p256_sha256")
            for _ in range(count):
                digest, signature = (bytes.fromhex(word) for word in program.hear().split(" "))
                openssl.verify("ec_p256_sha256", public, digest, signature)
            expect(program.hear() == "ready", "not ready")
            self.emulator.fault("Sign", times=3, kind="delay", milliseconds=600_000)
            program.tell("start")
        self.emulator.clear_faults()


def whole():
    """Every code, algorithm and level of scwkms.h has its enumerator."""
    def read(name):
        with open(os.path.join(needs.include_dir(), name), encoding="utf-8") as file:
            return file.read()
    names = re.findall(r"#define (SCWKMS_(?:ERROR|ALGORITHM|PROTECTION_LEVEL)_\w+)", read("scwkms.h"))
    expect(len(names) > 30, f"only {len(names)} constants in scwkms.h")
    header = read("scwkms.hpp")
    missing = [name for name in names if not re.search(rf"= {name},", header)]
    expect(not missing, f"scwkms.hpp lacks {', '.join(missing)}")
    expect("using namespace" not in header, "the header opens a namespace for its users")


def run_all(tally, suite):
    for way in WAYS:
        def case(name, function, *arguments, way=way):
            tally.case(f"{name} [{way.name}]", function, way, *arguments)

        case("types", suite.types)
        for algorithm in KEYS[:4]:
            case(f"sign {algorithm}", suite.sign, algorithm)
        case("sign refused", suite.sign_refused)
        case("client", suite.client)
        case("threads", suite.threads, 8, 8)
        case("requests", suite.requests, 20)


def main():
    tally = Tally()
    execute.set_up()
    compilers = [needs.program("c++", "g++"), needs.program("clang++", "clang")]
    tally.case("scwkms.hpp is whole", whole)
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        suites = []
        for compiler in compilers:
            for standard in STANDARDS:
                place = os.path.join(folder, os.path.basename(compiler), standard)
                built = [
                    tally.case(f"build {name} as {standard} with {os.path.basename(compiler)}", build, compiler,
                               standard, [os.path.join(HERE, source) for source in sources], os.path.join(place, name))
                    for name, sources in PROGRAMS.items()]
                if all(built):
                    suites.append(place)
        # Whatever the standard, the code is the same: one build of each compiler is run.
        for place in [s for s in suites if s.endswith(STANDARDS[0])]:
            run_all(tally, Suite(place, emulator))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
