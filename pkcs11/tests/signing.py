"""Signatures with each mechanism, verified by openssl."""

import ctypes
import hashlib

import constants
from cryptoki import Mechanism, pss
from fixture import SIGNING, WRITABLE, label, refused
from harness import openssl
from harness.results import expect

DATA = b"a document"
HASHED = {
    "ec_p256_sha256": "CKM_ECDSA_SHA256", "ec_p384_sha384": "CKM_ECDSA_SHA384",
    "rsa_pss_2048_sha256": "CKM_SHA256_RSA_PKCS_PSS", "rsa_pkcs1_2048_sha256": "CKM_SHA256_RSA_PKCS",
}
RAW = {
    "ec_p256_sha256": "CKM_ECDSA", "ec_p384_sha384": "CKM_ECDSA", "rsa_pss_2048_sha256": "CKM_RSA_PKCS_PSS",
    "rsa_pkcs1_2048_sha256": "CKM_RSA_PKCS",
}
PREFIXES = {
    "sha1": "3021300906052b0e03021a05000414", "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430", "sha512": "3051300d060960864801650304020305000440",
}


def parameter(algorithm):
    return pss() if "pss" in algorithm else b""


def digest_info(hash_name, digest):
    return bytes.fromhex(PREFIXES[hash_name]) + digest


def raw_input(algorithm, data):
    digest = openssl.digest(algorithm, data)
    return digest_info("sha256", digest) if "pkcs1" in algorithm else digest


def der(algorithm, signature):
    """The signature as openssl expects it."""
    return openssl.ecdsa_der(signature) if algorithm.startswith("ec") else signature


def check(fixture, key, algorithm, digest, signature):
    openssl.verify(algorithm, fixture.public_der(key), digest, der(algorithm, signature))


def signature_len(algorithm):
    return {"ec_p256_sha256": 64, "ec_p384_sha384": 96}.get(algorithm, 256)


def each_mechanism(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    for algorithm in SIGNING:
        handle, extra = fixture.private_key(label(algorithm)), parameter(algorithm)
        digest = openssl.digest(algorithm, DATA)
        for mechanism, data in ((HASHED[algorithm], DATA), (RAW[algorithm], raw_input(algorithm, DATA))):
            signature = module.sign(session, handle, mechanism, data, extra)
            expect(len(signature) == signature_len(algorithm), f"{len(signature)} bytes")
            check(fixture, keys[algorithm], algorithm, digest, signature)


def several_parts(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    for algorithm in SIGNING:
        handle, extra = fixture.private_key(label(algorithm)), parameter(algorithm)
        for mechanism, data in ((HASHED[algorithm], DATA), (RAW[algorithm], raw_input(algorithm, DATA))):
            module.init("SignInit", session, handle, mechanism, extra)
            for part in (data[:3], b"", data[3:]):
                module.call("SignUpdate", session, part, len(part))
            signature = module.output("SignFinal", session)
            check(fixture, keys[algorithm], algorithm, openssl.digest(algorithm, DATA), signature)


def modes_cannot_be_mixed(fixture, keys):
    """Nor does an operation continue after an error."""
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    handle = fixture.private_key(label("ec_p256_sha256"))
    whole, final, part = ("Sign", session, DATA, len(DATA)), ("SignFinal", session), ("SignUpdate", session, DATA, 1)
    length = ctypes.c_ulong()
    for first, then in ((part, (*whole, None, ctypes.byref(length))), ((*whole, None, ctypes.byref(length)), part),
                        ((*final, None, ctypes.byref(length)), (*whole, None, ctypes.byref(length)))):
        module.init("SignInit", session, handle, HASHED["ec_p256_sha256"])
        module.call(*first)
        refused("CKR_OPERATION_ACTIVE", module.call, *then)
        refused("CKR_OPERATION_NOT_INITIALIZED", module.call, *then)
    for call in ((*whole, None, None), (*final, None, None), ("SignUpdate", session, None, 1)):
        module.init("SignInit", session, handle, HASHED["ec_p256_sha256"])
        refused("CKR_ARGUMENTS_BAD", module.call, *call)
        refused("CKR_OPERATION_NOT_INITIALIZED", module.output, "Sign", session, DATA, len(DATA))


def other_hashes_with_ec(fixture, keys):
    """TLS and CMS negotiate any hash with any curve."""
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    for algorithm, size in (("ec_p256_sha256", 32), ("ec_p384_sha384", 48)):
        handle = fixture.private_key(label(algorithm))
        for name in ("sha1", "sha224", "sha256", "sha384", "sha512"):
            digest = hashlib.new(name, DATA).digest()
            signed = digest[:size].rjust(size, b"\0")
            signature = module.sign(session, handle, "CKM_ECDSA", digest)
            check(fixture, keys[algorithm], algorithm, signed, signature)
            mechanism = f"CKM_ECDSA_{name.upper()}"
            if name in ("sha256", "sha384", "sha512"):
                signature = module.sign(session, handle, mechanism, DATA)
                check(fixture, keys[algorithm], algorithm, signed, signature)
        for length in (0, 65):
            refused("CKR_DATA_LEN_RANGE", module.sign, session, handle, "CKM_ECDSA", bytes(length))


def rsa_inputs(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    handle = fixture.private_key(label("rsa_pkcs1_2048_sha256"))
    for name in ("sha1", "sha384", "sha512"):
        fixture.clear_log()
        data = digest_info(name, hashlib.new(name, DATA).digest())
        refused("CKR_DATA_INVALID", module.sign, session, handle, "CKM_RSA_PKCS", data)
        expected = f"SHA-{name[3:]}"
        expect(expected in fixture.read_log(), f"the log does not name {expected}")
    for data in (b"", bytes(32), bytes(36), digest_info("sha256", bytes(32)) + b"x"):
        refused("CKR_DATA_INVALID", module.sign, session, handle, "CKM_RSA_PKCS", data)
    handle = fixture.private_key(label("rsa_pss_2048_sha256"))
    refused("CKR_DATA_LEN_RANGE", module.sign, session, handle, "CKM_RSA_PKCS_PSS", bytes(20), pss())
    for wrong in (b"", pss(salt=20), pss(hash="CKM_SHA384"), pss(mgf=1), b"short"):
        refused("CKR_MECHANISM_PARAM_INVALID", module.init, "SignInit", session, handle, "CKM_RSA_PKCS_PSS", wrong)


def buffers(fixture, keys):
    """The length is returned for NULL and short buffers, and the operation remains active."""
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    fixture.emulator.reset_stats()
    for algorithm in SIGNING:
        handle, size = fixture.private_key(label(algorithm)), signature_len(algorithm)
        module.init("SignInit", session, handle, HASHED[algorithm], parameter(algorithm))
        length, buffer = ctypes.c_ulong(size - 1), ctypes.create_string_buffer(b"\xaa" * 300, 300)
        call = ("Sign", session, DATA, len(DATA), buffer, ctypes.byref(length))
        refused("CKR_BUFFER_TOO_SMALL", module.call, *call)
        expect(length.value == size and buffer.raw == b"\xaa" * 300, "the buffer was written")
        length.value = 300
        module.call(*call)
        expect(length.value == size and buffer.raw[size:] == b"\xaa" * (300 - size), "too much was written")
        refused("CKR_OPERATION_NOT_INITIALIZED", module.call, *call)
    expect(fixture.emulator.count("Sign") == len(SIGNING), fixture.emulator.stats())


def wrong_keys_and_states(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    private, public = (find(label("ec_p256_sha256")) for find in (fixture.private_key, fixture.public_key))
    oaep = fixture.private_key(label("rsa_oaep_2048_sha256"))
    for code, handle, mechanism in (
        ("CKR_KEY_TYPE_INCONSISTENT", public, "CKM_ECDSA"), ("CKR_KEY_TYPE_INCONSISTENT", private, "CKM_RSA_PKCS"),
        ("CKR_MECHANISM_INVALID", oaep, "CKM_RSA_PKCS"), ("CKR_MECHANISM_INVALID", private, "CKM_SHA1_RSA_PKCS"),
        ("CKR_KEY_HANDLE_INVALID", 2**31, "CKM_ECDSA"), ("CKR_MECHANISM_PARAM_INVALID", private, "parameter"),
    ):
        arguments = ("CKM_ECDSA", b"x") if mechanism == "parameter" else (mechanism,)
        refused(code, module.init, "SignInit", session, handle, *arguments)
    refused("CKR_OPERATION_NOT_INITIALIZED", module.call, "SignUpdate", session, b"x", 1)
    # A parameter without a length is none.
    module.call("SignInit", session, ctypes.byref(Mechanism(constants.CKM_ECDSA, 1, 0)), private)
    refused("CKR_OPERATION_ACTIVE", module.init, "SignInit", session, private, "CKM_ECDSA")
    module.call("SignInit", session, None, private)
    module.init("SignInit", session, private, "CKM_ECDSA")
    other = module.open_session()
    refused("CKR_OPERATION_NOT_INITIALIZED", module.output, "Sign", other, bytes(32), 32)
    expect(len(module.output("Sign", session, bytes(32), 32)) == 64, "no signature")


def verification(fixture, keys):
    fixture.open(WRITABLE)
    module, session = fixture.module, fixture.session
    for algorithm in SIGNING:
        private, public = (find(label(algorithm)) for find in (fixture.private_key, fixture.public_key))
        extra = parameter(algorithm)
        for mechanism, data in ((HASHED[algorithm], DATA), (RAW[algorithm], raw_input(algorithm, DATA))):
            signature = module.sign(session, private, mechanism, data, extra)
            fixture.emulator.reset_stats()
            module.verify(session, public, mechanism, data, signature, extra)
            module.init("VerifyInit", session, public, mechanism, extra)
            module.call("VerifyUpdate", session, data, len(data))
            module.call("VerifyFinal", session, signature, len(signature))
            wrong = signature[:-1] + bytes([signature[-1] ^ 1])
            refused("CKR_SIGNATURE_INVALID", module.verify, session, public, mechanism, data, wrong, extra)
            zero = bytes(len(signature))
            refused("CKR_SIGNATURE_INVALID", module.verify, session, public, mechanism, data, zero, extra)
            short = signature[:-1]
            refused("CKR_SIGNATURE_LEN_RANGE", module.verify, session, public, mechanism, data, short, extra)
            expect(not fixture.emulator.stats()["operations"], "a request was sent")
        refused("CKR_KEY_TYPE_INCONSISTENT", module.verify, session, private, HASHED[algorithm], DATA, b"", extra)


CASES = [each_mechanism, several_parts, modes_cannot_be_mixed, other_hashes_with_ec, rsa_inputs, buffers,
         wrong_keys_and_states, verification]
