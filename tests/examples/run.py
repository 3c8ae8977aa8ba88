"""Builds and runs the programs of examples/ with the commands of its README, and verifies the results with OpenSSL and
with another library for JSON Web Tokens."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs, openssl  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import TIMEOUT, Emulator  # noqa: E402
from harness.execute import Runner  # noqa: E402
from harness.results import Results, expect  # noqa: E402

README = "examples/README.md"
FILES = {"a.txt": b"first", "b.txt": b"second", "with spaces.txt": b""}
KEY = "scwkms:name=my-key"
JWT_ALGORITHMS = {"ES256": "ec_p256_sha256", "RS256": "rsa_pkcs1_2048_sha256", "PS256": "rsa_pss_2048_sha256"}
TLS_ALGORITHMS = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256"]


def clone(folder):
    """A copy of the examples in a folder that looks like a clone in which make has run."""
    documents.link_clone(folder)
    shutil.copytree(os.path.join(needs.ROOT, "examples"), os.path.join(folder, "examples"),
                    ignore=shutil.ignore_patterns("target"))
    os.symlink(os.path.join(needs.ROOT, "go"), os.path.join(folder, "go"))
    for name, content in FILES.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)


def verifier(folder):
    """The program that verifies tokens."""
    path = os.path.join(folder, "verifyjwt")
    run_tool(["go", "build", "-o", path, "./verifyjwt"], cwd=HERE)
    return path


class TLSServer:
    """A running tlsserver. `url` is the address that it printed."""

    def __init__(self, folder, env, *arguments):
        self._process = subprocess.Popen([os.path.join(folder, "tlsserver"), "-listen", "localhost:0", *arguments],
                                         cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise AssertionError(f"no server: {self._process.communicate(timeout=TIMEOUT)[1]}")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=TIMEOUT)


class Suite:
    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self.env = emulator.environment()
        self.key = emulator.create_key("ec_p256_sha256", name="my-key")
        self.public = self.public_key(self.key)

    def public_key(self, key):
        return openssl.spki_der(self.emulator.public_pem(key))

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, name):
        return documents.shell(documents.block(README, name), self.folder, self.env)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)

    def verify(self, name):
        """Verifies the signature of a file, and removes it."""
        openssl.verify("ec_p256_sha256", self.public, openssl.digest("ec_p256_sha256", FILES[name]),
                       self.read(f"{name}.sig"))
        os.remove(self.path(f"{name}.sig"))

    def signs_all_at_once(self, name):
        """The program with which the block builds and signs has a signature of each file in flight."""
        self.emulator.reset_stats()
        self.emulator.fault("Sign", times=len(FILES), kind="delay", milliseconds=1000)
        self.command(name)
        for file in FILES:
            self.verify(file)
        most = self.emulator.stats()["max_in_flight"]
        expect(most == len(FILES), f"{most} requests in flight, not {len(FILES)}")

    def explains(self, name):
        """Errors of the program that the block has built."""
        program = self.path("sign_async")
        line = b"0" * 64 + b"  a.txt\n"
        for key, data, part in [("scwkms:name=unknown", line, 'no key is named "unknown"'),
                                ("my-key", line, "is not a UUID"), (KEY, b"a.txt\n", "not a line of sha256sum"),
                                (KEY, b"0" * 64 + b"  no/folder\n", "no/folder.sig")]:
            _, output = Runner.plain.run(program, key, data=data, env=self.env, status=1)
            expect(part in output, f"{name}: {part!r} is not in: {output}")
        expect(not os.path.exists(self.path("a.txt.sig")), "there is a signature")

    def compiles_without_warnings(self, compiler, standard, source):
        build(compiler, standard, [os.path.join(needs.ROOT, "examples", source)], self.path("checked"))

    def signs(self, name):
        self.command(name)
        self.write("public.pem", self.emulator.public_pem(self.key).replace("EC PUBLIC", "PUBLIC").encode())
        expect(self.command("verify") == "Verified OK\n", "not verified")
        self.verify("a.txt")

    def reports_errors(self, name):
        """The signature of a key that does not exist."""
        script = documents.block(README, name).replace("my-key", "unknown")
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.env, capture_output=True, text=True)
        expect(done.returncode == 1 and 'no key is named "unknown"' in done.stderr, f"{done.returncode}: {done.stderr}")
        expect(done.stderr.count("\n") == 1, f"more than a message: {done.stderr}")

    def tls(self, algorithm):
        """Each connection costs one signature, and OpenSSL, which Python uses, verifies it."""
        self.emulator.create_key(algorithm, name=f"tls-{algorithm}")
        with TLSServer(self.folder, self.env, "-key", f"scwkms:name=tls-{algorithm}", "-cert", "cert.pem") as server:
            self.emulator.reset_stats()
            for _ in range(2):
                context = ssl.create_default_context(cafile=self.path("cert.pem"))
                with urllib.request.urlopen(server.url, context=context, timeout=TIMEOUT) as response:
                    expect(response.read() == b"hello\n", "another response")
            expect(self.emulator.count("Sign") == 2, f"{self.emulator.count('Sign')} signatures")

    def tls_with_pkcs1(self):
        self.emulator.create_key("rsa_pkcs1_2048_sha256", name="tls-pkcs1")
        _, output = Runner.plain.run(self.path("tlsserver"), "-key", "scwkms:name=tls-pkcs1", env=self.env, status=1)
        expect("use an EC or RSA-PSS key" in output, output)

    def documented_token(self):
        expect(self.command("jwt").count(".") == 2, "not a token")

    def token(self, algorithm):
        """Another library accepts the token, and no other token."""
        key = self.emulator.create_key(JWT_ALGORITHMS[algorithm], name=algorithm)
        token, _ = Runner.plain.run(self.path("jwt"), "-key", f"scwkms:name={algorithm}", "-subject", "bob", env=self.env)
        self.write("public.der", self.public_key(key))
        verify = [self.path("verifyjwt"), algorithm, self.path("public.der")]
        claims, _ = Runner.plain.run(*verify, data=token)
        expect(json.loads(claims)["sub"] == "bob", claims)
        header, payload, signature = token.split(b".")
        _, output = Runner.plain.run(*verify, data=b".".join([header, payload[:-4] + b"AAAA", signature]), status=1)
        expect("cryptographic" in output, output)


def run_all(results, suite):
    for name, compiler, standard, source in [("c", "cc", "c11", "c/sign_async.c"),
                                             ("cpp", "c++", "c++17", "cpp/sign_async.cpp")]:
        results.case(f"{name}: no warnings", suite.compiles_without_warnings, compiler, standard, source)
        results.case(f"{name}: signs all files at once", suite.signs_all_at_once, name)
        results.case(f"{name}: explains mistakes", suite.explains, name)
    results.case("go: build", suite.command, "go")
    for algorithm in TLS_ALGORITHMS:
        results.case(f"go: TLS server with {algorithm}", suite.tls, algorithm)
    results.case("go: TLS server with PKCS #1", suite.tls_with_pkcs1)
    results.case("go: the documented token", suite.documented_token)
    results.case("go: build the verifier of tokens", verifier, suite.folder)
    for algorithm in JWT_ALGORITHMS:
        results.case(f"go: token with {algorithm}", suite.token, algorithm)
    results.case("java: build", suite.command, "java-build")
    for name in ("python", "java"):
        results.case(f"{name}: signs", suite.signs, name)
        results.case(f"{name}: reports errors", suite.reports_errors, name)


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        clone(folder)
        run_all(results, Suite(folder, emulator))
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
