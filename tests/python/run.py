"""Links the static library into a shared one, loads it with ctypes, and uses it with the emulator."""

import os
import queue
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

import scwkms  # noqa: E402
from harness import execute, needs, openssl  # noqa: E402
from harness.build import link_shared, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results, expect  # noqa: E402

SIGNING = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"]
OTHERS = ["rsa_oaep_2048_sha256", "aes_256_gcm"]
SPECIAL = ["ml_kem_768"]
UNKNOWN_KEY = "00000000-0000-4000-8000-000000000000"
CONCURRENT = 8


def refused(code, function, *arguments, **options):
    """The scwkms.Error that a call must raise."""
    try:
        function(*arguments, **options)
    except scwkms.Error as error:
        expect(error.code == code, f"{error.code}, not {code}: {error}")
        expect(str(error), "an error without a message")
        return error
    raise AssertionError(f"no error, though {code} was expected")


class Suite:
    def __init__(self, library, emulator):
        self.library = library
        self.emulator = emulator
        self.keys = {name: emulator.create_key(name) for name in SIGNING + OTHERS + SPECIAL}
        self.client = library.open(emulator.uri())

    def public_key(self, name):
        der, number = self.client.public_key(self.keys[name])
        expect(der == openssl.spki_der(self.emulator.public_pem(self.keys[name])), "not the service's public key")
        expect(self.library.algorithm_name(number) == name, f"{number} is not {name}")

    def sign(self, name):
        digest = openssl.digest(name, b"document")
        der, number = self.client.public_key(self.keys[name])
        openssl.verify(name, der, digest, self.client.sign(self.keys[name], digest))
        openssl.verify(name, der, digest, self.client.sign(self.keys[name], digest, number))

    def messages(self):
        key, message = self.keys["ec_p256_sha256"], b"a message of any length"
        signature = self.client.sign_message(key, message)
        der, _ = self.client.public_key(key)
        openssl.verify("ec_p256_sha256", der, openssl.digest("ec_p256_sha256", message), signature)
        self.client.verify_message(key, message, signature)
        refused("integrity", self.client.verify_message, key, message + b".", signature)

    def another_digest_does_not_verify(self):
        """The check of signatures can fail."""
        key = self.keys["ec_p256_sha256"]
        der, _ = self.client.public_key(key)
        signature = self.client.sign(key, openssl.digest("ec_p256_sha256", b"document"))
        try:
            openssl.verify("ec_p256_sha256", der, openssl.digest("ec_p256_sha256", b"another"), signature)
        except AssertionError:
            return
        raise AssertionError("openssl verified a signature of another document")

    def decrypt(self):
        key = self.keys["rsa_oaep_2048_sha256"]
        der, _ = self.client.public_key(key)
        for secret in (b"x", bytes(range(190)), b"\0" * 16):
            expect(self.client.decrypt(key, openssl.encrypt(der, secret)) == secret, "another plaintext")

    def encrypt(self):
        for name in OTHERS:
            ciphertext = self.client.encrypt(self.keys[name], b"attack\0at dawn")
            expect(self.client.decrypt(self.keys[name], ciphertext) == b"attack\0at dawn", "another plaintext")

    def key_life(self):
        uri = "scwkms:name=python;unprotected=true;tags=python,c;algorithm=ec_p384_sha384;description=a%20test"
        made = self.client.create_key(uri)
        expect(made["name"] == "python" and made["algorithm_name"] == "ec_p384_sha384", made)
        expect(made["tags"] == ["python", "c"] and made["description"] == "a test", made)
        expect(not made["is_protected"] and made["state"] == "enabled" and made["public_key"] is None, made)
        found = self.client.get_key(made["uri"])
        expect(found["public_key"] == self.client.public_key(made["id"])[0], "get_key has no public key")
        expect({**found, "public_key": None} == made, f"{found} is not {made}")
        expect(self.client.find_keys("scwkms:tags=python") == [made], "not found")
        self.client.delete_key(made["id"])
        expect(self.client.find_keys("scwkms:tags=python") == [], "a deleted key was found")
        protected = self.client.create_key("protected")
        expect(protected["is_protected"], protected)
        refused("key_state", self.client.delete_key, protected["id"])

    def errors(self):
        key = self.keys["ec_p256_sha256"]
        missing = refused("not_found", self.client.sign, UNKNOWN_KEY, bytes(32))
        expect(missing.http_status == 404 and len(missing.request_id) == 36, missing.request_id)
        expect(UNKNOWN_KEY in str(missing), str(missing))
        local = refused("invalid_argument", self.client.sign, key, bytes(31))
        expect(local.http_status == 0 and local.request_id == "", "a request was sent")
        refused("unsupported", self.client.sign, key, bytes(32), 3)
        refused("unsupported", self.client.public_key, self.keys["aes_256_gcm"])
        refused("invalid_argument", self.library.validate_name, "scwkms:key-id=none")
        refused("configuration", self.library.open, "scwkms:region=fr-par")
        wrong = refused("authentication", self.library.open(self.emulator.uri(secret_key=UNKNOWN_KEY)).get_key, key)
        expect(UNKNOWN_KEY not in str(wrong), f"the secret key is in the message: {wrong}")

    def flipped_bit(self):
        self.emulator.fault("Sign", kind="flip")
        refused("integrity", self.client.sign, self.keys["ec_p256_sha256"], bytes(32))
        self.client.sign(self.keys["ec_p256_sha256"], bytes(32))

    def settings_from_the_environment(self):
        """The library reads variables that Python sets after it was loaded."""
        settings = self.emulator.variables()
        os.environ.update(settings)
        try:
            with self.library.open(f"scwkms:ca-file={self.emulator.ca_file}") as client:
                expect(client.get_key(self.keys["aes_256_gcm"])["algorithm_name"] == "aes_256_gcm", "another key")
        finally:
            for name in settings:
                del os.environ[name]

    def threads(self):
        """Calls of several threads are in flight at the same time."""
        key = self.keys["ec_p256_sha256"]
        der, _ = self.client.public_key(key)
        self.emulator.reset_stats()
        self.emulator.fault("Sign", times=CONCURRENT, kind="delay", milliseconds=1000)
        digests = [bytes([number]) * 32 for number in range(CONCURRENT)]
        with ThreadPoolExecutor(CONCURRENT) as pool:
            for digest, signature in zip(digests, pool.map(lambda d: self.client.sign(key, d), digests)):
                openssl.verify("ec_p256_sha256", der, digest, signature)
        self.expect_concurrent()

    def expect_concurrent(self):
        most = self.emulator.stats()["max_in_flight"]
        expect(most == CONCURRENT, f"{most} requests in flight, not {CONCURRENT}")

    def operations(self):
        """One thread has several signatures in flight; callbacks report their completion."""
        key = self.keys["ec_p256_sha256"]
        der, _ = self.client.public_key(key)
        self.emulator.reset_stats()
        self.emulator.fault("Sign", times=CONCURRENT, kind="delay", milliseconds=1000)
        completed = queue.Queue()
        digests = [bytes([number + 1]) * 32 for number in range(CONCURRENT)]
        started = {}
        for digest in digests:
            operation = self.client.start_sign(key, digest, done=completed.put)
            started[operation.number] = operation, digest
        for _ in digests:
            operation, digest = started.pop(completed.get(timeout=60))
            openssl.verify("ec_p256_sha256", der, digest, operation.wait())
            refused("invalid_handle", operation.wait)
        expect(completed.empty(), "a callback was called twice")
        self.expect_concurrent()

    def every_operation_has_an_asynchronous_form(self):
        """Its result is that of the blocking form."""
        client, signing, decrypting = self.client, self.keys["ec_p256_sha256"], self.keys["rsa_oaep_2048_sha256"]
        der, _ = client.public_key(signing)
        expect(client.start_public_key(signing).wait() == client.public_key(signing), "another public key")
        openssl.verify("ec_p256_sha256", der, bytes(32), client.start_sign(signing, bytes(32)).wait())
        ciphertext = client.start_encrypt(decrypting, b"secret").wait()
        expect(client.start_decrypt(decrypting, ciphertext).wait() == b"secret", "another plaintext")
        expect(client.start_get_key(signing).wait() == client.get_key(signing), "another key")
        made = client.start_create_key("scwkms:name=asynchronous;unprotected=true").wait()
        expect(client.start_find_keys("scwkms:name=asynchronous").wait() == [made], "not found")
        expect(client.start_delete_key(made["id"]).wait() is None, "a result of a deletion")
        expect(client.find_keys("scwkms:name=asynchronous") == [], "not deleted")

    def verification(self):
        client, key = self.client, self.keys["ec_p256_sha256"]
        signature = client.sign(key, bytes(32))
        for by_service in (False, True):
            client.verify(key, bytes(32), signature, by_service=by_service)
            refused("integrity", client.verify, key, b"\1" * 32, signature, by_service=by_service)

    def data_keys(self):
        client, key = self.client, self.keys["aes_256_gcm"]
        for plaintext, ciphertext in (client.generate_data_key(key), client.start_generate_data_key(key).wait()):
            expect(len(plaintext) == 32 and client.decrypt(key, ciphertext) == plaintext, "another data key")
        plaintext, ciphertext = client.start_generate_data_key(key, False).wait()
        expect(plaintext == b"" and len(client.decrypt(key, ciphertext)) == 32, "a data key that was not requested")
        sealed = client.wrap(self.keys["ml_kem_768"], b"secret", b"context")
        expect(client.unwrap(self.keys["ml_kem_768"], sealed, b"context") == b"secret", "another plaintext")

    def rotation(self):
        client, key = self.client, self.emulator.create_key("aes_256_gcm", name="rotated")
        sealed = client.encrypt_with_associated_data(key, b"secret", b"context")
        expect(client.act("rotate", key)["rotation_count"] == 2, "not rotated")
        plaintext, again = client.decrypt_with_associated_data(key, sealed, b"context")
        expect(plaintext == b"secret" and again, "not encrypted again")
        expect(client.decrypt_with_associated_data(key, again, b"context") == (b"secret", b""), "another plaintext")
        expect(len(client.list_rotations(key)) == 2, "not two rotations")
        changed = client.update_key(key, name=b"changed", rotation_period=86400)
        expect((changed["name"], changed["rotation_period"]) == ("changed", 86400), changed)
        expect([client.act(action, key)["state"] for action in ("disable", "enable")] == ["disabled", "enabled"], "states")

    def offered_algorithms(self):
        offered = self.client.list_algorithms("scwkms:usage=asymmetric_signing")
        expect({"name": "ec_p256_sha256", "usage": "asymmetric_signing", "is_recommended": True, "number": 1} in offered,
               offered)

    def key_material(self):
        client, key = self.client, self.emulator.create_key("aes_256_gcm", name="external", origin="external")
        expect(all(client.get_import_parameters(key, 1)), "no parameters")
        expect(client.import_key_material(key, bytes(32), b"salt")["state"] == "enabled", "no key material")
        client.delete_key_material(key)
        refused("key_state", client.encrypt, key, b"secret")

    def readiness(self):
        self.emulator.fault("Sign", kind="delay", milliseconds=12000)
        operation = self.client.start_sign(self.keys["ec_p256_sha256"], bytes(32))
        refused("timeout", operation.wait_ready, 20)
        expect(not operation.is_ready(), "a result")
        operation.cancel()
        operation.wait_ready(60000)
        expect(operation.is_ready(), "no result")
        refused("cancelled", operation.wait)
        self.emulator.clear_faults()

    def cancellation(self):
        completed = queue.Queue()
        self.emulator.fault("Sign", kind="delay", milliseconds=12000)
        operation = self.client.start_sign(self.keys["ec_p256_sha256"], bytes(32), done=completed.put)
        operation.cancel()
        refused("cancelled", operation.wait)
        expect(completed.get(timeout=60) == operation.number and completed.empty(), "not one call of the callback")
        self.emulator.clear_faults()

    def timeout(self):
        """The deadline of one operation may be shorter than the client's."""
        expect(self.library.open(self.emulator.uri(timeout="12345ms")).timeout_ms() == 12345, "another timeout")
        self.emulator.fault("Sign", times=None, kind="delay", milliseconds=60000)
        operation = self.client.start_sign(self.keys["ec_p256_sha256"], bytes(32), timeout_ms=500)
        refused("timeout", operation.wait)
        self.emulator.clear_faults()

    def closing(self):
        client = self.library.open(self.emulator.uri())
        client.close()
        refused("invalid_handle", client.get_key, self.keys["ec_p256_sha256"])
        client.close()


def exports(path):
    """The shared object exports the functions of the header, and no other."""
    with open(os.path.join(needs.include_dir(), "scwkms.h"), encoding="utf-8") as file:
        header = file.read()
    symbols = run_tool([needs.program("nm", "binutils"), "-D", "--defined-only", path]).split()
    exported = {symbol for symbol in symbols if symbol.startswith("scwkms_")}
    expect(len(exported) > 15 and all(f"{name}(" in header for name in exported), f"not in the header: {exported}")
    unbound = exported - scwkms.FUNCTIONS.keys()
    expect(not unbound, f"scwkms.py does not declare {unbound}")


def run_all(results, suite):
    for name in SIGNING + OTHERS[:1]:
        results.case(f"public key {name}", suite.public_key, name)
    for name in SIGNING:
        results.case(f"sign {name}", suite.sign, name)
    for name in ("another_digest_does_not_verify", "messages", "decrypt", "encrypt", "key_life", "errors", "flipped_bit",
                 "settings_from_the_environment", "threads", "operations", "every_operation_has_an_asynchronous_form",
                 "verification", "data_keys", "rotation", "offered_algorithms", "key_material", "readiness",
                 "cancellation", "timeout", "closing"):
        results.case(name.replace("_", " "), getattr(suite, name))


def clear_environment():
    """Removes this machine's own settings."""
    for name in [n for n in os.environ if n not in execute.environment()]:
        if not name.startswith("SCWKMS_"):
            del os.environ[name]
    os.environ.update(execute.environment())


def main():
    results = Results()
    clear_environment()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        path = results.case("link a shared object", link_shared, os.path.join(folder, "libscwkms.so"))
        if path:
            results.case("exports", exports, path)
            library = results.case("load", scwkms.Library, path)
            if library:
                run_all(results, Suite(library, emulator))
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
