"""Children of fork() use the clients of their parent."""

import asyncio
import multiprocessing
import os
import threading

import pytest
from checks import digest, verify
from waiting import in_flight, until

import scwkms

DIGEST = digest("ec_p256_sha256", b"document")


def in_child(function):
    """The exit status of a child that calls a function."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            function()
            status = 0
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_child_and_parent(client, key):
    signing = key("ec_p256_sha256")
    public_key = client.public_key(signing)
    client.sign(signing, DIGEST)
    check = lambda: verify(public_key, "ec_p256_sha256", DIGEST, client.sign(signing, DIGEST))
    assert in_child(check) == 0
    check()


def test_errors_in_a_child(client):
    def fail():
        with pytest.raises(scwkms.NotFoundError):
            client.get_key("00000000-0000-4000-8000-000000000000")

    assert in_child(fail) == 0


def test_child_closes_the_client(client, key):
    signing = key("ec_p256_sha256")
    client.sign(signing, DIGEST)
    assert in_child(client.close) == 0
    assert client.sign(signing, DIGEST)


def test_asyncio_in_a_child(key):
    signing = key("ec_p256_sha256")
    kms = scwkms.AsyncClient()
    sign = lambda: asyncio.run(kms.sign(signing, DIGEST))
    sign()
    assert in_child(sign) == 0
    assert sign()
    kms.close()


def test_fork_while_operations_are_in_flight(emulator, key):
    """The child has none of them. Its operations wake neither the event loop of the parent nor an inherited one."""
    signing = key("ec_p256_sha256")
    kms = scwkms.AsyncClient()
    asyncio.run(kms.get_key(signing))
    loop = asyncio.new_event_loop()
    emulator.fail("Sign", kind="delay", milliseconds=500)
    task = loop.create_task(kms.sign(signing, DIGEST))
    loop.run_until_complete(asyncio.sleep(0))
    assert in_flight(kms) == 1
    until(lambda: emulator.requests("Sign") >= 1)

    def sign():
        # The inherited loop is not used: the child is as a thread without one.
        asyncio.run(kms.sign(signing, DIGEST))
        assert in_flight(kms) == 0

    assert in_child(sign) == 0
    assert loop.run_until_complete(task)
    loop.close()
    kms.close()


def _sign(client, signing):
    return client.sign(signing, DIGEST)


def _fail(client):
    client.get_key("00000000-0000-4000-8000-000000000000")


_inherited = {}


def _sign_with_inherited_client(_):
    return _sign(_inherited["client"], _inherited["key"])


def _fail_with_inherited_client(_):
    return _fail(_inherited["client"])


def test_multiprocessing(client, key):
    signing = key("ec_p256_sha256")
    public_key = client.public_key(signing)
    _inherited.update(client=client, key=signing)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for signature in pool.map(_sign_with_inherited_client, range(4)):
            verify(public_key, "ec_p256_sha256", DIGEST, signature)
        with pytest.raises(scwkms.NotFoundError) as caught:
            pool.map(_fail_with_inherited_client, range(1))
    assert (caught.value.status, caught.value.operation) == (404, "get_key")


def test_fork_during_a_blocking_call(emulator, client, key):
    signing = key("ec_p256_sha256")
    client.sign(signing, DIGEST)
    emulator.fail("Sign", kind="delay", milliseconds=500)
    signatures = []
    worker = threading.Thread(target=lambda: signatures.append(client.sign(signing, DIGEST)))
    worker.start()
    until(lambda: emulator.requests("Sign") >= 2)
    assert in_child(lambda: client.sign(signing, DIGEST)) == 0
    worker.join()
    assert len(signatures) == 1
