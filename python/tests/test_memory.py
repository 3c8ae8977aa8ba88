"""Each object that the C library allocates is freed once."""

import asyncio
import collections
import ctypes
import gc

import pytest
from checks import digest

import scwkms
from scwkms import _library

DIGEST = digest("ec_p256_sha256", b"document")


@pytest.fixture
def freed(monkeypatch):
    """Counts the calls of each function that frees, with something to free."""
    counts = collections.Counter()

    def count(name):
        original = getattr(_library.LIBRARY, name)

        def free(value):
            counts[name.removeprefix("scwkms_").removesuffix("_free")] += is_allocated(value)
            return original(value)

        return free

    for name in ("buffer", "error", "key", "key_list", "rotation_list", "algorithm_list"):
        monkeypatch.setattr(_library.LIBRARY, f"scwkms_{name}_free", count(f"scwkms_{name}_free"))
    return counts


def is_allocated(value):
    return bool(value.data if isinstance(value, ctypes.Structure) else value.value)


def test_results(either, key, freed):
    signing, aes = key("ec_p256_sha256"), key("aes_256_gcm")
    freed.clear()
    expected = {
        "sign": ((signing, DIGEST), {"buffer": 1}),
        "public_key": ((signing,), {"buffer": 1}),
        "generate_data_key": ((aes,), {"buffer": 2}),
        "get_key": ((signing,), {"key": 1}),
        "find_keys": ((), {"key_list": 1}),
        "list_rotations": ((aes,), {"rotation_list": 1}),
        "list_algorithms": ((), {"algorithm_list": 1}),
    }
    for method, (arguments, frees) in expected.items():
        getattr(either, method)(*arguments)
        assert +freed == frees, method
        freed.clear()


def test_errors(either, freed):
    for number in range(1, 4):
        with pytest.raises(scwkms.InvalidArgumentError):
            either.get_key("not a key")
        assert freed == {"error": number}


def test_a_conversion_that_fails(client, key, freed, monkeypatch):
    signing = key("ec_p256_sha256")
    freed.clear()
    monkeypatch.setattr("scwkms._library.LIBRARY.scwkms_key_uri", lambda key: b"\xff")
    with pytest.raises(UnicodeDecodeError):
        client.get_key(signing)
    assert freed == {"key": 1}
    with pytest.raises(UnicodeDecodeError):
        asyncio.run(_get_key(signing))
    assert freed == {"key": 2}


async def _get_key(key):
    async with scwkms.AsyncClient() as kms:
        return await kms.get_key(key)


def test_results_of_cancelled_operations(key, freed):
    signing = key("ec_p256_sha256")
    freed.clear()

    async def cancel():
        async with scwkms.AsyncClient() as kms:
            tasks = [asyncio.create_task(kms.sign(signing, DIGEST)) for _ in range(5)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            while any(channel._operations for channel in kms._completions._channels):
                await asyncio.sleep(0)

    asyncio.run(cancel())
    assert freed["buffer"] + freed["error"] == 5


def test_objects(client, key, monkeypatch):
    aes, frees = key("aes_256_gcm"), []
    for name in ("encryptor", "decryptor", "data_key_cache"):
        original = getattr(_library.LIBRARY, f"scwkms_{name}_free")
        free = lambda address, name=name, original=original: (frees.append(name), original(address))
        monkeypatch.setattr(_library.LIBRARY, f"scwkms_{name}_free", free)
    with client.data_key_cache() as cache:
        message = client.encrypt_envelope(aes, b"plaintext", cache=cache)
        assert frees == ["encryptor"]
        client.decrypt_envelope(message, cache=cache)
        assert frees == ["encryptor", "decryptor"]
    assert frees == ["encryptor", "decryptor", "data_key_cache"]
    encryptor = client.encryptor(aes)
    del encryptor
    gc.collect()
    assert frees[3:] == ["encryptor"]


def test_clients_that_are_not_closed(emulator, monkeypatch):
    frees = []
    original = _library.LIBRARY.scwkms_free
    monkeypatch.setattr(_library.LIBRARY, "scwkms_free", lambda handle: (frees.append(handle), original(handle)))
    handles = [scwkms.Client()._handle, scwkms.AsyncClient().client._handle]
    gc.collect()
    assert frees == handles
