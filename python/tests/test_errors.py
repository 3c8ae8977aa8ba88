"""Errors: their classes, and their attributes."""

import copy
import pickle

import pytest
from checks import digest

import scwkms

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DIGEST = digest("ec_p256_sha256", b"document")


def test_attributes(either):
    with pytest.raises(scwkms.NotFoundError) as caught:
        either.sign(UNKNOWN, DIGEST)
    error = caught.value
    assert (error.code, error.status, error.operation, error.key) == (scwkms.ErrorCode.NOT_FOUND, 404, "sign", UNKNOWN)
    assert len(error.request_id) == 36
    assert str(error) == error.message and UNKNOWN in error.message
    assert isinstance(error, LookupError)


def test_without_a_response(either, key):
    with pytest.raises(scwkms.InvalidArgumentError) as caught:
        either.sign(key("ec_p256_sha256"), DIGEST[1:])
    assert (caught.value.status, caught.value.request_id) == (None, None)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, scwkms.InvalidArgumentError),
        (401, scwkms.AuthenticationError),
        (403, scwkms.PermissionDeniedError),
        (503, scwkms.UnavailableError),
    ],
)
def test_status(either, emulator, key, status, kind):
    signing = key("ec_p256_sha256")
    emulator.fail("Sign", times=10, kind="status", status=status)
    with pytest.raises(kind) as caught:
        either.sign(signing, DIGEST)
    assert caught.value.status == status


@pytest.mark.parametrize("fault", ["flip", "other_key"])
def test_wrong_signatures_are_never_returned(either, emulator, key, fault):
    signing = key("ec_p256_sha256")
    emulator.fail("Sign", kind=fault)
    with pytest.raises(scwkms.IntegrityError):
        either.sign(signing, DIGEST)


def test_protocol(either, emulator, key):
    signing = key("ec_p256_sha256")
    emulator.fail("Sign", times=10, kind="redirect", location="https://127.0.0.1:1/")
    with pytest.raises(scwkms.ProtocolError):
        either.sign(signing, DIGEST)


def test_deadline(either, emulator, key):
    signing = key("ec_p256_sha256")
    emulator.fail("Sign", times=10, kind="delay", milliseconds=60_000)
    either.options = {"timeout": 0.2}
    with pytest.raises(TimeoutError) as caught:
        if isinstance(either.client, scwkms.AsyncClient):
            either.sign(signing, DIGEST, timeout=0.2)
        else:
            either.sign(signing, DIGEST)
    assert type(caught.value) is scwkms.TimedOutError


def test_deadline_of_the_client(emulator, key):
    signing = key("ec_p256_sha256")
    with scwkms.Client(timeout=0.2) as client:
        assert client.timeout == 0.2
        emulator.fail("Sign", times=10, kind="delay", milliseconds=60_000)
        with pytest.raises(scwkms.TimedOutError):
            client.sign(signing, DIGEST)


def test_network(emulator):
    with scwkms.Client(api_url="http://127.0.0.1:1", timeout=10) as client, pytest.raises(scwkms.NetworkError) as caught:
        client.get_key(UNKNOWN)
    assert caught.value.status is None


def test_another_algorithm(either, key):
    with pytest.raises(scwkms.UnsupportedError):
        either.sign(key("ec_p256_sha256"), DIGEST, algorithm="rsa_pss_2048_sha256")


def test_copies():
    error = scwkms.NotFoundError(6, "a message", status=404, request_id="id", operation="sign", key="key")
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(copied) is scwkms.NotFoundError
        assert vars(copied) == vars(error) and str(copied) == "a message"
    timed_out = pickle.loads(pickle.dumps(scwkms.TimedOutError(12, "late")))
    assert (type(timed_out), str(timed_out)) == (scwkms.TimedOutError, "late")


def test_new_codes():
    from scwkms.errors import new_error

    error = new_error(1000, "an error of a newer library")
    assert (type(error), error.code) == (scwkms.Error, 1000)
