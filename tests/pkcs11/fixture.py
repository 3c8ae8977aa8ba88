"""The token that the programs use: the module with keys in the emulator."""

import json
import os
import shutil

from harness import documents, needs, openssl
from harness.build import run_tool
from harness.execute import environment
from harness.results import expect

PAGE = "docs/pkcs11-programs.md"
# The keys that docs/pkcs11-programs.md names.
KEYS = {"ec-key": "ec_p256_sha256", "ec384-key": "ec_p384_sha384", "rsa-key": "rsa_pkcs1_2048_sha256",
        "pss-key": "rsa_pss_2048_sha256", "oaep-key": "rsa_oaep_2048_sha256"}
NAME = "scwkms"
LIMIT = 120  # seconds, after which a program hangs


class Token:
    """The module as a program sees it: a path, the variables of the program's environment, and a PIN if one is needed."""

    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self.module = needs.pkcs11_module()
        self.pin = None
        self.log = os.path.join(folder, "module.log")
        self.env = self.settings()
        self.public = {}
        self.ids = {}

    def settings(self):
        # Debian's Python has the packages of Debian.
        return environment(**self.emulator.variables(), HOME=self.folder, MODULE=self.module,
                           PATH=f"/usr/bin:/usr/sbin:/sbin:{os.environ['PATH']}", SCWKMS_PKCS11_LOG=self.log)

    def create_keys(self):
        for name, algorithm in KEYS.items():
            self.create_key(algorithm, name)

    def create_key(self, algorithm, name):
        """Creates a key and returns its SubjectPublicKeyInfo in DER."""
        key = self.emulator.create_key(algorithm, name=name)
        self.ids[name] = key.replace("-", "")
        self.public[name] = openssl.spki_der(self.emulator.public_pem(key))
        return self.public[name]

    def configure(self, **settings):
        """Writes the module's configuration: one token with these settings. Values are in TOML's syntax."""
        lines = [f"{name.replace('_', '-')} = {value}\n" for name, value in settings.items()]
        folder = self.path(".config/scwkms")
        os.makedirs(folder, exist_ok=True)
        self.write(os.path.join(folder, "pkcs11.toml"), "".join(["[[token]]\n", f'label = "{NAME}"\n', *lines]))

    def show_certificates(self, *names):
        """The module shows the certificates NAME.pem."""
        self.configure(certificates=json.dumps([self.path(f"{name}.pem") for name in names]))

    def at(self, folder):
        """The same token for a program that runs in another folder."""
        other = object.__new__(type(self))
        log = os.path.join(folder, "module.log")
        env = {**self.env, "HOME": folder, "SCWKMS_PKCS11_LOG": log}
        other.__dict__.update(self.__dict__, folder=folder, log=log, env=env)
        return other

    def with_emulator(self, emulator):
        """A token with the keys of another emulator."""
        return type(self)(self.folder, emulator)

    def adapt(self, script):
        return script

    def run(self, name):
        """Executes a block of the documentation and returns its output."""
        return self.shell(documents.block(PAGE, name))

    def shell(self, script):
        try:
            return self.command("bash", "-euo", "pipefail", "-c", self.adapt(script))
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe module's log: {self.read_log()[-2000:]}") from None

    def command(self, *arguments):
        return run_tool(list(arguments), cwd=self.folder, env=self.env, timeout=LIMIT)

    def document(self, name, file, language):
        """Writes a block of the documentation into a file."""
        return self.write(file, self.adapt(documents.block(PAGE, name, language)))

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def read_log(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def verify(self, name, content, signature, algorithm=None):
        """Verifies a signature of the content by OpenSSL with the public key that the service returned."""
        algorithm = algorithm or KEYS[name]
        openssl.verify(algorithm, self.public[name], openssl.digest(algorithm, content), signature)


def contains(output, *parts):
    for part in parts:
        expect(part in output, f"{part!r} is not in: {output}")


def copy(source, folder):
    """A copy that other users can read."""
    path = os.path.join(folder, os.path.basename(source))
    shutil.copyfile(source, path)
    os.chmod(path, 0o644)
    return path
