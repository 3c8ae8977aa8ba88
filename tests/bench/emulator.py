"""Starts the emulator for the benchmarks as a child process."""

import http.client
import json
import os
import ssl
import subprocess
from urllib.parse import urlsplit


class Emulator:
    """A release build on loopback with prepared responses. It ends with this process."""

    def __init__(self, binary, latency_ms=0):
        command = [binary, "--exit-on-stdin-close", "--prepared", "--latency", str(latency_ms)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the emulator did not start")
        self.ready = json.loads(line)
        address = urlsplit(self.ready["url"])
        trust = ssl.create_default_context(cafile=self.ready["ca_file"])
        # One connection for all requests of this class. It is opened before the statistics of a program start.
        self.http = http.client.HTTPSConnection(address.hostname, address.port, context=trust)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, method, path, body=None):
        headers = {"X-Auth-Token": self.ready["secret_key"], "Content-Type": "application/json"}
        self.http.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.http.getresponse()
        text = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text.decode()}")
        return json.loads(text) if text else None

    def regional(self, path):
        return f"/key-manager/v1alpha1/regions/{self.ready['region']}{path}"

    def create_key(self, algorithm, name="bench"):
        usage = {"asymmetric_signing": algorithm}
        body = {"project_id": self.ready["project_id"], "name": name, "usage": usage, "unprotected": True}
        return self.ask("POST", self.regional("/keys"), body)["id"]

    def public_key(self, key):
        return self.ask("GET", self.regional(f"/keys/{key}/public-key"))["pem"]

    def reset_stats(self):
        self.ask("DELETE", "/emulator/stats")

    def stats(self):
        return self.ask("GET", "/emulator/stats")

    def environment(self):
        """The variables that `--env` prints, and this process's own except Scaleway's settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("SCW_", "SCALEWAY_"))}
        return own | {
            "SCW_API_URL": self.ready["url"],
            "SCW_ACCESS_KEY": self.ready["access_key"],
            "SCW_SECRET_KEY": self.ready["secret_key"],
            "SCW_DEFAULT_PROJECT_ID": self.ready["project_id"],
            "SCW_DEFAULT_ORGANIZATION_ID": self.ready["organization_id"],
            "SCW_DEFAULT_REGION": self.ready["region"],
            "SCWKMS_CA_FILE": self.ready["ca_file"],
            # The user's config file must have no effect.
            "SCW_CONFIG_PATH": os.devnull,
        }
