"""OpenSC's pkcs11-tool: its own tests, lists, creation of keys, signatures with each mechanism, decryption."""

import hashlib

from fixture import KEYS, contains
from harness.execute import Runner
from harness.results import expect

DOCUMENT = b"a document\n"
# The prefix of a DigestInfo with SHA-256.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA256 = hashlib.sha256(DOCUMENT).digest()
SHA384 = hashlib.sha384(DOCUMENT).digest()
PSS = ["--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256", "--salt-len", "32"]
# The key, the mechanism, the input, and further options. A digest may be longer or shorter than the key's.
SIGNATURES = [
    ("ec-key", "ECDSA", SHA256, []),
    ("ec-key", "ECDSA", SHA384, []),
    ("ec-key", "ECDSA-SHA256", DOCUMENT, []),
    ("ec-key", "ECDSA-SHA384", DOCUMENT, []),
    ("ec384-key", "ECDSA", SHA256, []),
    ("ec384-key", "ECDSA", SHA384, []),
    ("ec384-key", "ECDSA-SHA256", DOCUMENT, []),
    ("ec384-key", "ECDSA-SHA384", DOCUMENT, []),
    ("rsa-key", "RSA-PKCS", DIGEST_INFO + SHA256, []),
    ("rsa-key", "SHA256-RSA-PKCS", DOCUMENT, []),
    ("pss-key", "RSA-PKCS-PSS", SHA256, PSS),
    ("pss-key", "SHA256-RSA-PKCS-PSS", DOCUMENT, []),
]
MECHANISMS = ["ECDSA", "ECDSA-SHA256", "ECDSA-SHA384", "RSA-PKCS", "SHA256-RSA-PKCS", "RSA-PKCS-PSS", "SHA256-RSA-PKCS-PSS",
              "RSA-PKCS-OAEP", "SHA256"]


def tool(token, *arguments):
    return token.command("pkcs11-tool", "--module", token.module, *arguments)


def lists(token):
    output = token.run("pkcs11-tool-list")
    contains(output, "token label        : scwkms", *(f"\n  {name}, " for name in MECHANISMS))
    for name in KEYS:
        expect(output.count(f"label:      {name}\n") == 2, f"not two objects with the label {name}: {output}")


def documented_signature(token):
    contains(token.run("pkcs11-tool-sign"), "Verified OK")
    expect(token.read("ec-key.der") == token.public["ec-key"], "another public key")
    token.verify("ec-key", DOCUMENT, token.read("document.sig"))


def documented_decryption(token):
    token.run("pkcs11-tool-decrypt")
    expect(token.read("decrypted.txt") == DOCUMENT, "another plaintext")


def documented_creation(token):
    token.run("pkcs11-tool-configuration")
    contains(token.run("pkcs11-tool-create"), "new-key", "0a10")
    expect("new-key" not in tool(token, "--list-objects"), "new-key was not deleted")


def corrupt(data):
    """Flips a bit of the digest or document. ECDSA ignores the end of a long digest."""
    position = min(len(data) - 1, 20)
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1:]


def signs(token, name, mechanism, data, options):
    """OpenSSL verifies the signature, and so does the module."""
    source, signature = token.write("data", data), token.path("signature")
    algorithm = "ec_p384_sha384" if data == SHA384 or "SHA384" in mechanism else "ec_p256_sha256"
    command = ["--mechanism", mechanism, "--id", token.ids[name], *options, "--input-file", source]
    tool(token, "--sign", *command, "--signature-format", "openssl", "--output-file", signature)
    token.verify(name, DOCUMENT, token.read("signature"), algorithm if name.startswith("ec") else None)
    # pkcs11-tool verifies the module's own encoding.
    tool(token, "--sign", *command, "--signature-format", "rs", "--output-file", signature)
    verified = tool(token, "--verify", *command, "--signature-file", signature)
    contains(verified, "Signature is valid")
    token.write("data", corrupt(data))
    verified = tool(token, "--verify", *command, "--signature-file", signature)
    contains(verified, "Invalid signature")


def secret_key_as_pin(token):
    """The environment has no secret key. Without the PIN there are no private keys, and a wrong one is rejected."""
    token = token.at(token.folder)
    secret = token.env.pop("SCW_SECRET_KEY")
    token.configure(pin='"secret-key"')
    expect("Private Key" not in tool(token, "--list-objects"), "a private key without a PIN")
    sign = ["--sign", "--mechanism", "ECDSA-SHA256", "--id", token.ids["ec-key"], "--signature-format", "openssl",
            "--input-file", token.write("document.txt", DOCUMENT), "--output-file", token.path("document.sig")]
    tool(token, "--pin", secret, *sign)
    token.verify("ec-key", DOCUMENT, token.read("document.sig"))
    wrong = "00000000-0000-0000-0000-000000000000"
    _, output = Runner.plain.run("pkcs11-tool", "--module", token.module, "--pin", wrong, *sign, env=token.env, status=1)
    contains(output, "CKR_PIN_INCORRECT")


def own_tests(token):
    """pkcs11-tool checks random numbers, digests, signatures and decryption itself."""
    contains(token.run("pkcs11-tool-test"), "1 errors")


def run(results, token):
    token.write("document.txt", DOCUMENT)
    results.case("pkcs11-tool lists", lists, token)
    results.case("pkcs11-tool signs", documented_signature, token)
    results.case("pkcs11-tool decrypts", documented_decryption, token)
    results.case("pkcs11-tool creates and deletes a key", documented_creation, token)
    for name, mechanism, data, options in SIGNATURES:
        results.case(f"pkcs11-tool signs {len(data)} bytes with {mechanism} and {name}", signs, token, name, mechanism, data,
                     options)
    results.case("pkcs11-tool --test", own_tests, token)
    results.case("pkcs11-tool with the secret key as PIN", secret_key_as_pin, token)
