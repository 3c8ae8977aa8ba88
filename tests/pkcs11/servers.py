"""Servers on loopback that end with this process, and clients that complete TLS handshakes with them."""

import concurrent.futures
import queue
import socket
import ssl
import subprocess
import threading

from harness.results import expect

TIMEOUT = 60  # seconds; far more than a correct run takes
ATTEMPTS = 5
# Terminates the server when its standard input, a pipe of this process, is closed.
SUPERVISOR = '"$@" </dev/null & server=$!; (cat >/dev/null; kill "$server") <&0 >/dev/null 2>&1 & wait "$server"'


class PortTaken(Exception):
    """Another program has taken the port between its selection and its use."""


class Server:
    """A running server. It is ready when its output has a line that contains `ready`."""

    def __init__(self, command, ready, folder, env, taken="in use"):
        self._process = subprocess.Popen(["bash", "-c", SUPERVISOR, "supervisor", *command], cwd=folder, env=env,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.output = []
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            self.ready = self.wait_for(ready)
        except AssertionError as error:
            self.stop()
            if taken in self.text():
                raise PortTaken(self.text()) from None
            raise error

    def _read(self):
        for line in self._process.stdout:
            self.output.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, part):
        """The next line that contains `part`."""
        while True:
            try:
                line = self._lines.get(timeout=TIMEOUT)
            except queue.Empty:
                line = None
            expect(line is not None, f"{part!r} is not in the output: {self.text()}")
            if part in line:
                return line

    def text(self):
        return "".join(self.output)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Returns the whole output."""
        self._process.stdin.close()
        self._process.wait(timeout=TIMEOUT)
        self._reader.join(timeout=TIMEOUT)
        self._process.stdout.close()
        return self.text()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(make):
    """Calls `make` with a free port until no other program takes the port."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return make(free_port())
        except PortTaken:
            if attempt == ATTEMPTS:
                raise


def client_context(certificate):
    """A client that trusts this certificate only."""
    return ssl.create_default_context(cafile=certificate)


def fetch(port, context, request=b"GET / HTTP/1.0\r\n\r\n"):
    """Completes a handshake, which verifies the server's certificate and signature, and returns the response."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        with context.wrap_socket(connection, server_hostname="localhost") as secure:
            version, response = secure.version(), b""
            secure.sendall(request)
            while received := secure.recv(4096):
                response += received
            return response, version


class Load:
    """Handshakes of several threads. `half` is set after half of the handshakes."""

    def __init__(self, targets, handshakes, threads, expected):
        self._pool = concurrent.futures.ThreadPoolExecutor(threads)
        self._expected = expected
        self._completed = 0
        self._lock = threading.Lock()
        self._handshakes = handshakes
        self.half = threading.Event()
        self._futures = [self._pool.submit(self._one, *targets[number % len(targets)]) for number in range(handshakes)]

    def _one(self, port, context):
        try:
            response, _ = fetch(port, context)
            return None if self._expected in response else f"response {response!r}"
        except OSError as error:
            return repr(error)
        finally:
            self._count()

    def _count(self):
        with self._lock:
            self._completed += 1
            if self._completed * 2 >= self._handshakes:
                self.half.set()

    def wait(self):
        """All handshakes succeed."""
        errors = [error for error in (future.result() for future in self._futures) if error]
        self._pool.shutdown()
        expect(not errors, f"{len(errors)} of {self._handshakes} handshakes were lost: {errors[:5]}")
