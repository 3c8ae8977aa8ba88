"""Checks with OpenSSL, through the package cryptography."""

import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
SIGNING = ["ec_p256_sha256", "ec_p384_sha384", "rsa_pss_2048_sha256", "rsa_pkcs1_2048_sha256"]


def hash_of(algorithm):
    return hashes.SHA384() if algorithm.endswith("sha384") else hashes.SHA256()


def digest(algorithm, message):
    return hashlib.new(hash_of(algorithm).name, message).digest()


def verify(public_key, algorithm, signed, signature):
    """Raises InvalidSignature unless it is a signature of the digest by the key."""
    public = serialization.load_der_public_key(public_key.der)
    prehashed = Prehashed(hash_of(algorithm))
    if algorithm.startswith("ec_"):
        public.verify(signature, signed, ec.ECDSA(prehashed))
    else:
        public.verify(signature, signed, PSS if "pss" in algorithm else padding.PKCS1v15(), prehashed)
