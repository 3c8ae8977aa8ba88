"""Python with PyKCS11: the documented program, decryption, and an error."""

from fixture import contains
from harness import openssl
from harness.execute import Runner
from harness.results import expect

DOCUMENT = b"a document\n"
DECRYPT = """import os, sys, PyKCS11
library = PyKCS11.PyKCS11Lib()
library.load(os.environ["MODULE"])
session = library.openSession(library.getSlotList(tokenPresent=True)[0])
[key] = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY), (PyKCS11.CKA_LABEL, "oaep-key")])
mechanism = PyKCS11.RSAOAEPMechanism(PyKCS11.CKM_SHA256, PyKCS11.CKG_MGF1_SHA256)
sys.stdout.buffer.write(bytes(session.decrypt(key, sys.stdin.buffer.read(), mechanism)))
"""


def signs(token):
    token.document("python", "sign.py", "python")
    token.run("python-sign")
    signature = token.read("document.sig")
    expect(len(signature) == 64, f"{len(signature)} bytes")
    token.verify("ec-key", DOCUMENT, openssl.ecdsa_der(signature))


def decrypts(token):
    ciphertext = openssl.encrypt(token.public["oaep-key"], DOCUMENT)
    plaintext, _ = Runner.plain.run("/usr/bin/python3", "-c", DECRYPT, data=ciphertext, env=token.env)
    expect(plaintext == DOCUMENT, plaintext)


def reports_errors(token):
    """An RSA key does not sign with ECDSA."""
    _, output = Runner.plain.run("/usr/bin/python3", token.path("sign.py"), "rsa-key", token.path("document.txt"),
                                 env=token.env, status=1)
    contains(output, "CKR_KEY_TYPE_INCONSISTENT")


def run(results, token):
    token.write("document.txt", DOCUMENT)
    results.case("PyKCS11 signs", signs, token)
    results.case("PyKCS11 decrypts", decrypts, token)
    results.case("PyKCS11 reports an error", reports_errors, token)
