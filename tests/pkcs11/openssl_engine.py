"""OpenSSL with the engine of libp11: requests, certificates, CMS signatures, and TLS servers with each kind of key."""

import os
import re

from fixture import PAGE, contains
from harness import documents, needs
from harness.build import run_tool
from harness.results import expect
from servers import Server, client_context, fetch

DOCUMENT = b"a document\n"
PSS = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
CERTIFICATE = """PKCS11_MODULE_PATH=$MODULE openssl req -x509 -engine pkcs11 -keyform engine -sha256 -days 30 \
  -key 'pkcs11:token=scwkms;object={name}' -subj /CN=localhost -addext subjectAltName=DNS:localhost -out {name}.pem"""
# The key, the options of the documentation's table, and the version.
SERVERS = [("ec-key", "", "TLSv1.3"), ("ec-key", "-no_tls1_3", "TLSv1.2"), ("rsa-key", "rsa-key", "TLSv1.2"),
           ("pss-key", "pss-key", "TLSv1.3")]


def certificates(token, *names):
    """Makes self-signed certificates for other tests: NAME.pem."""
    for name in names:
        token.shell(CERTIFICATE.format(name=name))


def documented_commands(token):
    token.write("document.txt", DOCUMENT)
    token.run("openssl")
    expect(token.read("verified.txt") == DOCUMENT, "another document")
    contains(run_tool(["openssl", "req", "-in", token.path("request.pem"), "-verify", "-text"]),
             "ecdsa-with-SHA256")
    is_issued(token, "ec-key", "ecdsa-with-SHA256")


def has_key(token, certificate, name):
    """The self-signed certificate in a file has the key, and is signed by it."""
    path = token.path(certificate)
    run_tool(["openssl", "verify", "-CAfile", path, path])
    token.write("public.pem", run_tool(["openssl", "x509", "-in", path, "-noout", "-pubkey"]))
    run_tool(["openssl", "pkey", "-pubin", "-in", token.path("public.pem"), "-pubout", "-outform", "DER",
              "-out", token.path("public.der")])
    expect(token.read("public.der") == token.public[name], f"{certificate} has another key than {name}")


def is_issued(token, name, algorithm):
    has_key(token, f"{name}.pem", name)
    contains(run_tool(["openssl", "x509", "-in", token.path(f"{name}.pem"), "-noout", "-text"]),
             f"Signature Algorithm: {algorithm}")


def pss_certificate(token):
    token.run("openssl-pss")
    is_issued(token, "pss-key", "rsassaPss")


def rsa_certificate(token):
    token.shell(CERTIFICATE.format(name="rsa-key"))
    is_issued(token, "rsa-key", "sha256WithRSAEncryption")


def documented_options(name):
    with open(os.path.join(needs.ROOT, PAGE), encoding="utf-8") as file:
        return re.search(rf"^\| `{name}` \| `(-.*)` \|$", file.read(), re.M).group(1)


def server_command(token, name, options):
    """The documented command with another port and another key."""
    script = documents.block(PAGE, "openssl-server").replace("ec-key", name).replace("127.0.0.1:4433", "127.0.0.1:0")
    script = token.adapt(script).rstrip().replace("openssl s_server", "exec openssl s_server")
    return ["bash", "-euc", f"{script} {options}"]


def serves(token, name, options, version):
    """Each handshake needs one signature. The client, which verifies it, offers all that it supports."""
    options = documented_options(name) if options == name else options
    context = client_context(token.path(f"{name}.pem"))
    with Server(server_command(token, name, options), "ACCEPT", token.folder, token.env) as server:
        port = int(server.ready.rsplit(":", 1)[1])
        for _ in range(3):
            response, used = fetch(port, context)
            expect(b"200 ok" in response and used == version, f"{used}: {response!r}")


def run(results, token):
    results.case("openssl: request, certificate and CMS signature", documented_commands, token)
    results.case("openssl: certificate with PKCS #1", rsa_certificate, token)
    results.case("openssl: certificate with PSS", pss_certificate, token)
    for name, options, version in SERVERS:
        results.case(f"openssl: {version} server with {name}", serves, token, name, options, version)
