"""osslsigncode signs a program for Windows."""

from fixture import contains
from openssl_engine import certificates
from portable_executable import program


def signs(token):
    certificates(token, "rsa-key")
    token.write("program.exe", program())
    output = token.run("osslsigncode")
    contains(output, "Signature verification: ok", "Number of verified signatures: 1", "Succeeded")
    if token.read("signed.exe")[:2] != b"MZ":
        raise AssertionError("not a program")


def run(results, token):
    results.case("osslsigncode signs a program", signs, token)
