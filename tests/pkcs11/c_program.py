"""Builds the C programs of c/, and verifies their signatures."""

from harness import openssl, pkcs11


def build(token, name):
    return pkcs11.build(["cc"], name, token.path(name))


def verify(token, key, signature):
    """`signature` is r and s in hexadecimal digits."""
    token.verify(key, pkcs11.DOCUMENT, openssl.ecdsa_der(bytes.fromhex(signature)))
