"""Creation and deletion of keys."""

import constants
from cryptoki import encoded, number
from fixture import WRITABLE, refused
from harness.results import expect

P256 = bytes.fromhex("06082a8648ce3d030107")
P384 = bytes.fromhex("06052b81040022")
EC, RSA = "CKM_EC_KEY_PAIR_GEN", "CKM_RSA_PKCS_KEY_PAIR_GEN"
USAGES = {"CKA_SIGN": True, "CKA_DECRYPT": True}


def created(fixture, handle):
    """The key as the service describes it."""
    return fixture.emulator.key(fixture.attribute(handle, "CKA_UNIQUE_ID").decode().split("/")[0])


def generate(fixture, mechanism, public, **private):
    return fixture.module.generate(fixture.session, mechanism, public, {"CKA_TOKEN": True, **private})


def ec_keys_have_the_given_name_and_id(fixture, keys):
    fixture.open(WRITABLE)
    for curve, algorithm in ((P256, "ec_p256_sha256"), (P384, "ec_p384_sha384")):
        identifier = algorithm.encode()
        public, private = generate(fixture, EC, {"CKA_EC_PARAMS": curve}, CKA_LABEL="generated", CKA_ID=identifier)
        key = created(fixture, private)
        expect(key["usage"] == {"asymmetric_signing": algorithm} and key["name"] == "generated", key)
        expect(key["tags"] == [f"pkcs11-id:{identifier.hex()}"] and not key["protected"], key)
        for handle in (public, private):
            expect(fixture.attribute(handle, "CKA_ID") == identifier, "another id")
        expect(fixture.find(CKA_ID=identifier, CKA_LABEL="generated") == [private, public], "not found")
        length = len(fixture.module.sign(fixture.session, private, "CKM_ECDSA", bytes(32)))
        expect(length == (64 if curve == P256 else 96), length)
        fixture.open(WRITABLE)
        expect(len(fixture.find(CKA_ID=identifier)) == 2, "not found by another process")


def rsa_keys_have_the_usage_that_the_template_determines(fixture, keys):
    allowed = number(constants.CKM_SHA256_RSA_PKCS_PSS)
    for preference, bits, private, algorithm in (
        ("pkcs1", 2048, USAGES, "rsa_pkcs1_2048_sha256"), ("pss", 2048, USAGES, "rsa_pss_2048_sha256"),
        ("oaep", 2048, USAGES, "rsa_oaep_2048_sha256"), ("pkcs1", 3072, {"CKA_DECRYPT": True}, "rsa_oaep_3072_sha256"),
        ("pkcs1", 2048, {**USAGES, "CKA_ALLOWED_MECHANISMS": allowed}, "rsa_pss_2048_sha256"),
    ):
        fixture.open(WRITABLE + f'rsa-keys = "{preference}"\n')
        template = {"CKA_MODULUS_BITS": bits, "CKA_PUBLIC_EXPONENT": b"\1\0\1"}
        _, handle = generate(fixture, RSA, template, CKA_LABEL="rsa", **private)
        usage = created(fixture, handle)["usage"]
        expect(list(usage.values()) == [algorithm], f"{usage}, not {algorithm}")
        signs = "oaep" not in algorithm
        for name, value in (("CKA_SIGN", signs), ("CKA_DECRYPT", not signs)):
            expect(fixture.attribute(handle, name) == encoded(value), f"{algorithm}: {name} is not {value}")


def keys_without_a_name(fixture, keys):
    fixture.open(WRITABLE)
    _, handle = generate(fixture, EC, {"CKA_EC_PARAMS": P256, "CKA_ID": b"\x01\x02"})
    expect(created(fixture, handle)["name"] == "pkcs11-0102", "another name")
    _, handle = generate(fixture, EC, {"CKA_EC_PARAMS": P256})
    expect(len(created(fixture, handle)["name"]) == len("pkcs11-") + 16, "another name")


def invalid_templates(fixture, keys):
    fixture.open(WRITABLE)
    fixture.emulator.reset_stats()
    for code, mechanism, public, private in (
        ("CKR_TEMPLATE_INCONSISTENT", EC, {"CKA_EC_PARAMS": P256}, {"CKA_TOKEN": False}),
        ("CKR_TEMPLATE_INCOMPLETE", EC, {}, {}),
        ("CKR_CURVE_NOT_SUPPORTED", EC, {"CKA_EC_PARAMS": b"\6\5\x2b\x81\4\0\x0a"}, {}),
        ("CKR_KEY_SIZE_RANGE", RSA, {"CKA_MODULUS_BITS": 1024}, {}),
        ("CKR_TEMPLATE_INCOMPLETE", RSA, {}, {}),
        ("CKR_ATTRIBUTE_VALUE_INVALID", RSA, {"CKA_MODULUS_BITS": 2048, "CKA_PUBLIC_EXPONENT": b"\3"}, {}),
        ("CKR_ATTRIBUTE_VALUE_INVALID", EC, {"CKA_EC_PARAMS": P256}, {"CKA_EXTRACTABLE": True}),
        ("CKR_TEMPLATE_INCONSISTENT", EC, {"CKA_EC_PARAMS": P256, "CKA_KEY_TYPE": constants.CKK_RSA}, {}),
        ("CKR_ATTRIBUTE_VALUE_INVALID", EC, {"CKA_EC_PARAMS": P256}, {"CKA_SIGN": 1}),
        ("CKR_MECHANISM_INVALID", "CKM_ECDSA", {}, {}),
    ):
        refused(code, generate, fixture, mechanism, public, **private)
    expect(fixture.emulator.count("CreateKey") == 0, "a request was sent")


def permissions(fixture, keys):
    module = fixture.module
    fixture.open()
    refused("CKR_TOKEN_WRITE_PROTECTED", generate, fixture, EC, {"CKA_EC_PARAMS": P256})
    handle = fixture.private_key("ec-p256-sha256")
    refused("CKR_TOKEN_WRITE_PROTECTED", module.call, "DestroyObject", fixture.session, handle)
    expect("read-only = false" in fixture.read_log(), "the log does not name the setting")
    fixture.open(WRITABLE)
    fixture.session = module.open_session(0, constants.CKF_SERIAL_SESSION)
    refused("CKR_SESSION_READ_ONLY", generate, fixture, EC, {"CKA_EC_PARAMS": P256})


def deletion(fixture, keys):
    module = fixture.module
    fixture.open(WRITABLE)
    public, private = generate(fixture, EC, {"CKA_EC_PARAMS": P256}, CKA_LABEL="deleted")
    key = created(fixture, private)["id"]
    fixture.emulator.fault("DeleteKey", times=1, kind="status", status=404)
    refused("CKR_OBJECT_HANDLE_INVALID", module.call, "DestroyObject", fixture.session, private)
    fixture.emulator.clear_faults()
    module.call("DestroyObject", fixture.session, private)
    expect(fixture.emulator.key(key)["state"] == "scheduled_for_deletion", "not deleted")
    refused("CKR_OBJECT_HANDLE_INVALID", module.call, "DestroyObject", fixture.session, private)
    refused("CKR_KEY_HANDLE_INVALID", module.init, "SignInit", fixture.session, private, "CKM_ECDSA")
    expect(fixture.find(CKA_LABEL="deleted") == [], "found")
    # The public key can be deleted after the private key, as crypto11 does.
    module.call("DestroyObject", fixture.session, public)


def protected_keys(fixture, keys):
    fixture.open('[[token]]\nlabel = "scwkms"\nread-only = false\n')
    _, private = generate(fixture, EC, {"CKA_EC_PARAMS": P256}, CKA_LABEL="protected")
    expect(created(fixture, private)["protected"], "not protected")
    expect(fixture.attribute(private, "CKA_DESTROYABLE") == b"\0", "destroyable")
    refused("CKR_ACTION_PROHIBITED", fixture.module.call, "DestroyObject", fixture.session, private)


def created_keys_belong_to_the_selection(fixture, keys):
    selected = 'keys = [{ name = "root" }, { tag = "ca" }]\n'
    fixture.open(WRITABLE + selected)
    for name, tags in (("root", []), ("other", ["ca"])):
        _, handle = generate(fixture, EC, {"CKA_EC_PARAMS": P256}, CKA_LABEL=name)
        expect(created(fixture, handle)["tags"] == tags, created(fixture, handle))
        expect(handle in fixture.find(CKA_LABEL=name), "not found")
    fixture.open(WRITABLE + 'keys = [{ name = "root" }]\n')
    refused("CKR_ATTRIBUTE_VALUE_INVALID", generate, fixture, EC, {"CKA_EC_PARAMS": P256}, CKA_LABEL="third")


CASES = [ec_keys_have_the_given_name_and_id, rsa_keys_have_the_usage_that_the_template_determines, keys_without_a_name,
         invalid_templates, permissions, deletion, protected_keys, created_keys_belong_to_the_selection]
