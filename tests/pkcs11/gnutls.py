"""GnuTLS: p11tool lists, exports public keys and signs; certtool issues a certificate."""

from fixture import KEYS, contains
from harness import openssl
from harness.execute import Runner
from harness.results import expect
from openssl_engine import has_key


def documented_commands(token):
    contains(token.run("p11tool"), "Label: scwkms", *(f"object={name};type=private" for name in KEYS),
             *(f"object={name};type=public" for name in KEYS))
    public = openssl.spki_der(token.read("ec-key.pem").decode())
    expect(public == token.public["ec-key"], "another public key")


def signs(token, name):
    """p11tool verifies the signature with the public object."""
    uri = f"pkcs11:token=scwkms;object={name};type=private"
    _, progress = Runner.plain.run("p11tool", "--provider", token.module, "--test-sign", uri, env=token.env)
    contains(progress, "Verifying against public key in the token... ok")


def issues_certificate(token):
    token.run("certtool")
    has_key(token, "ca.pem", "ec-key")


def run(results, token):
    results.case("p11tool lists, exports and signs", documented_commands, token)
    for name in ("ec-key", "ec384-key", "rsa-key"):
        results.case(f"p11tool signs with {name}", signs, token, name)
    results.case("certtool issues a certificate", issues_certificate, token)
