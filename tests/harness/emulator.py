"""Runs scwkms-emulator and sends requests to it directly: keys and faults are set up without the library under test."""

import http.client
import json
import os
import ssl
import subprocess
import time
import urllib.parse

from . import needs
from .results import expect

TIMEOUT = 60  # seconds; far more than a correct run takes
USAGE = {
    "rsa_oaep": "asymmetric_encryption",
    "aes": "symmetric_encryption",
    "ml_kem": "key_encapsulation",
}


class Emulator:
    """A running emulator. It stops at the end of the `with` block, or when this process ends.

    Its attributes are the fields of the JSON line that the emulator prints when it is ready. It has no rate limit, by
    which clients would pace themselves, unless an option sets one: Emulator("--rate-limit", "50").
    """

    def __init__(self, *options, binary=None):
        self._process = subprocess.Popen(
            [binary or needs.emulator(), "--exit-on-stdin-close", "--rate-limit", "0", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        expect(line, "the emulator ended before it was ready")
        ready = json.loads(line)
        for name in ("url", "ca_file", "access_key", "secret_key", "project_id", "organization_id", "region"):
            setattr(self, name, ready[name])
        # All requests of this object use one connection.
        self._http = self.connection()

    def connection(self):
        address = urllib.parse.urlsplit(self.url)
        if address.scheme == "http":
            return http.client.HTTPConnection(address.hostname, address.port, timeout=TIMEOUT)
        context = ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection(address.hostname, address.port, timeout=TIMEOUT, context=context)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._http.close()
        self._process.stdin.close()
        self._process.wait(timeout=TIMEOUT)
        self._process.stdout.close()

    def uri(self, **changes):
        """A client URI for this emulator; None removes a parameter."""
        parameters = {
            "api-url": self.url, "ca-file": self.ca_file, "access-key": self.access_key,
            "secret-key": self.secret_key, "project-id": self.project_id, "region": self.region,
        }
        parameters.update({name.replace("_", "-"): value for name, value in changes.items()})
        return "scwkms:" + ";".join(
            f"{name}={urllib.parse.quote(value, safe='/:')}" for name, value in parameters.items() if value is not None)

    def variables(self):
        """The environment variables that make a client use this emulator, as `scwkms-emulator --env` exports them."""
        ca_file = {"SCWKMS_CA_FILE": self.ca_file} if self.ca_file else {}
        return {
            "SCW_API_URL": self.url, "SCW_ACCESS_KEY": self.access_key, "SCW_SECRET_KEY": self.secret_key,
            "SCW_DEFAULT_PROJECT_ID": self.project_id, "SCW_DEFAULT_ORGANIZATION_ID": self.organization_id,
            "SCW_DEFAULT_REGION": self.region, **ca_file,
        }

    def environment(self):
        """The environment of this process, with the emulator's settings in place of its own."""
        settings = ("SCW_", "SCALEWAY_", "SCWKMS_CA_FILE")
        own = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
        return {**own, **self.variables(), "SCW_CONFIG_PATH": os.devnull}

    def request(self, method, path, body=None, token=None):
        """Sends one request and returns the decoded body of the response. Any status but 2xx raises."""
        headers = {"X-Auth-Token": token} if token else {}
        payload = None
        if body is not None:
            payload = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self._http.request(method, path, payload, headers)
        response = self._http.getresponse()
        content = response.read()
        expect(200 <= response.status < 300, f"{method} {path}: {response.status} {content[:500]!r}")
        return json.loads(content) if content else None

    def api(self, method, path, body=None):
        return self.request(method, f"/key-manager/v1alpha1/regions/{self.region}{path}", body, self.secret_key)

    def create_key(self, algorithm, name=None, **fields):
        """Creates an unprotected key and returns its id."""
        usage = next((u for prefix, u in USAGE.items() if algorithm.startswith(prefix)), "asymmetric_signing")
        body = {
            "project_id": self.project_id, "name": name or algorithm.replace("_", "-"), "tags": [],
            "usage": {usage: algorithm}, "unprotected": True, "origin": "scaleway_kms", **fields,
        }
        return self.api("POST", "/keys", body)["id"]

    def key(self, key):
        """The key as the service describes it."""
        return self.api("GET", f"/keys/{key}")

    def public_pem(self, key):
        return self.api("GET", f"/keys/{key}/public-key")["pem"]

    def fault(self, operation, times=1, **fault):
        self.request("POST", "/emulator/faults", {"operation": operation, "times": times, "fault": fault})

    def random_fault(self, operation, probability, seed, **fault):
        """A fault that stays until the faults are cleared."""
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
        """The number of requests for an operation since the last reset."""
        return self.stats()["operations"].get(operation, 0)

    def wait_in_flight(self, requests):
        """Returns when this number of requests has been in flight at the same time since the last reset."""
        deadline = time.monotonic() + TIMEOUT
        while self.stats()["max_in_flight"] < requests:
            expect(time.monotonic() < deadline, f"never {requests} requests in flight: {self.stats()}")

    def wait_for(self, operation, requests):
        """Returns when the emulator has received this number of requests for an operation since the last reset."""
        deadline = time.monotonic() + TIMEOUT
        while self.count(operation) < requests:
            expect(time.monotonic() < deadline, f"never {requests} requests: {self.stats()}")
