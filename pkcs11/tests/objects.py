"""Objects: lookup, attributes and buffers."""

import ctypes
import json
import tempfile
import uuid

import constants
from cryptoki import UNAVAILABLE, Arguments, Attribute, encoded, number
from fixture import ALL, WRITABLE, label, refused
from harness import openssl
from harness.emulator import Emulator
from harness.results import expect

POINT_LEN = 65  # of a P-256 key, uncompressed
P256 = bytes.fromhex("06082a8648ce3d030107")


def all_objects(fixture, keys):
    fixture.open(WRITABLE)
    private = fixture.find(CKA_CLASS=constants.CKO_PRIVATE_KEY)
    public = fixture.find(CKA_CLASS=constants.CKO_PUBLIC_KEY)
    expect(len(private) == len(public) == len(ALL), f"{len(private)} and {len(public)} keys")
    expect(sorted(fixture.find()) == sorted(private + public), "other objects")
    expect(fixture.find(CKA_CLASS=constants.CKO_DATA) == [], "a data object")
    expect(fixture.find(CKA_CLASS=constants.CKO_PRIVATE_KEY) == private, "the handles have changed")


def lookups_do_not_list_the_project(fixture, keys):
    """Many keys are in the project. A lookup by label or id receives one page at most."""
    emulator = fixture.emulator
    many = [emulator.create_key("ec_p256_sha256", name=f"many-{i}", tags=[f"pkcs11-id:{i:04x}"]) for i in range(150)]
    try:
        for attributes in (
            {"CKA_LABEL": "many-120"}, {"CKA_ID": bytes.fromhex("0078")},
            {"CKA_ID": uuid.UUID(keys["ec_p256_sha256"]).bytes}, {"CKA_LABEL": "none"}, {"CKA_ID": b"none"},
            {"CKA_ID": bytes(16)}, {"CKA_LABEL": "many-120", "CKA_ID": bytes.fromhex("0078")},
        ):
            fixture.open(WRITABLE)
            emulator.reset_stats()
            found = fixture.find(**attributes)
            absent = "none" in str(attributes) or attributes.get("CKA_ID") == bytes(16)
            expect(len(found) == (0 if absent else 2), f"{attributes}: {found}")
            expect(emulator.count("ListKeys") <= 1, f"{attributes}: {emulator.stats()}")
            fixture.find(**attributes)
            expect(emulator.count("ListKeys") <= 1, "the result was not cached")
    finally:
        for key in many:
            emulator.api("DELETE", f"/keys/{key}")


def a_search_through_many_keys_obeys_the_rate_limit(fixture, _keys):
    """The search needs the public keys of all keys. At 50 requests per second this takes longer than one request may."""
    count = 400
    with tempfile.TemporaryDirectory() as data:
        with Emulator("--data-dir", data) as emulator:
            for i in range(count):
                last = emulator.create_key("ec_p256_sha256", name=f"many-{i:03}")
            point = openssl.spki_der(emulator.public_pem(last))[-POINT_LEN:]
        with Emulator("--data-dir", data, "--rate-limit", "50") as emulator:
            client = json.dumps(emulator.uri(timeout="6s"))
            fixture.open(f'[[token]]\nlabel = "scwkms"\nclient = {client}\n')
            found = fixture.only(CKA_CLASS=constants.CKO_PUBLIC_KEY, CKA_EC_POINT=bytes([4, POINT_LEN]) + point)
            expect(fixture.attribute(found, "CKA_LABEL") == f"many-{count - 1}".encode(), "another key")
            expect(emulator.count("GetPublicKey") == count, emulator.stats())


def the_id_is_the_uuid_or_the_tag(fixture, keys):
    tagged = fixture.emulator.create_key("ec_p256_sha256", name="tagged", tags=["other", "pkcs11-id:7371"])
    fixture.open(WRITABLE)
    handle = fixture.private_key("tagged")
    expect(fixture.attribute(handle, "CKA_ID") == b"\x73\x71", "another id")
    for value in (b"\x73\x71", uuid.UUID(tagged).bytes):
        expect(handle in fixture.find(CKA_ID=value), f"not found by {value.hex()}")
    plain = fixture.private_key(label("ec_p256_sha256"))
    expect(fixture.attribute(plain, "CKA_ID") == uuid.UUID(keys["ec_p256_sha256"]).bytes, "another id")
    unique = fixture.attribute(plain, "CKA_UNIQUE_ID")
    expect(fixture.find(CKA_UNIQUE_ID=unique) == [plain], "not found by its unique id")
    fixture.emulator.api("DELETE", f"/keys/{tagged}")


def private_key_attributes(fixture, keys):
    fixture.open(WRITABLE)
    for algorithm in ALL:
        handle = fixture.private_key(label(algorithm))
        decrypts = "oaep" in algorithm
        expected = {
            "CKA_TOKEN": True, "CKA_PRIVATE": True, "CKA_SENSITIVE": True, "CKA_ALWAYS_SENSITIVE": True,
            "CKA_EXTRACTABLE": False, "CKA_NEVER_EXTRACTABLE": True, "CKA_LOCAL": True, "CKA_SIGN": not decrypts,
            "CKA_DECRYPT": decrypts, "CKA_DERIVE": False, "CKA_UNWRAP": False, "CKA_SIGN_RECOVER": False,
            "CKA_WRAP_WITH_TRUSTED": False, "CKA_ALWAYS_AUTHENTICATE": False, "CKA_MODIFIABLE": False,
            "CKA_COPYABLE": False, "CKA_DESTROYABLE": True, "CKA_START_DATE": b"", "CKA_END_DATE": b"",
            "CKA_DECAPSULATE": False, "CKA_DECAPSULATE_TEMPLATE": b"", "CKA_SUBJECT": b"", "CKA_UNWRAP_TEMPLATE": b"",
            "CKA_KEY_TYPE": 3 if algorithm.startswith("ec") else 0,
            "CKA_PUBLIC_KEY_INFO": fixture.public_der(keys[algorithm]),
        }
        for name, value in expected.items():
            found = fixture.attribute(handle, name)
            expect(found == encoded(value), f"{algorithm} {name}: {found.hex()}")
        expect(fixture.attribute(handle, "CKA_ALLOWED_MECHANISMS"), "no mechanisms")


def secrets_are_sensitive(fixture, keys):
    fixture.open(WRITABLE)
    for algorithm, name in (("ec_p256_sha256", "CKA_VALUE"), ("rsa_pkcs1_2048_sha256", "CKA_PRIVATE_EXPONENT")):
        handle = fixture.private_key(label(algorithm))
        refused("CKR_ATTRIBUTE_SENSITIVE", fixture.attribute, handle, name)
        refused("CKR_ATTRIBUTE_TYPE_INVALID", fixture.attribute, handle, "CKA_ISSUER")


def public_key_attributes(fixture, keys):
    fixture.open(WRITABLE)
    handle = fixture.public_key(label("ec_p256_sha256"))
    der = fixture.public_der(keys["ec_p256_sha256"])
    expect(fixture.attribute(handle, "CKA_EC_PARAMS") == P256, "another curve")
    for name, value in (("CKA_WRAP", b"\0"), ("CKA_ENCAPSULATE", b"\0"), ("CKA_ENCAPSULATE_TEMPLATE", b"")):
        expect(fixture.attribute(handle, name) == value, name)
    point = fixture.attribute(handle, "CKA_EC_POINT")
    expect(point == bytes([4, 65]) + der[-65:], "not an OCTET STRING of the point")
    handle = fixture.public_key(label("rsa_pkcs1_2048_sha256"))
    modulus = fixture.attribute(handle, "CKA_MODULUS")
    expect(len(modulus) == 256 and modulus in fixture.public_der(keys["rsa_pkcs1_2048_sha256"]), "another modulus")
    expect(fixture.attribute(handle, "CKA_PUBLIC_EXPONENT") == b"\1\0\1", "another exponent")
    expect(fixture.attribute(handle, "CKA_MODULUS_BITS") == number(2048), "another size")
    expect(fixture.find(CKA_MODULUS=modulus, CKA_CLASS=constants.CKO_PUBLIC_KEY) == [handle], "not found by the modulus")


def buffers(fixture, keys):
    """Several attributes at once, with NULL, short and sufficient buffers."""
    module, session = fixture.module, None
    fixture.open(WRITABLE)
    session, handle = fixture.session, fixture.private_key(label("ec_p256_sha256"))
    name = label("ec_p256_sha256").encode()
    buffer = ctypes.create_string_buffer(b"\xaa" * 64, 64)
    at = ctypes.addressof(buffer)
    items = (Attribute * 5)(
        Attribute(constants.CKA_LABEL, None, 0), Attribute(constants.CKA_LABEL, at, len(name) - 1),
        Attribute(constants.CKA_VALUE, at, 64), Attribute(constants.CKA_MODULUS, at, 64),
        Attribute(constants.CKA_LABEL, at, 64),
    )
    code = module.code("GetAttributeValue", session, handle, items, 5)
    expect(code in ("CKR_BUFFER_TOO_SMALL", "CKR_ATTRIBUTE_SENSITIVE", "CKR_ATTRIBUTE_TYPE_INVALID"), code)
    lengths = [item.length for item in items]
    expect(lengths == [len(name), UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, len(name)], lengths)
    expect(buffer.raw == name + b"\xaa" * (64 - len(name)), buffer.raw)
    expect(module.code("GetAttributeValue", session, handle, None, 0) == "CKR_OK", "no attributes")
    refused("CKR_ARGUMENTS_BAD", module.call, "GetAttributeValue", session, handle, None, 1)
    refused("CKR_OBJECT_HANDLE_INVALID", module.call, "GetAttributeValue", session, 2**31, items, 1)


def searches(fixture, keys):
    module = fixture.module
    fixture.open(WRITABLE)
    session = fixture.session
    array, count = (ctypes.c_ulong * 3)(), ctypes.c_ulong()
    find = ("FindObjects", session, array, 3, ctypes.byref(count))
    refused("CKR_OPERATION_NOT_INITIALIZED", module.call, *find)
    module.call("FindObjectsInit", session, None, 0)
    refused("CKR_OPERATION_ACTIVE", module.call, "FindObjectsInit", session, None, 0)
    module.call(*find)
    expect(count.value == 3, count.value)
    module.call("SessionCancel", session, constants.CKF_FIND_OBJECTS)
    refused("CKR_OPERATION_NOT_INITIALIZED", module.call, "FindObjectsFinal", session)
    template = (Attribute * 1)(Attribute(constants.CKA_LABEL, None, 5))
    refused("CKR_ATTRIBUTE_VALUE_INVALID", module.call, "FindObjectsInit", session, template, 1)
    fixture.emulator.fault("ListKeys", times=10, kind="status", status=403)
    arguments = Arguments().template({"CKA_LABEL": "another"})
    try:
        refused("CKR_FUNCTION_REJECTED", module.call, "FindObjectsInit", session, arguments, 1)
    finally:
        fixture.emulator.clear_faults()
    expect(fixture.find(CKA_LABEL="another") == [], "a failed search remained active")


def keys_that_are_deleted_meanwhile(fixture, keys):
    """Another program deletes keys after their lookup, and before their public keys are loaded."""
    fixture.open(WRITABLE)
    handle = fixture.public_key(label("ec_p256_sha256"))
    fixture.emulator.fault("GetPublicKey", times=1000, kind="status", status=404)
    try:
        refused("CKR_OBJECT_HANDLE_INVALID", fixture.attribute, handle, "CKA_EC_POINT")
        expect(fixture.find(CKA_PUBLIC_EXPONENT=b"\1\0\1") == [], "a key without a public key")
    finally:
        fixture.emulator.clear_faults()
    expect(fixture.find(CKA_PUBLIC_EXPONENT=b"\1\0\1"), "no key afterwards")


def objects_cannot_be_modified(fixture, keys):
    module = fixture.module
    fixture.open(WRITABLE)
    handle = fixture.private_key(label("ec_p256_sha256"))
    template = Arguments().template({"CKA_LABEL": "x"})
    refused("CKR_ACTION_PROHIBITED", module.call, "SetAttributeValue", fixture.session, handle, template, 1)
    refused("CKR_ACTION_PROHIBITED", module.call, "CopyObject", fixture.session, handle, template, 1, None)
    size = ctypes.c_ulong()
    module.call("GetObjectSize", fixture.session, handle, ctypes.byref(size))
    expect(size.value == UNAVAILABLE, size.value)


def unusable_keys_are_not_shown(fixture, keys):
    emulator = fixture.emulator
    disabled = emulator.create_key("ec_p256_sha256", name="disabled")
    emulator.api("POST", f"/keys/{disabled}/disable", {})
    symmetric = emulator.create_key("aes_256_gcm")
    fixture.open(WRITABLE)
    for attributes in ({"CKA_LABEL": "disabled"}, {"CKA_LABEL": label("aes_256_gcm")}):
        expect(fixture.find(**attributes) == [], attributes)
    expect("its state disabled" in fixture.read_log(), "the reason is not in the log")
    for key in (disabled, symmetric):
        emulator.api("DELETE", f"/keys/{key}")


CASES = [all_objects, lookups_do_not_list_the_project, a_search_through_many_keys_obeys_the_rate_limit,
         the_id_is_the_uuid_or_the_tag, private_key_attributes, secrets_are_sensitive, public_key_attributes, buffers,
         searches, keys_that_are_deleted_meanwhile, objects_cannot_be_modified, unusable_keys_are_not_shown]
