"""Envelope encryption."""

import os
import threading

import pytest

import scwkms
from scwkms import _library

SIZES = [0, 1, 65_535, 65_536, 65_537, 200_000]


@pytest.fixture
def aes(key):
    return key("aes_256_gcm")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("part", [1_000, 70_000, 1_000_000])
def test_parts(client, aes, size, part):
    plaintext = os.urandom(size)
    with client.encryptor(aes, associated_data=b"context") as encryptor:
        parts = [encryptor.update(plaintext[start : start + part]) for start in range(0, size, part)]
        message = b"".join(parts) + encryptor.finish()
    with client.decryptor(key=aes, associated_data=b"context") as decryptor:
        parts = [decryptor.update(message[start : start + part]) for start in range(0, len(message), part)]
        assert b"".join(parts) + decryptor.finish() == plaintext


def test_one_call(client, aes):
    message = client.encrypt_envelope(aes, memoryview(b"plaintext"), associated_data=b"context")
    assert client.decrypt_envelope(bytearray(message), associated_data=b"context", key=aes.id) == b"plaintext"
    assert client.decrypt_envelope(message, associated_data=b"context") == b"plaintext"


def test_modified_messages(client, aes, new_key):
    message = client.encrypt_envelope(aes, bytes(100_000))
    other = new_key(algorithm="aes_256_gcm")
    for changed in (b"", message[:-1], message[:-40_000], message + b".", message[:-1] + bytes([message[-1] ^ 1])):
        with pytest.raises(scwkms.IntegrityError):
            client.decrypt_envelope(changed)
    for options in ({"associated_data": b"another"}, {"key": other}):
        with pytest.raises(scwkms.IntegrityError):
            client.decrypt_envelope(message, **options)
    for changed in (b"not a message", bytes(2_000)):
        with pytest.raises(scwkms.InvalidArgumentError):
            client.decrypt_envelope(changed)


def test_a_cache_saves_requests(client, aes, emulator):
    client.encrypt_envelope(aes, b"")
    emulator.reset_requests()
    with client.data_key_cache(max_age=60, max_messages=4, max_bytes=1_000_000) as cache:
        messages = [client.encrypt_envelope(aes, b"%d" % number, cache=cache) for number in range(8)]
        assert emulator.requests("GenerateDataKey") == 2
        plaintexts = [client.decrypt_envelope(message, cache=cache) for message in messages]
    assert plaintexts == [b"%d" % number for number in range(8)]
    # One for each data key.
    assert emulator.requests("Decrypt") == 2


def test_use_after_close(client, aes):
    cache, encryptor = client.data_key_cache(), client.encryptor(aes)
    message = client.encrypt_envelope(aes, bytes(2_000))
    decryptor = client.decryptor()
    decryptor.update(message)
    for closed in (cache, encryptor, decryptor):
        closed.close()
        closed.close()
    calls = [
        lambda: encryptor.update(b""),
        encryptor.finish,
        lambda: decryptor.update(b""),
        decryptor.finish,
        lambda: client.encryptor(aes, cache=cache),
        lambda: client.decrypt_envelope(message, cache=cache),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="closed"):
            call()


def test_use_after_the_end(client, aes):
    encryptor = client.encryptor(aes)
    encryptor.finish()
    with pytest.raises(scwkms.InvalidArgumentError):
        encryptor.update(b"more")


def test_an_encryptor_after_its_cache_and_client(emulator, aes):
    client = scwkms.Client()
    cache = client.data_key_cache()
    encryptor = client.encryptor(aes, cache=cache)
    cache.close()
    client.close()
    message = encryptor.update(b"plaintext") + encryptor.finish()
    with scwkms.Client() as other:
        assert other.decrypt_envelope(message) == b"plaintext"


def test_threads_that_use_one_encryptor(client, aes, monkeypatch):
    """The library requires that only one thread uses it at a time. The package ensures this."""
    encryptor, lengths, running, most = client.encryptor(aes), [], [], []
    original = _library.LIBRARY.scwkms_encryptor_update

    def update(*arguments):
        running.append(None)
        most.append(len(running))
        for _ in range(100):
            os.sched_yield()
        running.pop()
        return original(*arguments)

    def encrypt():
        for _ in range(20):
            lengths.append(len(encryptor.update(bytes(10_000))))

    monkeypatch.setattr(_library.LIBRARY, "scwkms_encryptor_update", update)
    threads = [threading.Thread(target=encrypt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    whole = client.encrypt_envelope(aes, bytes(4 * 20 * 10_000))
    assert sum(lengths) + len(encryptor.finish()) == len(whole)
