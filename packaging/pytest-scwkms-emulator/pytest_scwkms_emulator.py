"""A pytest plugin that starts scwkms-emulator, an emulator of Scaleway Key Manager on loopback.

The fixture `scwkms_emulator` is a running emulator for the whole session. `scwkms_environment` is the same for one test,
with Scaleway's environment variables set. The emulator's binary is given by `--scwkms-emulator` or by the environment
variable SCWKMS_EMULATOR.
"""

import json
import os
import ssl
import subprocess
import urllib.request

import pytest

__version__ = "0.1.0"

TIMEOUT = 60  # seconds; far more than the emulator needs for anything
# The variables in which libraries find the certificate authorities to trust: OpenSSL and Go; Python's requests.
TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
# The user's own settings, which a test must not use.
SETTINGS = ("SCW_", "SCALEWAY_", "SCWKMS_CA_FILE", "SCWKMS_SECRET_KEY_FILE")


class Emulator:
    """A running emulator, with further options such as "--plain" or "--rate-limit", "50".

    Its attributes are the fields of the JSON line that the emulator prints when it is ready: url, ca_file, access_key,
    secret_key, project_id, organization_id, region and admin_url.
    """

    def __init__(self, program, *options):
        self._process = subprocess.Popen([program, "--exit-on-stdin-close", "--rate-limit", "0", *options],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"{program} ended before it was ready; its standard error has the reason")
        vars(self).update(json.loads(line))
        handlers = [urllib.request.ProxyHandler({})]
        if self.ca_file:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_file)))
        self._opener = urllib.request.build_opener(*handlers)

    def stop(self):
        """Stops the emulator. It also ends when this process ends."""
        self._process.stdin.close()
        self._process.wait(timeout=TIMEOUT)
        self._process.stdout.close()

    def variables(self):
        """The environment variables that Scaleway's SDKs and tools, and scwkms, read."""
        settings = {
            "SCW_API_URL": self.url, "SCW_ACCESS_KEY": self.access_key, "SCW_SECRET_KEY": self.secret_key,
            "SCW_DEFAULT_PROJECT_ID": self.project_id, "SCW_DEFAULT_ORGANIZATION_ID": self.organization_id,
            "SCW_DEFAULT_REGION": self.region, "SCW_CONFIG_PATH": os.devnull,
        }
        if self.ca_file:
            settings.update({name: self.ca_file for name in ("SCWKMS_CA_FILE", *TRUST_VARIABLES)})
        return settings

    def admin(self, method, path, body=None):
        """Calls an endpoint that controls the emulator, such as "/stats", and returns its decoded response."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.admin_url + path, data, method=method)
        with self._opener.open(request, timeout=TIMEOUT) as response:
            content = response.read()
        return json.loads(content) if content else None

    def fail(self, operation, times=1, **fault):
        """Makes the next requests of an operation fail: fail("Sign", kind="status", status=503)."""
        self.admin("POST", "/faults", {"operation": operation, "times": times, "fault": fault})

    def clear_faults(self):
        self.admin("DELETE", "/faults")

    def requests(self, operation):
        """The number of requests of an operation since the last reset."""
        return self.admin("GET", "/stats")["operations"].get(operation, 0)

    def reset_requests(self):
        self.admin("DELETE", "/stats")


def pytest_addoption(parser):
    parser.addoption("--scwkms-emulator", default=os.environ.get("SCWKMS_EMULATOR"), metavar="PATH",
                     help="the binary of scwkms-emulator; by default the environment variable SCWKMS_EMULATOR")
    parser.addini("scwkms_emulator_options", "options of scwkms-emulator, such as --rate-limit 50", type="args")


@pytest.fixture(scope="session")
def scwkms_emulator(pytestconfig):
    """A running Emulator for the whole session."""
    program = pytestconfig.getoption("--scwkms-emulator")
    if not program:
        pytest.fail("set SCWKMS_EMULATOR or --scwkms-emulator to the path of scwkms-emulator", pytrace=False)
    emulator = Emulator(program, *pytestconfig.getini("scwkms_emulator_options"))
    yield emulator
    emulator.stop()


@pytest.fixture
def scwkms_environment(scwkms_emulator, monkeypatch):
    """The running Emulator, with its settings in the environment. Its faults and counters are reset for each test."""
    for name in [name for name in os.environ if name.startswith(SETTINGS) or name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)
    for name, value in scwkms_emulator.variables().items():
        monkeypatch.setenv(name, value)
    scwkms_emulator.clear_faults()
    scwkms_emulator.reset_requests()
    yield scwkms_emulator
    scwkms_emulator.clear_faults()
