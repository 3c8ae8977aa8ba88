"""Signatures through a proxy that tunnels, asks for credentials or refuses, unencrypted or over TLS."""

import base64
import contextlib
import os
import select
import socket
import ssl
import threading

from harness.emulator import Emulator
from harness.execute import environment
from harness.results import expect


class Proxy:
    """Responds to CONNECT. `requests` has the first line and the credentials of each request. With `status` it refuses
    every tunnel; with `certificate`, a folder with an emulator's certificate, it uses TLS."""

    def __init__(self, credentials=None, status=None, certificate=None):
        self.requests = []
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
        """Closes all open tunnels in an orderly way."""
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
            self.requests.append((first, fields.get("proxy-authorization")))
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
                while self._forward(connection, server):
                    pass

    @staticmethod
    def _forward(client, server):
        """Forwards available data; False once one side has ended. TLS requires one thread for both directions."""
        pending = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if pending else select.select([client, server], [], [])[0]
        for source, target in ((client, server), (server, client)):
            if source in ready:
                part = source.recv(65536)
                if not part:
                    return False
                target.sendall(part)
        return True


def run(suite, results, runner):
    address = suite.emulator.url.removeprefix("https://")
    connect = f"CONNECT {address} HTTP/1.1"

    def through(url, **more):
        return environment(SCWKMS_URI=suite.emulator.uri(), HTTPS_PROXY=url, **more)

    def signs(env):
        suite.sign(runner, "ec_p256_sha256", env)

    def refused(env, *parts):
        output = suite.sign_fails(runner, "ec_p256_sha256", env)
        for part in parts:
            expect(part in output, f"{part} is not in: {output}")
        expect("hunter2" not in output, f"the password is in: {output}")

    def tunnel():
        with Proxy() as proxy:
            signs(through(proxy.url()))
            expect(proxy.requests and set(proxy.requests) == {(connect, None)}, f"the proxy was used {proxy.requests}")

    def many_operations():
        """Asynchronous operations and direct connections use the proxy too."""
        with Proxy() as proxy:
            env = through(proxy.url())
            output, _ = runner.run(suite.program("operations"), suite.keys["ec_p256_sha256"], "50", env=env)
            expect(len(output.splitlines()) == 5, "not all signatures")
            expect(proxy.requests, "the proxy was not used")

    def credentials():
        with Proxy(credentials="anna:hunter2") as proxy:
            signs(through(proxy.url("anna:hunter2@")))
            expect(proxy.requests and all(sent for _, sent in proxy.requests), f"without credentials: {proxy.requests}")

    def wrong_credentials():
        with Proxy(credentials="anna:hunter3") as proxy:
            refused(through(proxy.url("anna:hunter2@")), f"127.0.0.1:{proxy.port}", "proxy", "environment",
                    "HTTP status 407 Proxy Authentication Required", "http://user:password@host")
            expect(len(proxy.requests) in (1, 2), f"{len(proxy.requests)} requests to the proxy")

    def refusal(status, attempts):
        """`attempts`: the allowed number of attempts of the two requests that load a key."""
        with Proxy(status=status) as proxy:
            suite.emulator.reset_stats()
            refused(through(proxy.url("anna:hunter2@")), f"http://127.0.0.1:{proxy.port}/", "proxy", "environment",
                    f"HTTP status {status}")
            expect(len(proxy.requests) in attempts, f"{len(proxy.requests)} requests to the proxy")
            expect(suite.emulator.stats()["requests"] == 0, "a request bypassed the proxy")

    def forbidden():
        """A refusal is permanent."""
        refusal("403 Forbidden", range(1, 3))

    def bad_gateway():
        """This failure is temporary, so that there are more attempts."""
        refusal("502 Bad Gateway", range(4, 9))

    def closing():
        """A tunnel that the proxy closes after a response is opened again. The proxy, not the client, looks up the name."""
        uri = suite.emulator.uri(api_url=suite.emulator.url.replace("127.0.0.1", "localhost"))
        with Proxy() as proxy:
            env = environment(SCWKMS_URI=uri, HTTPS_PROXY=proxy.url())
            with runner.start(suite.program("addresses"), suite.keys["ec_p256_sha256"], env=env) as program:
                for number in range(1, 9):
                    program.write_line("127.0.0.1")
                    digest, signature, lookups = program.read_line().split(" ")
                    suite.verified("ec_p256_sha256", bytes.fromhex(digest), bytes.fromhex(signature))
                    expect(lookups == "0", f"{lookups} lookups")
                    expect(len(proxy.requests) >= number, f"{len(proxy.requests)} tunnels for {number} signatures")
                    proxy.close_tunnels()

    def over_tls():
        """With a proxy whose URL begins with https the client uses TLS, and checks the certificate."""
        with suite.scratch() as folder, Emulator("--data-dir", folder) as emulator:
            key = emulator.create_key("ec_p256_sha256")
            with Proxy(credentials="anna:hunter2", certificate=folder) as proxy:
                def env(uri):
                    return environment(SCWKMS_URI=uri, HTTPS_PROXY=proxy.url("anna:hunter2@"))

                with runner.start(suite.program("addresses"), key, env=env(emulator.uri())) as program:
                    program.write_line("127.0.0.1")
                    digest, signature, _ = program.read_line().split(" ")
                    suite.verified_by(emulator, key, "ec_p256_sha256", bytes.fromhex(digest), bytes.fromhex(signature))
                expect(proxy.requests, "the proxy was not used")
                refused(env(suite.emulator.uri()), f"https://127.0.0.1:{proxy.port}/",
                        "the proxy's certificate is not trusted")

    def exception():
        with Proxy(status="403 Forbidden") as proxy:
            signs(through(proxy.url(), NO_PROXY="127.0.0.1"))
            expect(not proxy.requests, f"the proxy was used {proxy.requests}")

    def malformed():
        """There is no direct connection instead of one through the proxy."""
        suite.emulator.reset_stats()
        for url, problem in (("htp://anna:hunter2@127.0.0.1:1", 'scheme "htp"'), ("http://127.0.0.1: 1", "a space"),
                             ("http://anna:hunter2@:1", "has no host"), ("http://anna:hunter2#@127.0.0.1:1", "fragment"),
                             ("http://anna:hunter2\udcff@127.0.0.1:1", "is not valid UTF-8")):
            refused(through(url), "HTTPS_PROXY", problem)
        expect(suite.emulator.stats()["requests"] == 0, "a request was sent")

    for case in (tunnel, many_operations, credentials, wrong_credentials, forbidden, bad_gateway, closing, over_tls,
                 exception, malformed):
        results.case(f"proxy: {case.__name__.replace('_', ' ')} [{runner.name}]", case)
