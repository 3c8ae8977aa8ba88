"""Signatures through a proxy: a small one, which tunnels, asks for credentials or refuses, in the clear or over TLS."""

import base64
import contextlib
import os
import select
import socket
import ssl
import threading

from harness.emulator import Emulator
from harness.execute import environment
from harness.tally import expect


class Proxy:
    """Answers CONNECT, and remembers what it was asked. `status` is for those that it does not let through; with a
    folder that holds an emulator's certificate it speaks TLS."""

    def __init__(self, credentials=None, status=None, certificate=None):
        self.asked = []
        self._open = []
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(os.path.join(certificate, "server.pem"),
                                      os.path.join(certificate, "server-key.pem"))
        self._wanted = credentials and "Basic " + base64.b64encode(credentials.encode()).decode()
        self._status = status
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def url(self, credentials=""):
        return f"{'https' if self._tls else 'http'}://{credentials}127.0.0.1:{self.port}"

    def close_tunnels(self):
        """In good order, all that are open."""
        while self._open:
            with contextlib.suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(4096)
                if not part:
                    return
                head += part
            first, *lines = head.decode().split("\r\n")
            fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            self.asked.append((first, fields.get("proxy-authorization")))
            status = self._status
            if self._wanted and fields.get("proxy-authorization") != self._wanted:
                status = "407 Proxy Authentication Required"
            if status:
                connection.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
                return
            host, _, port = first.split(" ")[1].rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                self._open.append(server)
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                while self._pass(connection, server):
                    pass

    @staticmethod
    def _pass(client, server):
        """Passes on what has come; False once one side has ended. One thread does both, as TLS needs it."""
        pending = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if pending else select.select([client, server], [], [])[0]
        for source, target in ((client, server), (server, client)):
            if source in ready:
                part = source.recv(65536)
                if not part:
                    return False
                target.sendall(part)
        return True


def run(suite, tally, way):
    address = suite.emulator.url.removeprefix("https://")
    connect = f"CONNECT {address} HTTP/1.1"

    def through(url, **more):
        return environment(SCWKMS_URI=suite.emulator.uri(), HTTPS_PROXY=url, **more)

    def signs(env):
        suite.sign(way, "ec_p256_sha256", env)

    def refused(env, *parts):
        said = suite.signs_not(way, "ec_p256_sha256", env)
        for part in parts:
            expect(part in said, f"{part} is not in: {said}")
        expect("hunter2" not in said, f"the password is in: {said}")

    def tunnel():
        with Proxy() as proxy:
            signs(through(proxy.url()))
            expect(proxy.asked and set(proxy.asked) == {(connect, None)}, f"the proxy was asked {proxy.asked}")

    def many_requests():
        """Callbacks and all: requests and lanes go through the proxy too."""
        with Proxy() as proxy:
            env = through(proxy.url())
            said, _ = way.run(suite.program("requests"), suite.keys["ec_p256_sha256"], "50", env=env)
            expect(len(said.splitlines()) == 5, "not all signatures")
            expect(proxy.asked, "the proxy was not asked")

    def credentials():
        with Proxy(credentials="anna:hunter2") as proxy:
            signs(through(proxy.url("anna:hunter2@")))
            expect(proxy.asked and all(sent for _, sent in proxy.asked), f"without credentials: {proxy.asked}")

    def wrong_credentials():
        with Proxy(credentials="anna:hunter3") as proxy:
            refused(through(proxy.url("anna:hunter2@")), f"127.0.0.1:{proxy.port}", "proxy", "environment",
                    "HTTP status 407 Proxy Authentication Required", "http://user:password@host")
            expect(len(proxy.asked) in (1, 2), f"asked {len(proxy.asked)} times")

    def refusal(status, asked):
        """`asked`: how often the two requests that fetch a key try."""
        with Proxy(status=status) as proxy:
            suite.emulator.reset_stats()
            refused(through(proxy.url("anna:hunter2@")), f"http://127.0.0.1:{proxy.port}/", "proxy", "environment",
                    f"HTTP status {status}")
            expect(len(proxy.asked) in asked, f"asked {len(proxy.asked)} times")
            expect(suite.emulator.stats()["requests"] == 0, "the proxy was passed by")

    def forbidden():
        """What is refused once is refused again."""
        refusal("403 Forbidden", range(1, 3))

    def bad_gateway():
        """What fails may succeed another time."""
        refusal("502 Bad Gateway", range(4, 9))

    def closing():
        """Tunnels that the proxy closes after each answer are opened anew. It looks up the name, not the client."""
        uri = suite.emulator.uri(api_url=suite.emulator.url.replace("127.0.0.1", "localhost"))
        with Proxy() as proxy:
            env = environment(SCWKMS_URI=uri, HTTPS_PROXY=proxy.url())
            with way.converse(suite.program("addresses"), suite.keys["ec_p256_sha256"], env=env) as program:
                for number in range(1, 9):
                    program.tell("127.0.0.1")
                    digest, signature, lookups = program.hear().split(" ")
                    suite.verified("ec_p256_sha256", bytes.fromhex(digest), bytes.fromhex(signature))
                    expect(lookups == "0", f"{lookups} lookups")
                    expect(len(proxy.asked) >= number, f"{len(proxy.asked)} tunnels for {number} signatures")
                    proxy.close_tunnels()

    def over_tls():
        """A proxy whose URL begins with https is spoken to over TLS, and its certificate is checked."""
        with suite.scratch() as folder, Emulator("--data-dir", folder) as emulator:
            key = emulator.create_key("ec_p256_sha256")
            with Proxy(credentials="anna:hunter2", certificate=folder) as proxy:
                def env(uri):
                    return environment(SCWKMS_URI=uri, HTTPS_PROXY=proxy.url("anna:hunter2@"))

                with way.converse(suite.program("addresses"), key, env=env(emulator.uri())) as program:
                    program.tell("127.0.0.1")
                    digest, signature, _ = program.hear().split(" ")
                    suite.verified_by(emulator, key, "ec_p256_sha256", bytes.fromhex(digest), bytes.fromhex(signature))
                expect(proxy.asked, "the proxy was not asked")
                refused(env(suite.emulator.uri()), f"https://127.0.0.1:{proxy.port}/",
                        "the proxy's certificate is not trusted")

    def exception():
        with Proxy(status="403 Forbidden") as proxy:
            signs(through(proxy.url(), NO_PROXY="127.0.0.1"))
            expect(not proxy.asked, f"the proxy was asked {proxy.asked}")

    for case in (tunnel, many_requests, credentials, wrong_credentials, forbidden, bad_gateway, closing, over_tls,
                 exception):
        tally.case(f"proxy: {case.__name__.replace('_', ' ')} [{way.name}]", case)
