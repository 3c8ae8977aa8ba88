"""The operations on keys of all kinds: the results and the requests of service.c, and wrong arguments."""

import base64
import collections
import http.server
import json
import threading

from harness.emulator import Emulator
from harness.execute import Runner, environment
from harness.results import expect

SECRET, CONTEXT = b"attack at dawn\0", b"context\0"
DIGEST = b"\1" * 32
# The requests of service.c that it must send, no more and no fewer.
REQUESTS = {
    "verify": 4, "encrypt": 3, "decrypt": 10, "generate-data-key": 5, "wrap": 2, "unwrap": 3, "disable": 2, "enable": 2,
    "protect": 2, "unprotect": 2, "rotate": 3, "restore": 2, "rotations": 2, "algorithms": 2, "import-key-material": 2,
    "delete-key-material": 2,
}


class Recorder:
    """A service that records the requests, and has the emulator respond to them. `requests` has their last path segments
    and bodies."""

    def __init__(self, emulator):
        self.requests = []
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self):
                content = self.rfile.read(int(self.headers["Content-Length"] or 0))
                recorder.requests.append((self.path.partition("?")[0].rpartition("/")[2], json.loads(content or b"null")))
                status, body = recorder.forward(emulator, self, content)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_request

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def forward(emulator, request, content):
        connection = emulator.connection()
        headers = {name: request.headers[name] for name in ("X-Auth-Token", "Content-Type") if request.headers[name]}
        connection.request(request.command, request.path, content, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def base64_of(data):
    return base64.b64encode(data).decode()


def decrypted(emulator, key, ciphertext, context, action="decrypt"):
    body = {"ciphertext": base64_of(bytes.fromhex(ciphertext)), "associated_data": base64_of(context)}
    return base64.b64decode(emulator.api("POST", f"/keys/{key}/{action}", body)["plaintext"])


def service(runner, suite):
    """With an emulator of its own, because it counts requests and changes keys."""
    with Emulator() as emulator:
        keys = [emulator.create_key(name) for name in ("ec_p256_sha256", "aes_256_gcm", "ml_kem_768")]
        keys.append(emulator.create_key("aes_256_gcm", name="external", origin="external"))
        signature = emulator.api("POST", f"/keys/{keys[0]}/sign", {"digest": base64_of(DIGEST)})["signature"]
        arguments = [*keys, base64.b64decode(signature).hex()]
        if runner is Runner.plain:
            with Recorder(emulator) as recorder:
                env = environment(SCWKMS_URI=emulator.uri(api_url=recorder.url, ca_file=None))
                output, _ = runner.run(suite.program("service"), *arguments, env=env)
            check_requests(recorder.requests)
        else:
            output, _ = runner.run(suite.program("service"), *arguments, env=environment(SCWKMS_URI=emulator.uri()))
        check_output(emulator, keys, output.decode())


def check_requests(requests):
    sent = collections.Counter(name for name, _ in requests)
    expect(REQUESTS.items() <= sent.items(), f"{sent}, not {REQUESTS}")
    asked = [not body.get("without_plaintext") for name, body in requests if name == "generate-data-key"]
    expect(asked == [True, True, False, False, True], f"the service was asked for these data keys: {asked}")
    bodies = [body for name, body in requests if name == "encrypt"]
    expect("associated_data" not in bodies[2], f"no associated data was given: {bodies[2]}")


def check_output(emulator, keys, output):
    found = collections.defaultdict(list)
    for line in output.splitlines():
        name, *values = line.split(" ")
        found[name].append(values)
    check_ciphertexts(emulator, keys, found)
    check_lists(emulator, keys, found)


def check_ciphertexts(emulator, keys, found):
    _, symmetric, ml_kem, _ = keys
    for ciphertext in [*found["ciphertext"][0], *found["reencrypted"][1]]:
        expect(decrypted(emulator, symmetric, ciphertext, CONTEXT) == SECRET, "another plaintext")
    data_keys = found["data-key"]
    expect([len(plaintext) for plaintext, _ in data_keys] == [64, 64, 0, 0], f"{data_keys}")
    for plaintext, ciphertext in data_keys:
        data_key = decrypted(emulator, symmetric, ciphertext, b"").hex()
        expect(len(data_key) == 64 and plaintext in (data_key, ""), f"{plaintext}, not {data_key}")
    for ciphertext, context in zip(found["wrapped"][0], (CONTEXT, b"")):
        expect(decrypted(emulator, ml_kem, ciphertext, context, "unwrap") == SECRET, "another plaintext")
    expect(len({token for _, token in found["import-parameters"]}) == 2, f"{found['import-parameters']}")


def check_lists(emulator, keys, found):
    rotations = emulator.api("GET", f"/keys/{keys[1]}/rotations")["rotations"]
    expected = [[str(r["index"]), r["status"], str(int(r["manually_rotated"])), r["created_at"], r["updated_at"]]
                for r in rotations]
    expect(found["rotation"] == 2 * expected and len(expected) == 4, f"{found['rotation']}, not {expected}")
    for name, query in (("algorithms-0", ""), ("algorithms-1", "?usages=asymmetric_signing")):
        offered = emulator.api("GET", f"/algorithms{query}")["algorithms"]
        expected = [[a["name"], a["usage"], str(int(a["recommended"]))] for a in offered]
        expect(found[name] == expected and expected, f"{found[name]}, not {expected}")


def misuse(runner, suite):
    """No request is sent for a call that the library can refuse."""
    with Emulator() as emulator:
        names = ("ec_p256_sha256", "aes_256_gcm", "ml_kem_768")
        keys = [emulator.create_key(name) for name in names]
        runner.run(suite.program("misuse_service"), *keys, env=environment(SCWKMS_URI=emulator.uri()))
        sent = {name: count for name, count in emulator.stats()["operations"].items() if count}
    expect(set(sent) <= {"CreateKey", "GetKey", "GetPublicKey"}, f"requests were sent: {sent}")
