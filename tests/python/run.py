"""Links the static library into a shared one, loads it with ctypes, and uses it against the emulator."""

import os
import queue
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import scwkms
from harness import execute, needs, openssl
from harness.build import link_shared, run_tool
from harness.emulator import Emulator
from harness.tally import Tally, expect

SIGNING = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"]
OTHERS = ["rsa_oaep_2048_sha256", "aes_256_gcm"]
NOBODY = "00000000-0000-4000-8000-000000000000"


def refused(code, function, *arguments):
    """The scwkms.Error that a call must raise."""
    try:
        function(*arguments)
    except scwkms.Error as error:
        expect(error.code == code, f"{error.code}, not {code}: {error}")
        expect(str(error), "an error without a text")
        return error
    raise AssertionError(f"not refused, though {code} was expected")


class Suite:
    def __init__(self, library, emulator):
        self.library = library
        self.emulator = emulator
        self.keys = {name: emulator.create_key(name) for name in SIGNING + OTHERS}
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

    def another_digest_does_not_verify(self):
        """The judge can say no."""
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
        made = self.client.create_key("scwkms:name=python;unprotected=true;tags=python;algorithm=ec_p384_sha384")
        expect(made["name"] == "python" and made["algorithm_name"] == "ec_p384_sha384", made)
        expect(not made["is_protected"] and made["state"] == "enabled", made)
        expect(self.client.get_key(made["uri"]) == made, "another description")
        expect(self.client.find_keys("scwkms:tags=python") == [made], "not found")
        self.client.delete_key(made["id"])
        expect(self.client.find_keys("scwkms:tags=python") == [], "still there")
        guarded = self.client.create_key("guarded")
        expect(guarded["is_protected"], guarded)
        refused("key_state", self.client.delete_key, guarded["id"])

    def errors(self):
        key = self.keys["ec_p256_sha256"]
        missing = refused("not_found", self.client.sign, NOBODY, bytes(32))
        expect(missing.http_status == 404 and len(missing.request_id) == 36, missing.request_id)
        expect(NOBODY in str(missing), str(missing))
        local = refused("invalid_argument", self.client.sign, key, bytes(31))
        expect(local.http_status == 0 and local.request_id is None, "no request was due")
        refused("unsupported", self.client.sign, key, bytes(32), 3)
        refused("unsupported", self.client.public_key, self.keys["aes_256_gcm"])
        refused("invalid_argument", self.library.validate_name, "scwkms:key-id=none")
        refused("configuration", self.library.open, "scwkms:region=fr-par")
        wrong = refused("authentication", self.library.open(self.emulator.uri(secret_key=NOBODY)).get_key, key)
        expect(NOBODY not in str(wrong), f"the secret key is in the text: {wrong}")

    def flipped_bit(self):
        self.emulator.fault("Sign", kind="flip")
        refused("integrity", self.client.sign, self.keys["ec_p256_sha256"], bytes(32))
        self.client.sign(self.keys["ec_p256_sha256"], bytes(32))

    def settings_from_the_environment(self):
        """A library that was loaded late sees the variables that Python sets."""
        e = self.emulator
        settings = {"SCW_ACCESS_KEY": e.access_key, "SCW_SECRET_KEY": e.secret_key, "SCW_API_URL": e.url,
                    "SCW_DEFAULT_REGION": e.region, "SCW_DEFAULT_PROJECT_ID": e.project_id}
        os.environ.update(settings)
        try:
            with self.library.open(f"scwkms:ca-file={e.ca_file}") as client:
                expect(client.get_key(self.keys["aes_256_gcm"])["algorithm_name"] == "aes_256_gcm", "another key")
        finally:
            for name in settings:
                del os.environ[name]

    def threads(self):
        """Calls of several threads wait for the service at the same time."""
        key, count = self.keys["ec_p256_sha256"], 8
        der, _ = self.client.public_key(key)
        self.emulator.reset_stats()
        self.emulator.fault("Sign", times=count, kind="delay", milliseconds=1000)
        digests = [bytes([number]) * 32 for number in range(count)]
        with ThreadPoolExecutor(count) as pool:
            for digest, signature in zip(digests, pool.map(lambda d: self.client.sign(key, d), digests)):
                openssl.verify("ec_p256_sha256", der, digest, signature)
        most = self.emulator.stats()["max_in_flight"]
        expect(most == count, f"{most} requests at a time, not {count}")

    def requests(self):
        """One thread has several signatures under way, and is told as they come."""
        key, count = self.keys["ec_p256_sha256"], 8
        der, _ = self.client.public_key(key)
        self.emulator.reset_stats()
        self.emulator.fault("Sign", times=count, kind="delay", milliseconds=1000)
        told = queue.Queue()
        digests = [bytes([number + 1]) * 32 for number in range(count)]
        started = {}
        for digest in digests:
            request = self.client.start_sign(key, digest, told.put)
            started[request.number] = request, digest
        for _ in digests:
            request, digest = started.pop(told.get(timeout=60))
            openssl.verify("ec_p256_sha256", der, digest, request.wait())
            refused("invalid_handle", request.wait)
        most = self.emulator.stats()["max_in_flight"]
        expect(most == count and told.empty(), f"{most} requests at a time, not {count}")

    def giving_up(self):
        told = queue.Queue()
        self.emulator.fault("Sign", kind="delay", milliseconds=12000)
        request = self.client.start_sign(self.keys["ec_p256_sha256"], bytes(32), told.put)
        request.cancel()
        refused("cancelled", request.wait)
        expect(told.get(timeout=60) == request.number and told.empty(), "not told once")
        self.emulator.clear_faults()

    def closing(self):
        client = self.library.open(self.emulator.uri())
        client.close()
        refused("invalid_handle", client.get_key, self.keys["ec_p256_sha256"])
        client.close()


def exports(path):
    """The shared object gives out the functions of the header, and all of them."""
    with open(os.path.join(needs.include_dir(), "scwkms.h"), encoding="utf-8") as file:
        header = file.read()
    symbols = run_tool([needs.program("nm", "binutils"), "-D", "--defined-only", path]).split()
    given = {symbol for symbol in symbols if symbol.startswith("scwkms_")}
    expect(len(given) > 15 and all(f"{name}(" in header for name in given), f"not in the header: {given}")


def run_all(tally, suite):
    for name in SIGNING + OTHERS[:1]:
        tally.case(f"public key {name}", suite.public_key, name)
    for name in SIGNING:
        tally.case(f"sign {name}", suite.sign, name)
    for name in ("another_digest_does_not_verify", "decrypt", "encrypt", "key_life", "errors", "flipped_bit",
                 "settings_from_the_environment", "threads", "requests", "giving_up",
                 "closing"):
        tally.case(name.replace("_", " "), getattr(suite, name))


def main():
    tally = Tally()
    # This machine's own settings are none of the tests' business.
    for name in [n for n in os.environ if n not in execute.environment()]:
        if not name.startswith("SCWKMS_"):
            del os.environ[name]
    os.environ.update(execute.environment())
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        path = tally.case("link a shared object", link_shared, os.path.join(folder, "libscwkms.so"))
        if path:
            tally.case("exports", exports, path)
            library = tally.case("load", scwkms.Library, path)
            if library:
                run_all(tally, Suite(library, emulator))
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
