"""Interpreters that end while operations are in flight: no crash, no message, and no endless wait."""

import subprocess
import sys

import pytest
from waiting import LIMIT, NEVER

START = """
import asyncio, os, sys, threading, time
import scwkms
key = sys.argv[1]
started = threading.Event()
"""
PROGRAMS = {
    "a task in flight": """
async def main():
    kms = scwkms.AsyncClient()
    asyncio.create_task(kms.sign(key, bytes(32)))
    await asyncio.sleep(0)
asyncio.run(main())
""",
    "a client without a loop": """
kms = scwkms.AsyncClient()
loop = asyncio.new_event_loop()
task = loop.create_task(kms.sign(key, bytes(32)))
loop.run_until_complete(asyncio.sleep(0))
task._log_destroy_pending = False
""",
    "a loop in a daemon thread": """
async def main():
    calls = [asyncio.create_task(kms.sign(key, bytes(32))) for _ in range(20)]
    await asyncio.sleep(0)
    started.set()
    await asyncio.gather(*calls, return_exceptions=True)
    await asyncio.sleep(60)
kms = scwkms.AsyncClient()
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
started.wait()
""",
    "a blocking call in a daemon thread": """
def sign():
    started.set()
    client.sign(key, bytes(32))
client = scwkms.Client()
threading.Thread(target=sign, daemon=True).start()
started.wait()
""",
    "open objects": """
client = scwkms.Client()
other = scwkms.AsyncClient()
print(client.get_key(key).id)
""",
    "an encryption in a daemon thread": """
def encrypt():
    encryptor = client.encryptor("scwkms:name=shared-aes-256-gcm")
    while True:
        encryptor.update(bytes(1_000_000))
        started.set()
client = scwkms.Client()
threading.Thread(target=encrypt, daemon=True).start()
started.wait()
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_exit(emulator, key, program):
    signing = key("ec_p256_sha256")
    key("aes_256_gcm")
    emulator.fail("Sign", **NEVER)
    done = subprocess.run(
        [sys.executable, "-c", START + program, signing.uri], capture_output=True, text=True, timeout=LIMIT
    )
    assert (done.returncode, done.stderr) == (0, "")
