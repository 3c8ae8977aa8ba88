"""Encryption, decryption, digests and random numbers."""

import ctypes
import hashlib

import constants
from cryptoki import oaep
from fixture import WRITABLE, label, refused
from harness import openssl
from harness.results import expect

KEY = "rsa_oaep_2048_sha256"
OAEP = "CKM_RSA_PKCS_OAEP"
HASHES = {"CKM_SHA_1": "sha1", "CKM_SHA224": "sha224", "CKM_SHA256": "sha256", "CKM_SHA384": "sha384",
          "CKM_SHA512": "sha512"}


def decrypt(fixture, ciphertext, size=None):
    module, session = fixture.module, fixture.session
    module.init("DecryptInit", session, fixture.private_key(label(KEY)), OAEP, oaep())
    return module.output("Decrypt", session, ciphertext, len(ciphertext), size=size)


def decryption(fixture, keys):
    fixture.open(WRITABLE)
    module, session, der = fixture.module, fixture.session, fixture.public_der(keys[KEY])
    for plaintext in (b"x", bytes(range(190))):
        ciphertext = openssl.encrypt(der, plaintext)
        expect(decrypt(fixture, ciphertext) == plaintext, "another plaintext")
        module.init("DecryptInit", session, fixture.private_key(label(KEY)), OAEP, oaep())
        for part in (ciphertext[:100], ciphertext[100:]):
            expect(module.output("DecryptUpdate", session, part, len(part)) == b"", "early output")
        expect(module.output("DecryptFinal", session, size=256) == plaintext, "another plaintext")
    for length in (255, 2000):
        refused("CKR_ENCRYPTED_DATA_LEN_RANGE", decrypt, fixture, bytes(length), size=256)
    refused("CKR_ENCRYPTED_DATA_INVALID", decrypt, fixture, b"\1" * 256, size=256)


def short_buffers(fixture, keys):
    """The exact length is returned, and the ciphertext is decrypted once."""
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    ciphertext = openssl.encrypt(fixture.public_der(keys[KEY]), b"secret")
    fixture.emulator.reset_stats()
    module.init("DecryptInit", session, fixture.private_key(label(KEY)), OAEP, oaep())
    length, buffer = ctypes.c_ulong(), ctypes.create_string_buffer(256)
    module.call("Decrypt", session, ciphertext, 256, None, ctypes.byref(length))
    expect(6 <= length.value <= 256, length.value)
    length.value = 5
    refused("CKR_BUFFER_TOO_SMALL", module.call, "Decrypt", session, ciphertext, 256, buffer, ctypes.byref(length))
    expect(length.value == 6, length.value)
    module.call("Decrypt", session, ciphertext, 256, buffer, ctypes.byref(length))
    expect(buffer.raw[:7] == b"secret\0", buffer.raw[:7])
    expect(fixture.emulator.count("Decrypt") == 1, fixture.emulator.stats())


def short_buffers_and_other_data(fixture, keys):
    """After a short buffer the operation continues: with another ciphertext, or with the parts."""
    fixture.open(WRITABLE)
    module, session, der = fixture.module, fixture.session, fixture.public_der(keys[KEY])
    first, second = openssl.encrypt(der, b"first"), openssl.encrypt(der, b"second")

    def too_short(*call):
        buffer = (ctypes.create_string_buffer(1), ctypes.byref(ctypes.c_ulong(1)))
        refused("CKR_BUFFER_TOO_SMALL", module.call, *call, *buffer)

    module.init("DecryptInit", session, fixture.private_key(label(KEY)), OAEP, oaep())
    too_short("Decrypt", session, first, 256)
    expect(module.output("Decrypt", session, second, 256, size=256) == b"second", "the plaintext of another ciphertext")
    module.init("DecryptInit", session, fixture.private_key(label(KEY)), OAEP, oaep())
    module.output("DecryptUpdate", session, first, 256)
    too_short("DecryptFinal", session)
    expect(module.output("DecryptFinal", session, size=256) == b"first", "another plaintext")


def encryption(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    public = fixture.public_key(label(KEY))
    fixture.attribute(public, "CKA_MODULUS")
    fixture.emulator.reset_stats()
    module.init("EncryptInit", session, public, OAEP, oaep())
    ciphertext = module.output("Encrypt", session, b"secret", 6)
    module.init("EncryptInit", session, public, OAEP, oaep(source=0))
    # The first call of each only asks for the length.
    module.output("EncryptUpdate", session, b"sec", 3)
    module.output("EncryptUpdate", session, b"ret", 3)
    second = module.output("EncryptFinal", session)
    expect(not fixture.emulator.stats()["operations"], "a request was sent")
    for encrypted in (ciphertext, second):
        expect(decrypt(fixture, encrypted) == b"secret", "another plaintext")
    module.init("EncryptInit", session, public, OAEP, oaep())
    refused("CKR_DATA_LEN_RANGE", module.output, "Encrypt", session, bytes(191), 191, size=256)


def wrong_parameters(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    private, public = (find(label(KEY)) for find in (fixture.private_key, fixture.public_key))
    for parameter in (b"", oaep(hash="CKM_SHA_1"), oaep(mgf=1), oaep(label=3), oaep(source=2)):
        refused("CKR_MECHANISM_PARAM_INVALID", module.init, "DecryptInit", session, private, OAEP, parameter)
        refused("CKR_MECHANISM_PARAM_INVALID", module.init, "EncryptInit", session, public, OAEP, parameter)
    refused("CKR_MECHANISM_INVALID", module.init, "DecryptInit", session, private, "CKM_RSA_PKCS")
    refused("CKR_KEY_TYPE_INCONSISTENT", module.init, "DecryptInit", session, public, OAEP, oaep())
    signing = fixture.private_key(label("rsa_pkcs1_2048_sha256"))
    refused("CKR_MECHANISM_INVALID", module.init, "DecryptInit", session, signing, OAEP, oaep())


def digests(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    for mechanism, name in HASHES.items():
        expected = hashlib.new(name, b"data").digest()
        module.init("DigestInit", session, None, mechanism)
        length, buffer = ctypes.c_ulong(1), ctypes.create_string_buffer(1)
        short = ("Digest", session, b"data", 4, buffer, ctypes.byref(length))
        refused("CKR_BUFFER_TOO_SMALL", module.call, *short)
        expect(module.output("Digest", session, b"data", 4) == expected, name)
        module.init("DigestInit", session, None, mechanism)
        module.call("DigestUpdate", session, b"da", 2)
        module.call("DigestUpdate", session, b"ta", 2)
        expect(module.output("DigestFinal", session) == expected, name)
    refused("CKR_MECHANISM_INVALID", module.init, "DigestInit", session, None, "CKM_MD5")
    module.init("DigestInit", session, None, "CKM_SHA256")
    refused("CKR_KEY_INDIGESTIBLE", module.call, "DigestKey", session, 1)


def random_numbers(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    first, second = (ctypes.create_string_buffer(5000) for _ in range(2))
    for buffer in (first, second):
        module.call("GenerateRandom", session, buffer, 4999)
    expect(first.raw != second.raw and first.raw[4999] == 0 and len(set(first.raw)) > 100, "not random")
    module.call("GenerateRandom", session, None, 0)
    refused("CKR_ARGUMENTS_BAD", module.call, "GenerateRandom", session, None, 1)
    refused("CKR_ARGUMENTS_BAD", module.call, "SeedRandom", session, None, 1)
    refused("CKR_RANDOM_SEED_NOT_SUPPORTED", module.call, "SeedRandom", session, b"seed", 4)


def operations_are_independent(fixture, keys):
    """A session has one operation of each kind at the same time."""
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    module.init("DigestInit", session, None, "CKM_SHA256")
    module.init("SignInit", session, fixture.private_key(label("ec_p256_sha256")), "CKM_ECDSA")
    module.call("DigestUpdate", session, b"data", 4)
    digest = module.output("DigestFinal", session)
    expect(len(module.output("Sign", session, digest, 32)) == 64, "no signature")
    refused("CKR_STATE_UNSAVEABLE", module.call, "GetOperationState", session, None, None)
    refused("CKR_FUNCTION_NOT_PARALLEL", module.call, "GetFunctionStatus", session)
    module.call("SessionCancel", session, constants.CKF_SIGN)


CASES = [decryption, short_buffers, short_buffers_and_other_data, encryption, wrong_parameters, digests, random_numbers,
         operations_are_independent]
