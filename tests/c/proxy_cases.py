"""Signatures through a proxy: a small one, which tunnels, asks for credentials, or refuses."""

import base64
import contextlib
import socket
import threading

from harness.execute import environment
from harness.tally import expect


class Proxy:
    """Answers CONNECT, and remembers what it was asked. `status` is for those that it does not let through."""

    def __init__(self, credentials=None, status=None):
        self.asked = []
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
        return f"http://{credentials}127.0.0.1:{self.port}"

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
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
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=self._copy, args=[server, connection], daemon=True)
                back.start()
                self._copy(connection, server)
                back.join()

    @staticmethod
    def _copy(source, target):
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def run(suite, tally, way):
    address = suite.emulator.url.removeprefix("https://")
    connect = f"CONNECT {address} HTTP/1.1"

    def through(url, **more):
        return environment(SCWKMS_URI=suite.emulator.uri(), HTTPS_PROXY=url, **more)

    def signs(env):
        suite.sign(way, "ec_p256_sha256", env)

    def refused(env, *parts):
        key = suite.keys["ec_p256_sha256"]
        _, said = way.run(suite.program("sign"), key, "/dev/null", "/dev/null", data=b"x", env=env, status=1)
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
            refused(through(proxy.url("anna:hunter2@")), f"127.0.0.1:{proxy.port}", "proxy")
            expect(proxy.asked, "the proxy was not asked")

    def refusal():
        with Proxy(status="403 Forbidden") as proxy:
            suite.emulator.reset_stats()
            refused(through(proxy.url()), f"127.0.0.1:{proxy.port}", "proxy", "environment")
            expect(proxy.asked, "the proxy was not asked")
            expect(suite.emulator.stats()["requests"] == 0, "the proxy was passed by")

    def exception():
        with Proxy(status="403 Forbidden") as proxy:
            signs(through(proxy.url(), NO_PROXY="127.0.0.1"))
            expect(not proxy.asked, f"the proxy was asked {proxy.asked}")

    for case in (tunnel, many_requests, credentials, wrong_credentials, refusal, exception):
        tally.case(f"proxy: {case.__name__.replace('_', ' ')} [{way.name}]", case)
