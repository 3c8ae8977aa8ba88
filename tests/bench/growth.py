"""The cost of many keys in a client, and of many clients in a process."""

import json
import subprocess
from pathlib import Path

from cases import P256
from summary import entry

ROUNDS = 3


def run(plan, emulator, bin_dir, say):
    say("many keys and many clients")
    keys = [emulator.create_key(P256, f"bench-{number}") for number in range(max(plan.growth_keys))]
    rounds = min(ROUNDS, plan.rounds)
    by_keys = {n: grow(plan, emulator, bin_dir, 1, keys[:n], rounds) for n in plan.growth_keys}
    by_clients = {n: grow(plan, emulator, bin_dir, n, keys[:1], rounds) for n in plan.growth_clients}
    return compare(by_keys, "key", "keys in one client") + compare(by_clients, "client", "clients")


def grow(plan, emulator, bin_dir, clients, keys, rounds):
    command = [str(Path(bin_dir) / "c-growth"), str(clients), str(plan.growth_signatures)]
    results = []
    for _ in range(rounds):
        done = subprocess.run(command, env=emulator.environment(), input="\n".join(keys) + "\n", capture_output=True,
                              text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
        results.append(json.loads(done.stdout))
    return results


def compare(grown, one, many):
    """Compares each number of keys or clients with one key or client."""
    found = []
    single = [r["signature_us"] for r in grown[1]]
    for number, results in grown.items():
        if number == 1:
            continue
        case = f"{number:,} {many}"
        more = number - 1
        found.append(entry(case, f"heap_per_{one}", "bytes", [r["heap_bytes"] / more for r in results]))
        found.append(entry(case, f"resident_per_{one}", "bytes", [max(r["resident_bytes"], 0) / more for r in results]))
        found.append(entry(case, "signature_us", "us", [r["signature_us"] for r in results], single,
                           f"the same with one {one}"))
    return found
