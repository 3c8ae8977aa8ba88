"""The programs that are measured, and how to run one of them."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

DIGEST_LENGTHS = {"ec_p384_sha384": 48}


@dataclass(frozen=True)
class Program:
    """A load program and its options."""

    file: str
    options: tuple = ()

    def command(self, bin_dir, key, algorithm, **numbers):
        command = [str(Path(bin_dir) / self.file), "--key", key, *self.options]
        if self.file.startswith("c-"):
            command += ["--digest-length", str(DIGEST_LENGTHS.get(algorithm, 32))]
        elif "pss" in algorithm:
            command.append("--pss")
        for name, value in numbers.items():
            if value is not None:
                command += ["--" + name.replace("_", "-"), str(value)]
        return command


PROGRAMS = {
    "go-ours": Program("ours", ("--verify=false",)),
    "go-ours-verify": Program("ours", ("--verify=true",)),
    "go-sdk": Program("sdk"),
    "go-sdk-verify": Program("sdk", ("--go-verify",)),
    "c-scwkms": Program("c-scwkms", ("--verify", "false")),
    "c-scwkms-verify": Program("c-scwkms", ("--verify", "true")),
    "c-libcurl": Program("c-libcurl"),
    "c-libcurl-http1": Program("c-libcurl", ("--http1",)),
    "c-pkcs11": Program("c-pkcs11"),
    "baseline": Program("baseline"),
    "baseline-http1": Program("baseline", ("--http1",)),
}


def run(command, environment, timeout=120):
    """Runs a load program and returns its results."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def measure(emulator, command, environment=None):
    """Runs a load program, and adds the emulator's statistics to its results."""
    emulator.reset_stats()
    result = run(command, environment or emulator.environment())
    counted = emulator.stats()
    return result | {"requests": counted["requests"], "connections": counted["connections"],
                     "operations": counted["operations"]}
