"""p11-kit: programs find the module by a file, and use it beside a second module, that of SoftHSM."""

import os
import tempfile

from fixture import LIMIT, PAGE, contains, copy
from harness import documents
from harness.build import run_tool
from softhsm import SoftHSM

# p11-kit ignores the files of the user root.
OTHER_USER = 65534
DOCUMENT = b"a document\n"


class User:
    """A user with a home folder, the file of our module, and a token of SoftHSM. Debian's package of SoftHSM has a file,
    too."""

    def __init__(self, token, second):
        self.token = token
        self.home = token.folder
        self.env = {**token.env, "SOFTHSM2_CONF": second.env["SOFTHSM2_CONF"], "HOME": self.home}
        if os.geteuid() == 0:
            self._change_owner()

    def _change_owner(self):
        """The other user reads the module and the emulator's certificate, and owns the home folder."""
        self.env["MODULE"] = copy(self.token.module, self.home)
        if ca_file := self.env.get("SCWKMS_CA_FILE"):
            self.env["SCWKMS_CA_FILE"] = copy(ca_file, self.home)
        for folder, _, files in os.walk(self.home):
            for path in [folder, *(os.path.join(folder, name) for name in files)]:
                os.chown(path, OTHER_USER, OTHER_USER)

    def shell(self, script):
        change = ["setpriv", "--reuid", str(OTHER_USER), "--regid", str(OTHER_USER), "--clear-groups"]
        prefix = change if os.geteuid() == 0 else []
        return run_tool([*prefix, "bash", "-euo", "pipefail", "-c", script], cwd=self.home, env=self.env,
                        timeout=LIMIT)


def both_modules(user):
    listed = user.shell(documents.block(PAGE, "p11-kit"))
    contains(listed, "scwkms: ", "token: scwkms", "softhsm2: ", "token: second")


def signs(user):
    token = user.token
    user.shell(documents.block(PAGE, "p11-kit-use"))
    token.verify("ec-key", DOCUMENT, token.read("document.sig"))


def second_signs(user, second):
    """A signature of the other module's token, through the same proxy."""
    user.shell(f"""proxy=$(dirname "$(pkg-config p11-kit-1 --variable=p11_module_path)")/p11-kit-proxy.so
        openssl dgst -sha256 -binary document.txt > digest
        pkcs11-tool --pin {second.pin} --module "$proxy" --token-label second --sign --mechanism ECDSA \\
          --id {second.ids['ec-key']} --signature-format openssl --input-file digest --output-file second.sig""")
    second.verify("ec-key", DOCUMENT, user.token.read("second.sig"))


def run(results, token):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, "second"))
        own = token.at(folder)
        own.write("document.txt", DOCUMENT)
        second = SoftHSM(os.path.join(folder, "second"), "second")
        second.create_key("ec_p256_sha256", "ec-key")
        second.read_public_key("ec-key")
        user = User(own, second)
        results.case("p11-kit lists both modules", both_modules, user)
        results.case("p11-kit: a key of the module signs", signs, user)
        results.case("p11-kit: a key of the second module signs", second_signs, user, second)
