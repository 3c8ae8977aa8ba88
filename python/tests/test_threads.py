"""Threads share a client, and calls release the GIL."""

import concurrent.futures
import threading

import pytest
from checks import digest, verify
from pytest_scwkms_emulator import Emulator
from waiting import NEVER, until

import scwkms

DIGEST = digest("ec_p256_sha256", b"document")


@pytest.fixture
def own_emulator(pytestconfig):
    emulator = Emulator(pytestconfig.getoption("--scwkms-emulator"))
    yield emulator
    emulator.stop()


@pytest.mark.parametrize("options", [{}, {"timeout": 50}], ids=["blocking", "with a deadline"])
def test_calls_release_the_gil(emulator, own_emulator, options):
    """A call waits for a response that never comes. It ends because this thread, which runs meanwhile, stops the server.
    If the call held the GIL, it would end with the deadline."""
    settings = {"api_url": own_emulator.url, "ca_file": own_emulator.ca_file, "secret_key": own_emulator.secret_key}
    with scwkms.Client(access_key=own_emulator.access_key, timeout=50, **settings) as client:
        signing = client.create_key("key", project_id=own_emulator.project_id)
        own_emulator.fail("Sign", **NEVER)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            call = pool.submit(client.sign, signing, DIGEST, **options)
            until(lambda: own_emulator.requests("Sign") > 0)
            own_emulator._process.kill()
            assert type(call.exception()) is scwkms.NetworkError


def test_threads_share_a_client(client, key):
    signing = key("ec_p256_sha256")
    public_key = client.public_key(signing)
    start = threading.Barrier(8)

    def sign(number):
        start.wait()
        signed = digest("ec_p256_sha256", b"%d" % number)
        return signed, client.sign(signing, signed)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for signed, signature in pool.map(sign, range(8)):
            verify(public_key, "ec_p256_sha256", signed, signature)


def test_close_during_a_call(emulator, client, key):
    signing = key("ec_p256_sha256")
    client.sign(signing, DIGEST)
    emulator.fail("Sign", kind="delay", milliseconds=300)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        call = pool.submit(client.sign, signing, DIGEST)
        until(lambda: emulator.requests("Sign") >= 2)
        client.close()
        assert call.result()
