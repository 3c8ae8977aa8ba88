"""The run time of a program that makes one signature."""

import subprocess
import time
from pathlib import Path

from cases import P256
from programs import PROGRAMS
from summary import entry


def run(plan, emulators, keys, bin_dir, plugin, say):
    say("programs that make one signature")
    found = []
    for latency in plan.start_latencies:
        emulator, key = emulators[latency], keys[latency, P256]
        commands = {
            "first-ours": [str(Path(bin_dir) / "first-ours"), key],
            "first-sdk": [str(Path(bin_dir) / "first-sdk"), key],
            "c-scwkms": once("c-scwkms-verify", bin_dir, key),
            "c-libcurl": once("c-libcurl", bin_dir, key),
        }
        pairs = [("Go", "first-ours", "first-sdk"), ("C", "c-scwkms", "c-libcurl")]
        if plugin.exists():
            uri = f"scwkms:ca-file={emulator.ca_file};key-id={key}"
            commands["step-kms-plugin"] = [str(plugin), "sign", uri, "5a" * 32]
            pairs.append(("step-kms-plugin", "step-kms-plugin", "first-sdk"))
        taken = {name: [] for name in commands}
        for _ in range(plan.starts):
            for name, command in commands.items():
                taken[name].append(time_ms(command, emulator.environment()))
        for kind, ours, peer in pairs:
            found.append(entry(f"{kind}, a program that makes one signature, {latency} ms", "wall_ms", "ms",
                               taken[ours], taken[peer], peer))
    return found


def once(name, bin_dir, key):
    return PROGRAMS[name].command(bin_dir, key, P256, signatures=1, warm_up=0)


def time_ms(command, environment):
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    taken = (time.perf_counter() - start) * 1000
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return taken
