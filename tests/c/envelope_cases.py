"""Envelope encryption. tests/envelope compares the languages with each other and with docs/envelope.md."""

import os

from harness.results import expect

THREADS = 4


def file(runner, suite):
    """A program encrypts a file, which another run decrypts; a truncated message is an error."""
    key, program = suite.keys["aes_256_gcm"], suite.program("encrypt_file")
    for length in (0, 70_000) if runner.is_slow else (0, 1, 65536, 300_000):
        secret = os.urandom(length)
        message, _ = runner.run(program, "encrypt", key, "context", data=secret, env=suite.env)
        expect(len(message) > length + 100, "not encrypted")
        plaintext, _ = runner.run(program, "decrypt", key, "context", data=message, env=suite.env)
        expect(plaintext == secret, "another plaintext")
    _, output = runner.run(program, "decrypt", key, "context", data=message[:-1], env=suite.env, status=1)
    expect("truncated" in output, output)


def misuse_and_threads(runner, suite):
    suite.emulator.reset_stats()
    other = suite.emulator.create_key("aes_256_gcm", name="other-data-key")
    runner.run(suite.program("envelope"), suite.keys["aes_256_gcm"], other, env=suite.env)
    # One for the message without the cache, and at most one for each thread of the cache.
    generated = suite.emulator.count("GenerateDataKey")
    expect(2 <= generated <= 1 + THREADS, f"{generated} data keys")
