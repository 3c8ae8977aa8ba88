"""Runs a replay script whose comparison knows nothing of data keys.

A data key is random: what GenerateDataKey returned in the recording no other server can return, so
the decryptions that follow are compared with what this server generated. Usage: as the replay
script's, with its path before its arguments.
"""

import importlib.util
import sys

path = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location("replay", path)
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)

learn, compare = replay.learn, replay.compare
data_keys = {}


def learn_data_keys(want, got, learned):
    if isinstance(want, dict) and isinstance(got, dict) and {"plaintext", "algorithm"} <= set(want):
        data_keys[want["plaintext"]] = got.get("plaintext")
    learn(want, got, learned)


def compare_data_keys(want, got, where, out, plaintext):
    if where.endswith(".plaintext"):
        want = data_keys.get(want, want)
    compare(want, got, where, out, plaintext)


replay.learn, replay.compare = learn_data_keys, compare_data_keys
sys.exit(replay.main())
