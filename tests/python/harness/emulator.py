"""Runs scwkms-emulator, and speaks to it directly: keys and faults are set up without the library under test."""

import http.client
import json
import ssl
import subprocess
import time
import urllib.parse

from . import needs
from .tally import expect

PATIENCE = 60  # seconds; far above anything a healthy run takes
USAGE = {
    "rsa_oaep": "asymmetric_encryption",
    "aes": "symmetric_encryption",
    "ml_kem": "key_encapsulation",
}


class Emulator:
    """A running emulator; leaving the `with` block ends it, and so does the end of this process."""

    def __init__(self, *options):
        self._process = subprocess.Popen(
            [needs.emulator(), "--exit-on-stdin-close", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        expect(line, "the emulator ended before it was ready")
        ready = json.loads(line)
        for name in ("url", "ca_file", "access_key", "secret_key", "project_id", "region"):
            setattr(self, name, ready[name])
        address = urllib.parse.urlsplit(self.url)
        if address.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file)
            self._http = http.client.HTTPSConnection(address.hostname, address.port, timeout=PATIENCE, context=context)
        else:
            self._http = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._http.close()
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE)
        self._process.stdout.close()

    def uri(self, **changes):
        """A client URI for this emulator; a change to None leaves that parameter out."""
        parameters = {
            "api-url": self.url, "ca-file": self.ca_file, "access-key": self.access_key,
            "secret-key": self.secret_key, "project-id": self.project_id, "region": self.region,
        }
        parameters.update({name.replace("_", "-"): value for name, value in changes.items()})
        return "scwkms:" + ";".join(
            f"{name}={urllib.parse.quote(value, safe='/:')}" for name, value in parameters.items() if value is not None)

    def request(self, method, path, body=None, token=None):
        """One exchange; returns the decoded answer, and raises on any status but 2xx."""
        headers = {"X-Auth-Token": token} if token else {}
        payload = None
        if body is not None:
            payload = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self._http.request(method, path, payload, headers)
        answer = self._http.getresponse()
        content = answer.read()
        expect(200 <= answer.status < 300, f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content) if content else None

    def api(self, method, path, body=None):
        return self.request(method, f"/key-manager/v1alpha1/regions/{self.region}{path}", body, self.secret_key)

    def create_key(self, algorithm, name=None, **fields):
        """Creates an unprotected key, and returns its id."""
        usage = next((u for prefix, u in USAGE.items() if algorithm.startswith(prefix)), "asymmetric_signing")
        body = {
            "project_id": self.project_id, "name": name or algorithm.replace("_", "-"), "tags": [],
            "usage": {usage: algorithm}, "unprotected": True, "origin": "scaleway_kms", **fields,
        }
        return self.api("POST", "/keys", body)["id"]

    def public_pem(self, key):
        return self.api("GET", f"/keys/{key}/public-key")["pem"]

    def fault(self, operation, times=1, **fault):
        self.request("POST", "/emulator/faults", {"operation": operation, "times": times, "fault": fault})

    def fault_by_chance(self, operation, probability, seed, **fault):
        """Until the faults are cleared."""
        self.request("POST", "/emulator/faults", {"operation": operation, "times": None, "probability": probability,
                                                  "seed": seed, "fault": fault})

    def clear_faults(self):
        self.request("DELETE", "/emulator/faults")

    def pending_faults(self):
        return self.request("GET", "/emulator/faults")

    def stats(self):
        return self.request("GET", "/emulator/stats")

    def reset_stats(self):
        self.request("DELETE", "/emulator/stats")

    def count(self, operation):
        """How often an operation was asked for since the last reset."""
        return self.stats()["operations"].get(operation, 0)

    def wait_in_flight(self, requests):
        """Returns once so many requests have been under way at the same time since the last reset."""
        deadline = time.monotonic() + PATIENCE
        while self.stats()["max_in_flight"] < requests:
            expect(time.monotonic() < deadline, f"never {requests} requests in flight: {self.stats()}")

    def wait_for(self, operation, requests):
        """Returns once so many requests of an operation have begun since the last reset."""
        deadline = time.monotonic() + PATIENCE
        while self.count(operation) < requests:
            expect(time.monotonic() < deadline, f"never {requests} requests: {self.stats()}")
