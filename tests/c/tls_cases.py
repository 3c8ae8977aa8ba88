"""Signatures over TLS with OpenSSL as the server: the versions and certificates that are accepted."""

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
from harness.results import expect

LIMIT = 60  # seconds
TLS_1_1, TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class Server:
    """Supports one version of TLS and no ALPN, hence HTTP/1.1 only, and forwards all data to the emulator.
    `handshakes` has the version and protocol of each complete handshake. `received_data` says whether the client sent
    data after a handshake."""

    def __init__(self, emulator, certificate, version):
        self._emulator = emulator
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        if version < TLS_1_2:
            # At its default security level OpenSSL does not sign handshakes of this version.
            self._context.set_ciphers("ALL:@SECLEVEL=0")
        # Python warns of the old version.
        with deprecated():
            self._context.minimum_version = self._context.maximum_version = version
        self.handshakes, self.received_data, self.connections = [], False, 0
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
        # A client that refuses this server closes the connection.
        with connection, contextlib.suppress(OSError):
            connection.settimeout(LIMIT)
            client = self._context.wrap_socket(connection, server_side=True)
            self.handshakes.append((client.version(), client.selected_alpn_protocol()))
            backend = urllib.parse.urlsplit(self._emulator.url)
            context = ssl.create_default_context(cafile=self._emulator.ca_file)
            with socket.create_connection((backend.hostname, backend.port)) as plain, \
                    context.wrap_socket(plain, server_hostname=backend.hostname) as server:
                self._forward(client, server)

    def _forward(self, client, server):
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
                        break  # an incomplete record, or a record without data
                    if not part:
                        return
                    self.received_data = self.received_data or source is client
                    other[source].settimeout(LIMIT)
                    other[source].sendall(part)


@contextlib.contextmanager
def deprecated():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def self_signed(folder):
    """A self-signed certificate, with its key in the same file."""
    certificate, key = os.path.join(folder, "self-signed.pem"), os.path.join(folder, "self-signed-key.pem")
    subprocess.run(
        [needs.program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-addext",
         "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with open(certificate, "a", encoding="ascii") as whole, open(key, encoding="ascii") as part:
        whole.write(part.read())
    return certificate


def run(suite, results, runner):
    emulator = suite.emulator
    folder = suite.scratch()
    certificate = self_signed(folder.name)

    def client(server, **more):
        return environment(SCWKMS_URI=emulator.uri(api_url=server.url, **{"ca_file": certificate, **more}))

    def refused(server, *parts, **more):
        """The client refuses the server before it sends any data."""
        output = suite.sign_fails(runner, "ec_p256_sha256", client(server, **more))
        for part in ("cannot connect", server.url, *parts):
            expect(part in output, f"{part} is not in: {output}")
        expect("attempts were made" not in output, f"more than one attempt: {output}")
        expect(server.connections and not server.received_data,
               f"{server.connections} connections, or the client sent data: {output}")

    def tls_1_1():
        with Server(emulator, certificate, TLS_1_1) as server:
            context = ssl.create_default_context(cafile=certificate)
            context.set_ciphers("ALL:@SECLEVEL=0")
            with deprecated():
                context.minimum_version = TLS_1_1
            try:
                with socket.create_connection(server.address) as plain, \
                        context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                    expect(tls.version() == "TLSv1.1", f"the server uses {tls.version()}")
            except ssl.SSLError as error:
                expect(False, f"{ssl.OPENSSL_VERSION} cannot use TLS 1.1, so that the test is void: {error}")
            refused(server, "TLS 1.2 or newer")
            refused(server, "TLS 1.2 or newer", insecure="true", ca_file=None)

    def tls_1_2():
        with Server(emulator, certificate, TLS_1_2) as server:
            suite.sign(runner, "ec_p256_sha256", client(server))
            expect(set(server.handshakes) == {("TLSv1.2", None)}, f"{server.handshakes}")

    def tls_1_3():
        with Server(emulator, certificate, TLS_1_3) as server:
            output = suite.sign(runner, "ec_p256_sha256", client(server))
            expect(set(server.handshakes) == {("TLSv1.3", None)}, f"{server.handshakes}")
            expect("insecure" not in output, f"an unexpected warning: {output}")

    def many_operations():
        """Each has a connection of its own: HTTP/1.1 carries one request at a time."""
        with Server(emulator, certificate, TLS_1_3) as server:
            output, _ = runner.run(suite.program("operations"), suite.keys["ec_p256_sha256"], "50", env=client(server))
            expect(len(output.splitlines()) == 5, "not all signatures")
            expect(len(server.handshakes) > 1, f"{len(server.handshakes)} connections")

    def self_signed_certificate():
        with Server(emulator, certificate, TLS_1_3) as server:
            refused(server, "certificate is not trusted", "ca-file=", ca_file=None)
            refused(server, "certificate is not trusted", "ca-file=", ca_file=emulator.ca_file)

    def insecure():
        with Server(emulator, certificate, TLS_1_3) as server:
            output = suite.sign(runner, "ec_p256_sha256", client(server, insecure="true", ca_file=None))
            expect("warning" in output and "insecure" in output, f"no warning: {output}")
            expect(emulator.secret_key not in output, f"the secret key is in the warning: {output}")

    with folder:
        for case in (tls_1_1, tls_1_2, tls_1_3, many_operations, self_signed_certificate, insecure):
            results.case(f"TLS: {case.__name__.replace('_', ' ')} [{runner.name}]", case)
