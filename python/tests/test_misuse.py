"""Mistakes of programs raise errors, and never crash the process."""

import pytest

import scwkms

KEY = "00000000-0000-4000-8000-000000000000"


def test_typo_in_the_uri(emulator):
    with pytest.raises(scwkms.InvalidArgumentError, match="did you mean region"):
        scwkms.Client("scwkms:regoin=fr-par")


def test_a_setting_twice(emulator):
    with pytest.raises(scwkms.InvalidArgumentError):
        scwkms.Client("scwkms:region=fr-par", region="nl-ams")


def test_missing_settings(emulator, monkeypatch):
    monkeypatch.delenv("SCW_SECRET_KEY")
    with pytest.raises(scwkms.ConfigurationError) as caught:
        scwkms.Client()
    assert caught.value.operation == "open"


def test_settings(emulator):
    with scwkms.Client(
        "scwkms:region=nl-ams", project_id=emulator.project_id, ca_file=emulator.ca_file, verify=False, timeout=1.5
    ) as client:
        assert client.timeout == 1.5
        assert client.create_key("elsewhere", unprotected=True).region == "nl-ams"


def test_no_secrets_in_representations(emulator):
    with scwkms.Client(secret_key=emulator.secret_key) as client:
        assert repr(client) == "<scwkms.Client open>"
    assert repr(client) == "<scwkms.Client closed>"
    assert "secret" not in repr(scwkms.DataKey(b"secret", b"")) + repr(scwkms.Decrypted(b"secret", None))


def test_closed_client(either, key):
    signing = key("ec_p256_sha256")
    either.close()
    either.close()
    with pytest.raises(scwkms.InvalidHandleError):
        either.sign(signing, bytes(32))


def test_malformed_references(either):
    with pytest.raises(scwkms.InvalidArgumentError):
        either.get_key("not a key")
    with pytest.raises(scwkms.InvalidArgumentError):
        scwkms.validate_name("scwkms:key-id=x")
    assert scwkms.validate_name(f"scwkms:key-id={KEY}") is None


@pytest.mark.parametrize("digest", [b"", bytes(31), bytes(33), bytes(48)])
def test_lengths_of_digests(either, emulator, key, digest):
    signing = key("ec_p256_sha256")
    with pytest.raises(scwkms.InvalidArgumentError):
        either.sign(signing, digest)
    assert emulator.requests("Sign") == 0


@pytest.mark.parametrize("data", ["text", 32, None, [1, 2], 1.5])
def test_only_buffers_are_data(either, data):
    with pytest.raises(TypeError):
        either.sign(KEY, data)


@pytest.mark.parametrize("reference", [b"bytes", 5, None])
def test_only_texts_and_keys_are_references(either, reference):
    with pytest.raises(TypeError):
        either.sign(reference, bytes(32))


def test_nul_characters(either):
    with pytest.raises(ValueError, match="NUL"):
        either.sign(KEY + "\0", bytes(32))


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_timeouts(client, timeout):
    with pytest.raises(ValueError):
        client.sign(KEY, bytes(32), timeout=timeout)


def test_unknown_algorithms(either):
    with pytest.raises(ValueError):
        either.sign(KEY, bytes(32), algorithm="ec_p256")
    with pytest.raises(ValueError):
        either.create_key("name", protection_level="high")


def test_tags(client):
    with pytest.raises(ValueError, match="comma"):
        client.create_key("name", tags=["a,b"])
    with pytest.raises(TypeError):
        client.update_key(KEY, tags="tag")
    with pytest.raises(TypeError):
        client.create_key("name", tags=[1])


@pytest.mark.parametrize("limits", [{"max_messages": 0}, {"max_bytes": -1}, {"max_bytes": 2**64}, {"max_age": 0}])
def test_limits_of_data_keys(client, limits):
    with pytest.raises(ValueError):
        client.data_key_cache(**limits)


@pytest.mark.parametrize("index", [-1, 2**32])
def test_indexes_of_rotations(client, index):
    with pytest.raises(ValueError):
        client.delete_key_material(KEY, rotation_index=index)


def test_updates(client):
    from datetime import datetime, timedelta

    with pytest.raises(ValueError, match="one day"):
        client.update_key(KEY, rotation_period=timedelta(hours=1))
    with pytest.raises(ValueError, match="time zone"):
        client.update_key(KEY, rotation_period=timedelta(days=1), next_rotation_at=datetime(2100, 1, 1))
    with pytest.raises(scwkms.InvalidArgumentError):
        client.update_key(KEY)
