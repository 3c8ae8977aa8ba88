"""Operations in event loops: many at once, cancellation, and the ends of clients and loops."""

import asyncio
import ctypes
import gc
import threading

import pytest
from checks import digest, verify
from waiting import LIMIT, NEVER, in_flight, open_files, threads, until, until_async

import scwkms
from scwkms import _completion, _functions, _library

CONCURRENT = 1000
DIGEST = digest("ec_p256_sha256", b"document")


@pytest.fixture
def signing(key):
    return key("ec_p256_sha256")


@pytest.fixture(autouse=True)
def no_errors_in_loops(caplog):
    """asyncio logs the exceptions of functions that a loop calls."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call")] == []


@pytest.fixture
def channels(monkeypatch):
    """Few operations for each eventfd, so that few operations need several."""
    monkeypatch.setattr(_completion, "MAX_OPERATIONS", 4)


def test_concurrent_signatures(emulator, client, signing):
    public_key = client.public_key(signing)
    digests = [digest("ec_p256_sha256", b"%d" % number) for number in range(CONCURRENT)]
    emulator.fail("Sign", times=CONCURRENT, kind="delay", milliseconds=500)
    counts = []

    async def sign(kms, signed):
        counts.append(threads())
        return await kms.sign(signing, signed)

    async def sign_all():
        async with scwkms.AsyncClient(timeout=60) as kms:
            await kms.get_key(signing)
            before = threads()
            signatures = await asyncio.gather(*[sign(kms, signed) for signed in digests])
            assert max(*counts, threads()) <= before
        return signatures

    signatures = asyncio.run(sign_all())
    assert len(set(signatures)) == CONCURRENT
    for signed, signature in zip(digests, signatures):
        verify(public_key, "ec_p256_sha256", signed, signature)
    assert emulator.admin("GET", "/stats")["max_in_flight"] > CONCURRENT / 4


def test_more_operations_than_fit_into_an_eventfd(emulator, signing, channels):
    async def sign_all():
        async with scwkms.AsyncClient() as kms:
            emulator.fail("Sign", times=20, kind="delay", milliseconds=100)
            tasks = [asyncio.create_task(kms.sign(signing, DIGEST)) for _ in range(10)]
            await asyncio.sleep(0)
            assert (in_flight(kms), len(kms._completions._channels)) == (10, 3)
            await asyncio.gather(*tasks)
            assert in_flight(kms) == 0
            await kms.sign(signing, DIGEST)
            assert len(kms._completions._channels) == 3

    asyncio.run(sign_all())


def test_errors_in_a_group(signing):
    async def sign_all():
        async with scwkms.AsyncClient() as kms:
            calls = [kms.sign(signing, DIGEST[:length]) for length in range(30, 33)]
            return await asyncio.gather(*calls, return_exceptions=True)

    first, second, signature = asyncio.run(sign_all())
    assert type(first) is type(second) is scwkms.InvalidArgumentError
    assert type(signature) is bytes


def test_cancellation(emulator, signing):
    async def cancel():
        async with scwkms.AsyncClient() as kms:
            await kms.sign(signing, DIGEST)
            emulator.fail("Sign", **NEVER)
            task = asyncio.create_task(kms.sign(signing, DIGEST))
            await until_async(lambda: emulator.requests("Sign") >= 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # The operation has ended and was released, though its response never comes.
            await until_async(lambda: in_flight(kms) == 0)
            emulator.clear_faults()
            await kms.sign(signing, DIGEST)

    asyncio.run(cancel())


def test_timeout_of_asyncio(emulator, signing):
    async def sign():
        async with scwkms.AsyncClient() as kms:
            emulator.fail("Sign", **NEVER)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await kms.sign(signing, DIGEST)
            await until_async(lambda: in_flight(kms) == 0)

    asyncio.run(sign())


def test_cancellation_after_the_result(signing):
    """The result is available before the task runs again."""

    async def cancel():
        async with scwkms.AsyncClient() as kms:
            task = asyncio.create_task(kms.sign(signing, DIGEST))
            await asyncio.sleep(0)
            [channel] = kms._completions._channels
            [operation] = channel._operations
            until(lambda: _completion.function("is_ready")(operation))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until_async(lambda: in_flight(kms) == 0)

    asyncio.run(cancel())


@pytest.mark.parametrize("place", ["in the loop", "in another thread"])
def test_close_while_operations_are_in_flight(emulator, signing, place):
    async def close():
        kms = scwkms.AsyncClient()
        await kms.get_key(signing)
        emulator.fail("Sign", **NEVER)
        tasks = [asyncio.create_task(kms.sign(signing, DIGEST)) for _ in range(3)]
        await until_async(lambda: emulator.requests("Sign") >= 3)
        await asyncio.to_thread(kms.close) if place == "in another thread" else kms.close()
        return await asyncio.gather(*tasks, return_exceptions=True)

    for error in asyncio.run(close()):
        assert (type(error), error.operation) == (scwkms.OperationCancelledError, "sign")


def test_close_between_the_callback_and_the_result(signing, monkeypatch):
    """Another thread frees the client after the loop found the result available, and before it takes the result."""

    def function(name):
        def is_ready(operation):
            ready = _library_function("is_ready")(operation)
            if ready:
                kms.client.close()
            return ready

        return is_ready if name == "is_ready" else _library_function(name)

    _library_function = _completion.function
    monkeypatch.setattr(_completion, "function", function)
    kms = scwkms.AsyncClient()
    with pytest.raises(scwkms.OperationCancelledError, match="the client was closed") as info:
        asyncio.run(kms.sign(signing, DIGEST))
    assert info.value.operation == "sign"
    kms.close()


def test_a_loop_that_ends_with_operations_in_flight(emulator, signing):
    """asyncio.run() cancels the tasks, and closes the loop before the operations have ended."""
    with_client = scwkms.AsyncClient()
    asyncio.run(with_client.get_key(signing))
    emulator.fail("Sign", **NEVER)

    async def start():
        task = asyncio.create_task(with_client.sign(signing, DIGEST))
        await until_async(lambda: emulator.requests("Sign") >= 1)
        return task

    assert asyncio.run(start()).cancelled()
    emulator.clear_faults()
    # The next loops use the same eventfd when the operation has ended.
    until(lambda: asyncio.run(with_client.sign(signing, DIGEST)) and in_flight(with_client) == 0)
    files = open_files()
    for _ in range(20):
        asyncio.run(with_client.sign(signing, DIGEST))
    assert open_files() == files
    with_client.close()


def start_and_close_the_loop(kms, emulator, signing):
    """Leaves an operation in flight that no loop will complete."""
    requests = emulator.requests("Sign")
    emulator.fail("Sign", **NEVER)
    loop = asyncio.new_event_loop()
    task = loop.create_task(kms.sign(signing, DIGEST))
    loop.run_until_complete(until_async(lambda: emulator.requests("Sign") > requests))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    task._log_destroy_pending = False
    emulator.clear_faults()


def test_a_loop_that_is_closed_without_cancellation(emulator, signing):
    kms = scwkms.AsyncClient()
    asyncio.run(kms.get_key(signing))
    start_and_close_the_loop(kms, emulator, signing)
    assert in_flight(kms) == 1
    # The next loops cancel the operation, and use its eventfd when it has ended.
    until(lambda: asyncio.run(kms.sign(signing, DIGEST)) and in_flight(kms) == 0)
    start_and_close_the_loop(kms, emulator, signing)
    until(lambda: asyncio.run(kms.sign(signing, DIGEST)) and in_flight(kms) == 0)
    assert len(kms._completions._channels) <= 2
    kms.close()


def test_close_after_the_loop(emulator, signing):
    kms = scwkms.AsyncClient()
    asyncio.run(kms.get_key(signing))
    start_and_close_the_loop(kms, emulator, signing)
    kms.close()
    assert in_flight(kms) == 0


def test_loops_of_several_threads(signing):
    results = []

    async def sign(kms):
        return await asyncio.gather(*[kms.sign(signing, DIGEST) for _ in range(5)])

    kms = scwkms.AsyncClient()
    workers = [threading.Thread(target=lambda: results.extend(asyncio.run(sign(kms)))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(results)) == 20
    assert in_flight(kms) == 0
    kms.close()


def test_completion_needs_no_gil(signing):
    """PyDLL holds the GIL during a call. If the library's thread needed it, the call would reach its time limit."""
    wait_ready = ctypes.PyDLL(_library.path()).scwkms_wait_ready
    wait_ready.argtypes = _functions.FUNCTIONS["wait_ready"][1:]

    async def sign():
        async with scwkms.AsyncClient() as kms:
            task = asyncio.create_task(kms.sign(signing, DIGEST))
            await asyncio.sleep(0)
            [channel] = kms._completions._channels
            [operation] = channel._operations
            assert wait_ready(operation, LIMIT * 1000, None) == 0
            assert not task.done()
            return await task

    assert asyncio.run(sign())


def test_no_files_remain(signing):
    async def sign():
        async with scwkms.AsyncClient() as kms:
            await kms.sign(signing, DIGEST)

    # While a client is open, the library's thread and its files exist.
    with scwkms.Client():
        asyncio.run(sign())
        files = open_files()
        for _ in range(10):
            asyncio.run(sign())
        # The library's thread closes the connections of freed clients.
        until(lambda: open_files() <= files)


def test_a_client_that_is_not_closed(signing):
    async def sign():
        await scwkms.AsyncClient().sign(signing, DIGEST)

    frees = []
    original = _completion.Completions.close
    try:
        _completion.Completions.close = lambda self: (frees.append(self), original(self))[1]
        asyncio.run(sign())
        gc.collect()
    finally:
        _completion.Completions.close = original
    assert len(frees) == 1


def test_file_descriptors_that_cannot_be_created(signing, monkeypatch):
    def fail(*_):
        raise OSError("too many open files")

    async def sign():
        async with scwkms.AsyncClient() as kms:
            for module, name in ((_completion.os, "eventfd"), (asyncio.get_running_loop(), "add_reader")):
                with monkeypatch.context() as patch, pytest.raises(OSError, match="too many"):
                    patch.setattr(module, name, fail)
                    await kms.sign(signing, DIGEST)
            await kms.sign(signing, DIGEST)
            assert len(kms._completions._channels) == 1

    asyncio.run(sign())


def test_without_a_loop(emulator):
    kms = scwkms.AsyncClient()
    with pytest.raises(RuntimeError, match="no running event loop"):
        kms.list_algorithms().send(None)
    kms.close()


def test_the_blocking_client_of_a_client(signing):
    kms = scwkms.AsyncClient()
    assert kms.client.sign(signing, DIGEST)
    kms.close()
    assert kms.client.closed and repr(kms) == "<scwkms.AsyncClient closed>"
