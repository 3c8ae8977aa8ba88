"""The module with an emulator."""

import os
import tempfile
import urllib.parse

import cryptoki
from harness import openssl
from harness.results import expect

SIGNING = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"]
ALL = [*SIGNING, "rsa_oaep_2048_sha256"]
VARIABLES = ("SCWKMS_PKCS11_CONFIG", "SCWKMS_PKCS11_LOG", "SCWKMS_PKCS11_LOG_LEVEL")


def refused(code, function, *arguments, **options):
    """The call must return this code."""
    try:
        function(*arguments, **options)
    except cryptoki.Error as error:
        expect(error.code == code, f"{error}, not {code}")
        return
    raise AssertionError(f"CKR_OK, not {code}")


def module_path():
    return os.environ["SCWKMS_PKCS11_MODULE"]


class Fixture:
    """A module that is initialized with a configuration, and a session."""

    def __init__(self, emulator, folder, version=(3, 2)):
        self.emulator = emulator
        self.folder = folder
        self.module = cryptoki.Module(module_path(), version)
        self.log = os.path.join(folder, "log")
        self.session = None

    def write_config(self, text):
        path = os.path.join(self.folder, "pkcs11.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def environment(self, config=None, level="debug"):
        """The variables for a configuration. Without one there is no file."""
        path = self.write_config(config) if config is not None else None
        variables = {"SCWKMS_PKCS11_LOG": self.log, "SCWKMS_PKCS11_LOG_LEVEL": level}
        return {**variables, **({"SCWKMS_PKCS11_CONFIG": path} if path else {})}

    def initialize(self, config=None, **options):
        """Initializes the module again. It reads the environment of this process."""
        self.module.code("Finalize", None)
        for name in VARIABLES:
            os.environ.pop(name, None)
        os.environ.update(self.environment(config, **options))
        self.clear_log()
        self.module.call("Initialize", None)

    def open(self, config=None, **options):
        self.initialize(config, **options)
        self.session = self.module.open_session()

    def clear_log(self):
        with open(self.log, "w", encoding="utf-8"):
            pass

    def read_log(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def find(self, **attributes):
        return self.module.find(self.session, **attributes)

    def only(self, **attributes):
        found = self.find(**attributes)
        expect(len(found) == 1, f"{len(found)} objects, not one: {attributes}")
        return found[0]

    def private_key(self, label):
        return self.only(CKA_CLASS=cryptoki.constants.CKO_PRIVATE_KEY, CKA_LABEL=label)

    def public_key(self, label):
        return self.only(CKA_CLASS=cryptoki.constants.CKO_PUBLIC_KEY, CKA_LABEL=label)

    def attribute(self, handle, name):
        return self.module.attribute(self.session, handle, name)

    def public_der(self, key):
        """The SubjectPublicKeyInfo of a key of the emulator."""
        return openssl.spki_der(self.emulator.public_pem(key))


WRITABLE = '[[token]]\nlabel = "scwkms"\nread-only = false\nprotect = false\n'


def create(emulator):
    """A fixture with a key of each algorithm, and the ids of the keys."""
    os.environ.update({**emulator.variables(), "SCW_CONFIG_PATH": os.devnull, "HOME": "/nonexistent"})
    fixture = Fixture(emulator, tempfile.mkdtemp(prefix="scwkms-pkcs11-"))
    return fixture, {name: emulator.create_key(name) for name in ALL}


def label(algorithm):
    """The name of a key of the fixture."""
    return algorithm.replace("_", "-")


def quoted(text):
    return urllib.parse.quote(text, safe="")
