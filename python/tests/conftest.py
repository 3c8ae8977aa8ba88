"""Fixtures: a client of the emulator, and keys. The plugin pytest-scwkms-emulator starts the emulator."""

import asyncio
import inspect

import pytest

import scwkms


@pytest.fixture
def emulator(scwkms_environment):
    """The emulator, with its settings in the environment, without faults and with counters at zero."""
    return scwkms_environment


@pytest.fixture
def client(emulator):
    with scwkms.Client() as client:
        yield client


_keys = {}


@pytest.fixture
def key(client):
    """A function that returns an unprotected key of an algorithm, the same one in all tests."""

    def find(algorithm):
        if algorithm not in _keys:
            name = f"shared-{algorithm.replace('_', '-')}"
            _keys[algorithm] = client.create_key(name, algorithm=algorithm, unprotected=True)
        return _keys[algorithm]

    return find


@pytest.fixture
def new_key(client):
    """A function that creates an unprotected key for one test."""
    return lambda **settings: client.create_key("for-one-test", unprotected=True, **settings)


class Blocking:
    """Calls the methods of a client."""

    def __init__(self, **options):
        self.client, self.options = scwkms.Client(), options

    def __getattr__(self, name):
        method = getattr(self.client, name)
        return lambda *arguments, **named: method(*arguments, **named, **self.options)

    def close(self):
        self.client.close()


class Async:
    """Calls the methods of a client for asyncio, each in an event loop of its own."""

    def __init__(self):
        self.client = scwkms.AsyncClient()

    def __getattr__(self, name):
        method = getattr(self.client, name)
        assert inspect.iscoroutinefunction(method)
        return lambda *arguments, **named: asyncio.run(method(*arguments, **named))

    def close(self):
        self.client.close()


@pytest.fixture(params=["blocking", "with a deadline", "asyncio"])
def either(request, emulator):
    """A client whose methods are called in each of the possible ways."""
    made = {"blocking": Blocking, "with a deadline": lambda: Blocking(timeout=30), "asyncio": Async}[request.param]()
    yield made
    made.close()
