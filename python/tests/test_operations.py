"""Every operation of the service, with each client."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from checks import OAEP, SIGNING, digest, verify
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import scwkms
from scwkms import Algorithm


@pytest.mark.parametrize("algorithm", SIGNING)
def test_sign(either, key, algorithm):
    signed = digest(algorithm, b"document")
    public_key = either.public_key(key(algorithm))
    assert public_key.algorithm == algorithm
    for expected in (None, algorithm):
        verify(public_key, algorithm, signed, either.sign(key(algorithm), signed, algorithm=expected))
    with pytest.raises(InvalidSignature):
        verify(public_key, algorithm, digest(algorithm, b"another"), either.sign(key(algorithm), signed))


@pytest.mark.parametrize("buffer", [bytearray, memoryview, lambda signed: memoryview(bytearray(signed))])
def test_buffers(client, key, buffer):
    signed = digest("ec_p256_sha256", b"document")
    signature = client.sign(key("ec_p256_sha256"), buffer(signed))
    assert type(signature) is bytes
    client.verify(key("ec_p256_sha256"), buffer(signed), buffer(signature))


def test_public_key(either, key):
    public_key = either.public_key(key("ec_p256_sha256"))
    from_pem = serialization.load_pem_public_key(public_key.pem.encode())
    assert from_pem == serialization.load_der_public_key(public_key.der)


def test_key_references(either, key):
    found = key("ec_p256_sha256")
    for reference in (found, found.uri, found.id, f"{found.region}/{found.id}", f"scwkms:name={found.name}"):
        assert either.get_key(reference).id == found.id


@pytest.mark.parametrize("algorithm", [*SIGNING, "ml_dsa_44"])
def test_sign_message(either, key, algorithm):
    message = b"a message of any length"
    signature = either.sign_message(key(algorithm), message, algorithm=algorithm)
    assert either.verify_message(key(algorithm), message, signature) is None
    with pytest.raises(scwkms.IntegrityError):
        either.verify_message(key(algorithm), message + b".", signature)
    if algorithm in SIGNING:
        verify(either.public_key(key(algorithm)), algorithm, digest(algorithm, message), signature)


@pytest.mark.parametrize("method", ["verify", "verify_by_service"])
def test_verify(either, emulator, key, method):
    signed = digest("ec_p256_sha256", b"document")
    signature = either.sign(key("ec_p256_sha256"), signed)
    assert getattr(either, method)(key("ec_p256_sha256"), signed, signature) is None
    with pytest.raises(scwkms.IntegrityError):
        getattr(either, method)(key("ec_p256_sha256"), bytes(32), signature)
    assert emulator.requests("Verify") == (2 if method == "verify_by_service" else 0)


@pytest.mark.parametrize("algorithm", ["rsa_oaep_2048_sha256", "aes_256_gcm"])
def test_encrypt_and_decrypt(either, key, algorithm):
    plaintext = b"attack\0at dawn"
    ciphertext = either.encrypt(key(algorithm), plaintext)
    assert plaintext not in ciphertext
    assert either.decrypt(key(algorithm), ciphertext) == plaintext


def test_decrypt_what_openssl_encrypted(either, key):
    oaep_key = key("rsa_oaep_2048_sha256")
    public = serialization.load_der_public_key(either.public_key(oaep_key).der)
    assert either.decrypt(oaep_key, public.encrypt(b"a secret", OAEP)) == b"a secret"


def test_associated_data(either, client, new_key):
    aes = new_key(algorithm=Algorithm.AES_256_GCM)
    ciphertext = either.encrypt_with_associated_data(aes, b"plaintext", b"context")
    before = either.decrypt_with_associated_data(aes, ciphertext, b"context")
    assert before == scwkms.Decrypted(b"plaintext", None)
    client.rotate_key(aes)
    after = either.decrypt_with_associated_data(aes, ciphertext, b"context")
    assert after.plaintext == b"plaintext" and after.reencrypted not in (None, ciphertext)
    assert either.decrypt_with_associated_data(aes, after.reencrypted, b"context") == before
    with pytest.raises(scwkms.InvalidArgumentError):
        either.decrypt_with_associated_data(aes, ciphertext, b"another context")


def test_data_keys(either, key):
    aes = key("aes_256_gcm")
    data_key = either.generate_data_key(aes)
    encrypted = AESGCM(data_key.plaintext).encrypt(bytes(12), b"data", None)
    decrypted = either.decrypt(aes, data_key.ciphertext)
    assert AESGCM(decrypted).decrypt(bytes(12), encrypted, None) == b"data"
    sealed = either.generate_data_key(aes, with_plaintext=False)
    assert sealed.plaintext is None
    assert len(either.decrypt(aes, sealed.ciphertext)) == 32


def test_wrap(either, key):
    kem, secret = key("ml_kem_768"), os.urandom(32)
    for options in ({}, {"associated_data": b"context"}):
        wrapped = either.wrap(kem, secret, **options)
        assert either.unwrap(kem, wrapped, **options) == secret
    with pytest.raises(scwkms.InvalidArgumentError):
        either.unwrap(kem, wrapped)


def test_life_of_a_key(either):
    made = either.create_key(
        "a;key=1", algorithm="ec_p384_sha384", description="a test", tags=["a b", "ü"], unprotected=True
    )
    assert (made.name, made.algorithm, made.description) == ("a;key=1", "ec_p384_sha384", "a test")
    assert (made.tags, made.state, made.usage) == (("a b", "ü"), "enabled", "asymmetric_signing")
    assert (made.is_protected, made.is_locked, made.public_key, made.origin) == (False, False, None, "scaleway_kms")
    assert made.created_at.tzinfo and abs(datetime.now(UTC) - made.created_at) < timedelta(minutes=10)
    assert either.get_key(made).public_key == either.public_key(made).der
    assert either.find_keys(name="a;key=1") == [made]
    assert either.disable_key(made).state == scwkms.KeyState.DISABLED
    assert either.enable_key(made).state == scwkms.KeyState.ENABLED
    assert either.protect_key(made).is_protected
    with pytest.raises(scwkms.KeyStateError):
        either.delete_key(made)
    assert not either.unprotect_key(made).is_protected
    assert either.delete_key(made) is None
    assert either.find_keys("scwkms:name=a%3Bkey%3D1") == []
    assert either.restore_key(made).state == "enabled"
    either.delete_key(made)


def test_new_keys_are_protected(either):
    made = either.create_key("protected", protection_level="software")
    assert made.is_protected and made.algorithm == "ec_p256_sha256" and made.protection_level == "software"


def test_update(either, new_key):
    made = new_key(algorithm="aes_256_gcm", tags=["a"], description="old")
    assert either.update_key(made, name="renamed").tags == ("a",)
    changed = either.update_key(made, description="", tags=["b", "c"], rotation_period=timedelta(days=30))
    assert (changed.name, changed.description, changed.tags) == ("renamed", "", ("b", "c"))
    assert changed.rotation_period == timedelta(days=30)
    at = datetime(2100, 1, 2, 3, 4, 5, tzinfo=UTC)
    changed = either.update_key(made, tags=[], rotation_period=timedelta(days=1), next_rotation_at=at)
    assert (changed.tags, changed.next_rotation_at) == ((), at)
    assert made.rotation_period is None and made.next_rotation_at is None


def test_find(either, key):
    signing, other = key("ec_p256_sha256"), key("aes_256_gcm")
    found = either.find_keys(usage=scwkms.KeyUsage.ASYMMETRIC_SIGNING, algorithm=Algorithm.EC_P256_SHA256)
    assert signing in found and other not in found
    every = either.find_keys()
    assert signing in every and other in every


def test_rotations(either, new_key):
    made = new_key(algorithm="aes_256_gcm")
    rotated = either.rotate_key(made)
    assert (rotated.id, rotated.rotation_count) == (made.id, made.rotation_count + 1)
    rotations = either.list_rotations(made)
    assert len(rotations) == 2 and rotations[0].index < rotations[1].index
    assert rotations[1].status == "enabled" and rotations[1].is_manual and rotations[1].created_at
    assert rotations[1].deleted_at is None


def test_algorithms(either):
    offered = either.list_algorithms()
    assert {algorithm.name for algorithm in offered} == set(Algorithm)
    symmetric = either.list_algorithms(usage="symmetric_encryption")
    assert [(algorithm.name, algorithm.usage) for algorithm in symmetric] == [("aes_256_gcm", "symmetric_encryption")]


def test_import(either):
    made = either.create_key("imported", algorithm="aes_256_gcm", origin="external", unprotected=True)
    assert (made.state, made.origin) == (scwkms.KeyState.PENDING_KEY_MATERIAL, scwkms.KeyOrigin.EXTERNAL)
    parameters = either.get_import_parameters(made, scwkms.WrappingAlgorithm.RSA_OAEP_3072_SHA256)
    assert parameters.public_key and parameters.import_token
    assert either.import_key_material(made, os.urandom(32), salt=b"salt").state == "enabled"
    ciphertext = either.encrypt(made, b"plaintext")
    assert either.decrypt(made, ciphertext) == b"plaintext"
    index = either.list_rotations(made)[0].index
    assert either.delete_key_material(made, rotation_index=index) is None
    with pytest.raises(scwkms.KeyStateError):
        either.decrypt(made, ciphertext)
    either.import_key_material(made, os.urandom(32))
    either.delete_key_material(made)
