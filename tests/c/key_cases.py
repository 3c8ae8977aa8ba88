"""Keys: their life, their algorithms, and the fields that the accessors return."""

import datetime
import ssl

from harness import openssl
from harness.emulator import Emulator
from harness.execute import environment
from harness.results import expect

MANY = 130  # more than a page of any size that the library may request
# The fields of the service's key that an accessor of the same name returns.
SAME = ("id", "region", "project_id", "name", "description", "state", "origin", "protection_level")
TIMES = ("created_at", "updated_at", "rotated_at", "deletion_requested_at")


def algorithms(runner, suite):
    pairs = [word for pair in suite.keys.items() for word in pair]
    runner.run(suite.program("algorithms"), *pairs, env=suite.env)


def life_of_a_key(runner, suite):
    """With an emulator of its own, so that the number of keys is known."""
    with Emulator() as emulator:
        for number in range(MANY):
            emulator.create_key("ec_p256_sha256", name=f"page-{number:03}", tags=["page"])
        runner.run(suite.program("keys"), str(MANY), env=environment(SCWKMS_URI=emulator.uri()))


def accessors(runner, suite):
    """Compares every field of keys with unusual values with the service's response."""
    emulator = suite.emulator
    changes = {
        "signing": ("ec_p256_sha256", {"description": "Schl\u00fcssel; 100 %", "tags": ["a", "b c", "\u00fc"]}, None),
        "protected": ("rsa_oaep_2048_sha256", {"tags": ["x"], "unprotected": False, "protection_level": "hsm"}, None),
        "rotated": ("aes_256_gcm", {"tags": ["x"]}, lambda key: emulator.api("POST", f"/keys/{key}/rotate", {})),
        "external": ("aes_256_gcm", {"tags": ["x"], "origin": "external"}, None),
        "locked": ("ec_p384_sha384", {"tags": ["x"]}, lambda key: emulator.request(
            "PUT", f"/emulator/keys/{key}/state", {"state": "locked"})),
        "disabled": ("ml_dsa_65", {"tags": ["x"]}, lambda key: emulator.api("POST", f"/keys/{key}/disable", {})),
    }
    for name, (algorithm, fields, change) in changes.items():
        name = f"accessors-{name}"
        key = next((k["id"] for k in emulator.api("GET", f"/keys?project_id={emulator.project_id}&name={name}")["keys"]), None)
        if key is None:
            key = emulator.create_key(algorithm, name=name, **fields)
            if change:
                change(key)
        compare(runner, suite, key, algorithm)


def expected_spki(suite, key, algorithm):
    if algorithm.startswith(("aes", "ml_kem")):
        return b""
    pem = suite.emulator.public_pem(key)
    # Older versions of OpenSSL cannot read these keys. The emulator returns a SubjectPublicKeyInfo.
    return ssl.PEM_cert_to_DER_cert(pem.replace("PUBLIC KEY", "CERTIFICATE")) if algorithm.startswith("ml_dsa") \
        else openssl.spki_der(pem)


def compare(runner, suite, key, algorithm):
    service = suite.emulator.key(key)
    query = f"scwkms:name={service['name']}"
    output, _ = runner.run(suite.program("accessors"), key, query, env=suite.env)
    got, found = (parse(part) for part in output.decode().split("\n\n")[:2])
    spki = expected_spki(suite, key, algorithm).hex()
    expect(got["public_key"] == spki, f"public key {got['public_key']}, not {spki}")
    expect(found["public_key"] == "", f"the key of a list has a public key: {found}")
    for read in (got, found):
        compare_fields(read, service, algorithm)


def parse(text):
    """The printed fields; the tags as a list."""
    fields = {"tags": []}
    for line in text.split("\n"):
        name, _, value = line.partition("\t")
        if name == "tag":
            fields["tags"].append(value)
        else:
            fields[name] = value
    return fields


def compare_fields(read, service, algorithm):
    expected = {name: service[name] or "" for name in SAME}
    [(usage, name)] = [(usage, name) for usage, name in service["usage"].items() if name]
    expected |= {
        "uri": f"scwkms:key-id={service['id']};region={service['region']}", "usage": usage, "algorithm_name": name,
        "rotation_count": str(service["rotation_count"]), "protected": str(int(service["protected"])),
        "locked": str(int(service["locked"])), "tags": service["tags"],
    }
    for name, value in expected.items():
        expect(read[name] == value, f"{name}: {read[name]!r}, not {value!r}")
    expect(name_of(read) == algorithm, f"{name_of(read)}, not {algorithm}")
    for name in TIMES:
        expect(moment(read[name]) == moment(service[name]), f"{name}: {read[name]!r}, not {service[name]!r}")


def name_of(read):
    return read["algorithm_name"] if read["algorithm"] != "0" else "unknown"


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
