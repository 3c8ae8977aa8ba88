"""Signatures over TLS as OpenSSL speaks it: which versions, and which certificates, are good enough."""

import contextlib
import os
import select
import socket
import ssl
import subprocess
import threading
import urllib.parse
import warnings

from harness import needs
from harness.execute import environment
from harness.tally import expect

LIMIT = 60  # seconds
TLS_1_1, TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class Server:
    """Speaks one version of TLS and no ALPN, so that HTTP/1.1 is all there is, and passes everything on to the
    emulator. `spoken` has the version and protocol of each handshake that came to its end, `told` whether the client
    said anything then."""

    def __init__(self, emulator, certificate, version):
        self._emulator = emulator
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        if version < TLS_1_2:
            # Below the level at which OpenSSL still signs handshakes so old.
            self._context.set_ciphers("ALL:@SECLEVEL=0")
        # Python warns of the old version, which is the point here.
        with deprecated():
            self._context.minimum_version = self._context.maximum_version = version
        self.spoken, self.told, self.connections = [], False, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self.url = f"https://127.0.0.1:{self.address[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        # A client that refuses this server breaks the connection off.
        with connection, contextlib.suppress(OSError):
            connection.settimeout(LIMIT)
            client = self._context.wrap_socket(connection, server_side=True)
            self.spoken.append((client.version(), client.selected_alpn_protocol()))
            backend = urllib.parse.urlsplit(self._emulator.url)
            context = ssl.create_default_context(cafile=self._emulator.ca_file)
            with socket.create_connection((backend.hostname, backend.port)) as plain, \
                    context.wrap_socket(plain, server_hostname=backend.hostname) as server:
                self._pass_on(client, server)

    def _pass_on(self, client, server):
        other = {client: server, server: client}
        while True:
            ready, _, _ = select.select(list(other), [], [], LIMIT)
            if not ready:
                return
            for source in ready:
                part = None
                while part != b"":
                    source.settimeout(0)
                    try:
                        part = source.recv(65536)
                    except ssl.SSLWantReadError:
                        break  # a part of a record, or nothing that concerns the other side
                    if not part:
                        return
                    self.told = self.told or source is client
                    other[source].settimeout(LIMIT)
                    other[source].sendall(part)


@contextlib.contextmanager
def deprecated():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def self_signed(folder):
    """A certificate that vouches for itself, with its key in the same file."""
    certificate, key = os.path.join(folder, "self-signed.pem"), os.path.join(folder, "self-signed-key.pem")
    subprocess.run(
        [needs.program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext",
         "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with open(certificate, "a", encoding="ascii") as whole, open(key, encoding="ascii") as part:
        whole.write(part.read())
    return certificate


def run(suite, tally, way):
    emulator = suite.emulator
    folder = suite.scratch()
    certificate = self_signed(folder.name)

    def client(server, **more):
        return environment(SCWKMS_URI=emulator.uri(api_url=server.url, **{"ca_file": certificate, **more}))

    def refused(server, *parts, **more):
        """Before the client has said anything that is not about TLS."""
        said = suite.signs_not(way, "ec_p256_sha256", client(server, **more))
        for part in ("cannot connect", server.url, *parts):
            expect(part in said, f"{part} is not in: {said}")
        expect("attempts were made" not in said, f"tried again, in vain: {said}")
        expect(server.connections and not server.told, f"{server.connections} connections, the client spoke: {said}")

    def tls_1_1():
        with Server(emulator, certificate, TLS_1_1) as server:
            context = ssl.create_default_context(cafile=certificate)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with deprecated():
                context.minimum_version = TLS_1_1
            try:
                with socket.create_connection(server.address) as plain, \
                        context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                    expect(tls.version() == "TLSv1.1", f"the server speaks {tls.version()}")
            except ssl.SSLError as error:
                expect(False, f"{ssl.OPENSSL_VERSION} cannot offer TLS 1.1, so that nothing is shown here: {error}")
            refused(server, "TLS 1.2 or newer")
            refused(server, "TLS 1.2 or newer", insecure="true", ca_file=None)

    def tls_1_2():
        with Server(emulator, certificate, TLS_1_2) as server:
            suite.sign(way, "ec_p256_sha256", client(server))
            expect(set(server.spoken) == {("TLSv1.2", None)}, f"{server.spoken}")

    def tls_1_3():
        with Server(emulator, certificate, TLS_1_3) as server:
            said = suite.sign(way, "ec_p256_sha256", client(server))
            expect(set(server.spoken) == {("TLSv1.3", None)}, f"{server.spoken}")
            expect("insecure" not in said, f"a warning without a reason: {said}")

    def many_requests():
        """Each has a connection of its own, since HTTP/1.1 carries one at a time."""
        with Server(emulator, certificate, TLS_1_3) as server:
            said, _ = way.run(suite.program("requests"), suite.keys["ec_p256_sha256"], "50", env=client(server))
            expect(len(said.splitlines()) == 5, "not all signatures")
            expect(len(server.spoken) > 1, f"{len(server.spoken)} connections")

    def self_signed_certificate():
        with Server(emulator, certificate, TLS_1_3) as server:
            refused(server, "certificate is not trusted", "ca-file=", ca_file=None)
            refused(server, "certificate is not trusted", "ca-file=", ca_file=emulator.ca_file)

    def insecure():
        with Server(emulator, certificate, TLS_1_3) as server:
            said = suite.sign(way, "ec_p256_sha256", client(server, insecure="true", ca_file=None))
            expect("warning" in said and "insecure" in said, f"no warning: {said}")
            expect(emulator.secret_key not in said, f"the secret key is in the warning: {said}")

    with folder:
        for case in (tls_1_1, tls_1_2, tls_1_3, many_requests, self_signed_certificate, insecure):
            tally.case(f"TLS: {case.__name__.replace('_', ' ')} [{way.name}]", case)
