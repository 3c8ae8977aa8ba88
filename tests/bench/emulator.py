"""Starts the emulator for the benchmarks."""

import os
import sys

from programs import ROOT

sys.path.insert(0, str(ROOT / "tests"))

from harness import emulator  # noqa: E402


class Emulator(emulator.Emulator):
    """A release build on loopback with prepared responses."""

    def __init__(self, binary, latency_ms=0):
        super().__init__("--prepared", "--latency", str(latency_ms), binary=binary)

    def environment(self):
        """The variables that `--env` prints, and this process's own except Scaleway's settings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("SCW_", "SCALEWAY_"))}
        return own | {
            "SCW_API_URL": self.url,
            "SCW_ACCESS_KEY": self.access_key,
            "SCW_SECRET_KEY": self.secret_key,
            "SCW_DEFAULT_PROJECT_ID": self.project_id,
            "SCW_DEFAULT_ORGANIZATION_ID": self.organization_id,
            "SCW_DEFAULT_REGION": self.region,
            "SCWKMS_CA_FILE": self.ca_file,
            # The user's config file must have no effect.
            "SCW_CONFIG_PATH": os.devnull,
        }
