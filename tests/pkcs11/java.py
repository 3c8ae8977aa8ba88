"""Java's provider SunPKCS11: the KeyStore, signatures with each mechanism, jarsigner, and an HTTPS server."""

import os
import zipfile

from fixture import contains
from harness.results import expect
from openssl_engine import certificates
from servers import Server, client_context, fetch

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENT = b"a document\n"
NAMES = ("ec-key", "ec384-key", "rsa-key", "pss-key")
# The key, and an algorithm of Java. Java also verifies.
SIGNATURES = [("ec-key", "NONEwithECDSA"), ("ec-key", "SHA256withECDSA"), ("ec384-key", "SHA384withECDSA"),
              ("rsa-key", "SHA256withRSA"), ("pss-key", "RSASSA-PSS")]


def prepare(token):
    """The module shows certificates, so that the KeyStore has entries."""
    certificates(token, "ec-key", "ec384-key", "rsa-key")
    token.run("openssl-pss")
    token.show_certificates(*NAMES)
    token.run("java-settings")


def keystore(token):
    listed = token.run("java-list")
    contains(listed, "Your keystore contains 4 entries", *(f"{name}, PrivateKeyEntry" for name in NAMES))


def signs(token, *signatures):
    """One program, because each start of Java takes a second."""
    arguments = [part for pair in signatures for part in pair]
    output = token.command("java", os.path.join(HERE, "Sign.java"), token.path("document.txt"), *arguments)
    expect(output.count("verified") == len(signatures), output)
    for name, algorithm in signatures:
        token.verify(name, DOCUMENT, token.read(f"{name}.{algorithm}"))


def jar(token):
    """OpenSSL verifies the signature in the archive with the certificate."""
    with zipfile.ZipFile(token.path("program.jar"), "w") as archive:
        archive.writestr("content", "content\n")
    token.run("jarsigner")
    with zipfile.ZipFile(token.path("program.jar")) as archive:
        token.write("content.sf", archive.read("META-INF/EC-KEY.SF"))
        token.write("content.ec", archive.read("META-INF/EC-KEY.EC"))
    token.shell("openssl cms -verify -inform DER -in content.ec -content content.sf -binary -CAfile ec-key.pem -purpose any "
                "-out verified")


def serves(token):
    token.document("java-server", "HttpsExample.java", "java")
    with Server(["java", "HttpsExample.java"], "port ", token.folder, token.env) as server:
        port = int(server.ready.split()[1])
        for _ in range(3):
            response, version = fetch(port, client_context(token.path("ec-key.pem")))
            expect(response.endswith(b"hello\n") and version == "TLSv1.3", f"{version}: {response!r}")


def run(results, token):
    token.write("document.txt", DOCUMENT)
    results.case("java: certificates", prepare, token)
    results.case("java: the KeyStore lists the keys", keystore, token)
    results.case("java: signs with each algorithm", signs, token, *SIGNATURES)
    results.case("java: jarsigner", jar, token)
    results.case("java: HTTPS server", serves, token)
