"""Verifies and encrypts with the openssl command, never with the code under test."""

import hashlib
import os
import subprocess
import tempfile

from . import needs
from .results import expect

OAEP = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]
PSS = ["rsa_padding_mode:pss", "rsa_pss_saltlen:digest", "rsa_mgf1_md:sha256"]


def _openssl(*arguments, data=None):
    done = subprocess.run([needs.program("openssl"), *arguments], input=data, capture_output=True)
    output = (done.stdout + done.stderr).decode(errors="replace")
    expect(done.returncode == 0, f"openssl {' '.join(arguments)}: {output}")
    return done.stdout


def spki_der(service_pem):
    """SubjectPublicKeyInfo in DER, from the service's PEM with any of its labels."""
    text = service_pem.encode()
    if b"BEGIN RSA PUBLIC KEY" in text:
        return _openssl("rsa", "-RSAPublicKey_in", "-pubout", "-outform", "DER", data=text)
    text = text.replace(b"EC PUBLIC KEY", b"PUBLIC KEY")
    return _openssl("pkey", "-pubin", "-pubout", "-outform", "DER", data=text)


def hash_name(algorithm):
    return "sha384" if algorithm.endswith("sha384") else "sha256"


def digest(algorithm, content):
    return hashlib.new(hash_name(algorithm), content).digest()


def _with_key(public_key, *arguments, options, data):
    """Runs pkeyutl with a public key in DER or PEM."""
    with tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "public")
        with open(key, "wb") as file:
            file.write(public_key)
        form = "PEM" if public_key.startswith(b"-----") else "DER"
        settings = [part for option in options for part in ("-pkeyopt", option)]
        return _openssl("pkeyutl", "-pubin", "-inkey", key, "-keyform", form, *arguments, *settings, data=data)


def verify(algorithm, public_key, digest_value, signature):
    """Raises unless `signature` is a valid signature of the digest under the public key."""
    options = [f"digest:{hash_name(algorithm)}"]
    if algorithm.startswith("rsa_pss"):
        options += PSS
    elif algorithm.startswith("rsa_pkcs1"):
        options += ["rsa_padding_mode:pkcs1"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        _with_key(public_key, "-verify", "-sigfile", file.name, options=options, data=digest_value)


def ecdsa_der(signature):
    """The DER encoding of an ECDSA signature: r and s of the same length."""
    half = len(signature) // 2
    numbers = b""
    for value in (int.from_bytes(part, "big") for part in (signature[:half], signature[half:])):
        encoded = value.to_bytes(value.bit_length() // 8 + 1, "big")
        numbers += bytes([2, len(encoded)]) + encoded
    return bytes([0x30, len(numbers)]) + numbers


def encrypt(public_key, plaintext):
    """RSA-OAEP with SHA-256 and no label."""
    return _with_key(public_key, "-encrypt", options=OAEP, data=plaintext)
