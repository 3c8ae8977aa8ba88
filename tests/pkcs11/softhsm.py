"""A token of SoftHSM 2: the second module of p11-kit's tests, and the module to compare p11test's results with."""

import os
import re

from fixture import NAME, Token
from harness import needs
from harness.execute import environment

PIN = "1234"
TYPES = {"ec_p256_sha256": "EC:prime256v1", "ec_p384_sha384": "EC:secp384r1"}
FOLDERS = ["/usr/lib/softhsm", "/usr/local/lib/softhsm", "/usr/lib64/pkcs11"]


def library():
    found = [path for folder in FOLDERS if os.path.exists(path := os.path.join(folder, "libsofthsm2.so"))]
    if not found:
        needs.fail("SoftHSM is not installed: apt-get install softhsm2")
    return os.path.realpath(found[0])


class SoftHSM(Token):
    def __init__(self, folder, label=NAME):
        self.folder = folder
        self.module = library()
        self.pin = PIN
        self.log = os.path.join(folder, "none")
        self.public = {}
        self.ids = {}
        tokens = self.path("tokens")
        os.mkdir(tokens)
        configuration = self.write("softhsm2.conf", f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
        self.env = environment(SOFTHSM2_CONF=configuration, HOME=folder, MODULE=self.module,
                               PATH=f"/usr/bin:/usr/sbin:/sbin:{os.environ['PATH']}")
        self.command("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN)

    def create_key(self, algorithm, name):
        kind = TYPES.get(algorithm) or f"rsa:{re.search('[0-9]{4}', algorithm).group()}"
        number = self.ids[name] = f"{len(self.ids) + 1:02x}"
        tool = ["pkcs11-tool", "--module", self.module, "--login", "--pin", PIN, "--label", name]
        self.command(*tool, "--id", number, "--keypairgen", "--key-type", kind)

    def read_public_key(self, name):
        self.command("pkcs11-tool", "--module", self.module, "--read-object", "--type", "pubkey", "--label", name,
                     "--output-file", "public.der")
        self.public[name] = self.read("public.der")

    def show_certificates(self, *names):
        """Stores the certificates NAME.pem."""
        for name in names:
            self.command("openssl", "x509", "-in", f"{name}.pem", "-outform", "DER", "-out", f"{name}.crt")
            self.command("pkcs11-tool", "--module", self.module, "--login", "--pin", PIN, "--write-object", f"{name}.crt",
                         "--type", "cert", "--label", name, "--id", self.ids[name])

    def adapt(self, script):
        """Adds the PIN to the programs' commands."""
        return re.sub(r"(pkcs11:token=[^'\" \n]*)", rf"\1?pin-value={PIN}", script)
