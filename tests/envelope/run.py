"""Encrypts with each language and decrypts with each other, and with the implementation of docs/envelope.md in
reference.py, which also encrypts for each language.

It needs `cryptography`, and the programs of Rust (examples/encrypt_file.rs), C (tests/c/encrypt_file.c) and Go (go/), and
the command scwkms.
"""

import base64
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import reference  # noqa: E402
from harness import execute, needs  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

CONTEXT = "context"
LENGTHS = [0, 1, 65_535, 65_536, 65_537, 1_000_000]


class Program:
    """A program in one of the languages."""

    INVALID_MESSAGE = 1  # its exit status

    def __init__(self, path, suite):
        self.path, self.suite = path, suite

    def arguments(self, action):
        return [action, self.suite.key, CONTEXT]

    def run(self, action, data, status=0):
        return Runner.plain.run(self.path, *self.arguments(action), data=data, env=self.suite.env, status=status)

    def encrypt(self, plaintext):
        return self.run("encrypt", plaintext)[0]

    def decrypt(self, message):
        return self.run("decrypt", message)[0]


class Command(Program):
    """The command scwkms."""

    INVALID_MESSAGE = 7

    def arguments(self, action):
        client = ["--client", self.suite.env["SCWKMS_URI"]]
        return [*client, f"{action}-file", self.suite.key, "--associated-data", CONTEXT]


class Reference:
    """reference.py, with data keys of the emulator."""

    def __init__(self, suite):
        self.suite = suite

    def request(self, operation, **body):
        return self.suite.emulator.api("POST", f"/keys/{self.suite.key}/{operation}", body)

    def encrypt(self, plaintext):
        data_key = self.request("generate-data-key", algorithm="aes_256_gcm", without_plaintext=False)
        decoded = {name: base64.b64decode(data_key[name]) for name in ("plaintext", "ciphertext")}
        # A segment length other than that of the library.
        return reference.encrypt(plaintext, CONTEXT.encode(), 1000, self.suite.key, self.suite.emulator.region,
                                 decoded["plaintext"], decoded["ciphertext"], os.urandom(32))

    def decrypt(self, message):
        return reference.decrypt(message, CONTEXT.encode(), self.data_key)

    def data_key(self, header):
        expect((header.key_id, header.region) == (self.suite.key, self.suite.emulator.region), "another key")
        expect(header.segment_len in (1000, 65_536), f"segments of {header.segment_len} bytes")
        decrypted = self.request("decrypt", ciphertext=base64.b64encode(header.data_key).decode())
        return base64.b64decode(decrypted["plaintext"])


class Suite:
    def __init__(self, emulator, folder):
        self.emulator = emulator
        self.key = emulator.create_key("aes_256_gcm")
        self.env = environment(SCWKMS_URI=emulator.uri())
        self.languages = {
            "Rust": Program(rust_program(), self),
            "C": Program(c_program(folder), self),
            "Go": Program(go_program(folder), self),
            "command": Command(needs.command(), self),
            "reference": Reference(self),
        }


def rust_program():
    return os.environ.get("SCWKMS_RUST_EXAMPLE", os.path.join(needs.ROOT, "target/debug/examples/encrypt_file"))


def c_program(folder):
    source = os.path.join(needs.ROOT, "tests/c/encrypt_file.c")
    return build(needs.program("cc", "gcc"), "c11", [source], os.path.join(folder, "c/encrypt_file"))


def go_program(folder):
    path = os.path.join(folder, "go/encrypt_file")
    run_tool([needs.program("go"), "build", "-o", path, "."], cwd=os.path.join(HERE, "go"))
    return path


def documented_message():
    values = reference.documented()
    plaintext = reference.decrypt(values["message"], values["associated data"], lambda header: values["data key"])
    expect(plaintext == values["plaintext"], "the documented message has another plaintext")
    header = reference.Header(values["message"])
    key, _ = reference.derive(values["data key"], header.authenticated, header.salt, values["associated data"])
    expect(key == values["message key"], "the documented message has another key")


def interoperate(suite, encrypting, decrypting):
    for length in LENGTHS:
        secret = os.urandom(length)
        message = suite.languages[encrypting].encrypt(secret)
        expect(suite.languages[decrypting].decrypt(message) == secret, f"{length} bytes: another plaintext")


def modified(suite, name):
    """Each program exits with an error for a modified and for a truncated message."""
    program = suite.languages[name]
    message = suite.languages["reference"].encrypt(os.urandom(5000))
    for wrong in (message[:-1], message[:-1] + bytes([message[-1] ^ 1]), message[:-16], message[:200]):
        _, output = program.run("decrypt", wrong, status=program.INVALID_MESSAGE)
        expect("truncated" in output or "authentic" in output, output)


def main():
    results = Results()
    execute.set_up()
    results.case("documented message", documented_message)
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        suite = Suite(emulator, folder)
        for encrypting in suite.languages:
            for decrypting in suite.languages:
                results.case(f"{encrypting} to {decrypting}", interoperate, suite, encrypting, decrypting)
        for name in ("Rust", "C", "Go", "command"):
            results.case(f"modified messages in {name}", modified, suite, name)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
