"""Verifies one signature of each program and algorithm with OpenSSL."""

import subprocess
import tempfile
from pathlib import Path


def collect(rounds, emulators, keys):
    """Returns the first signature of each program and algorithm, with the public key."""
    found = {}
    for result in rounds:
        where = result["latency_ms"], result["algorithm"]
        if (result["program"], result["algorithm"]) not in found:
            found[result["program"], result["algorithm"]] = {
                "program": result["program"], "algorithm": result["algorithm"],
                "public_key": emulators[where[0]].public_pem(keys[where]),
                "digest_hex": result["digest_hex"], "signature_hex": result["signature_hex"],
            }
    return list(found.values())


def verify(signature):
    """Raises an error unless OpenSSL accepts the signature."""
    with tempfile.TemporaryDirectory() as folder:
        file = {name: Path(folder) / name for name in ("key", "pem", "digest", "signature")}
        pem = signature["public_key"]
        file["pem"].write_text(pem.replace("EC PUBLIC KEY", "PUBLIC KEY"))
        file["digest"].write_bytes(bytes.fromhex(signature["digest_hex"]))
        file["signature"].write_bytes(bytes.fromhex(signature["signature_hex"]))
        rsa = "RSA PUBLIC KEY" in pem
        reader = ["rsa", "-RSAPublicKey_in"] if rsa else ["pkey", "-pubin"]
        openssl(*reader, "-in", file["pem"], "-pubout", "-out", file["key"])
        openssl("pkeyutl", "-verify", "-pubin", "-inkey", file["key"], "-in", file["digest"],
                "-sigfile", file["signature"], *(["-pkeyopt", "digest:sha256"] if rsa else []))


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stdout}{done.stderr}")
