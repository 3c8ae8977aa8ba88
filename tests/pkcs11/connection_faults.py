"""Faults of new connections through C_Sign: another server, or none, is at the emulator's address. The signature fails within
the deadline, and the next one succeeds when the emulator is there again."""

import contextlib
import os
import socket
import struct
import threading

from c_program import build, verify
from faults import DEADLINE, DEVICE_ERROR, KEY, OK, TOLERANCE, Signer
from fixture import contains
from harness.emulator import Emulator
from harness.execute import Runner
from harness.results import expect
from servers import free_port


class Address:
    """A fixed address. The emulator at this address keeps its keys."""

    def __init__(self, folder):
        self._port = free_port()
        self._folder = folder

    def emulator(self, *options, data="data"):
        return Emulator("--listen", f"127.0.0.1:{self._port}", "--data-dir", os.path.join(self._folder, data), *options)

    @contextlib.contextmanager
    def listener(self):
        """Accepts connections, but sends nothing."""
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self._port))
            listener.listen(100)
            yield listener

    @contextlib.contextmanager
    def resets(self):
        """Resets each connection."""
        with self.listener() as listener:
            thread = threading.Thread(target=reset_all, args=(listener,))
            thread.start()
            yield
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def reset_all(listener):
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()


# The server in place of the emulator, and a part of the cause.
FAULTS = {
    "no server": (lambda address: contextlib.nullcontext(), "refused"),
    "resets": (Address.resets, "reset"),
    "no byte": (Address.listener, "no response within"),
    "plain HTTP": (lambda address: address.emulator("--plain"), "corrupt message"),
    "an unknown authority": (lambda address: address.emulator(data="other"), "certificate"),
}


def fails(signer, address, fault, cause):
    token = signer.token
    before = len(token.read_log())
    with fault(address):
        code, seconds, signature = signer.sign()
    log = token.read_log()[before:]
    expect(code == DEVICE_ERROR, f"0x{code:x}; the log: {log}")
    expect(set(signature) == {"0"}, f"a signature was returned: {signature}")
    expect(seconds < DEADLINE + TOLERANCE, f"{seconds} s")
    contains(log, "C_Sign", cause)
    with address.emulator():
        code, _, signature = signer.sign()
    expect(code == OK, f"the signature after the fault: 0x{code:x}; the log: {token.read_log()[before:]}")
    verify(token, KEY, signature)


def run(results, original):
    path = results.case("connection faults: build", build, original, "signatures")
    address = Address(original.folder)
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(address.emulator())
        token = original.with_emulator(emulator)
        token.create_key("ec_p256_sha256", KEY)
        token.configure(client=f'"scwkms:timeout={DEADLINE}s"')
        with Runner.plain.start(path, token.module, KEY, env=token.env) as program:
            signer = Signer(token, program)
            expect(signer.sign()[0] == OK, "no signature without a fault")
            stack.close()
            for name, (fault, cause) in FAULTS.items():
                results.case(f"connection faults: {name}", fails, signer, address, fault, cause)
