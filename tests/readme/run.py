"""Compiles the README's C program, runs it against the emulator, and verifies its signature with OpenSSL."""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "python"))

from harness import needs, openssl  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Way, environment  # noqa: E402
from harness.tally import Tally, expect  # noqa: E402

LARGEST = 4_000_000  # bytes, stripped; docs/size.md says what they are
DIGEST = b"a SHA-256 digest has 32 bytes..".ljust(32, b"\0")


def program(folder):
    with open(os.path.join(needs.ROOT, "README.md"), encoding="utf-8") as file:
        found = re.search(r"<!-- run: c -->\n```c\n(.*?)```", file.read(), re.S)
    expect(found, "the README has no C program")
    source = os.path.join(folder, "sign.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(found.group(1))
    return build("cc", "c11", [source], os.path.join(folder, "sign"))


def credentials(emulator):
    return environment(
        SCW_ACCESS_KEY=emulator.access_key, SCW_SECRET_KEY=emulator.secret_key, SCW_API_URL=emulator.url,
        SCW_DEFAULT_PROJECT_ID=emulator.project_id, SCW_DEFAULT_REGION=emulator.region,
    )


def signs(path, emulator):
    key = emulator.create_key("ec_p256_sha256", name="my-key")
    signature, _ = Way.plain.run(path, "scwkms:name=my-key", env=credentials(emulator))
    openssl.verify("ec_p256_sha256", openssl.spki_der(emulator.public_pem(key)), DIGEST, signature)


def leaves_proxies_alone(path, emulator):
    """What is sent in the clear stays on this machine: nobody listens where the proxy is said to be."""
    proxy = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy")}
    written, _ = Way.plain.run(path, "scwkms:name=my-key", env={**credentials(emulator), **proxy})
    expect(written, "no signature")


def is_small(path):
    stripped = f"{path}.stripped"
    run_tool([needs.program("strip", "binutils"), "-o", stripped, path])
    size = os.path.getsize(stripped)
    expect(size <= LARGEST, f"{size} bytes, stripped; at most {LARGEST} are promised")


def explains(path, emulator):
    for env, argument, part in [
        (environment(), "scwkms:name=my-key", "no credentials: set SCW_ACCESS_KEY and SCW_SECRET_KEY"),
        (credentials(emulator), "scwkms:name=nobody", 'no key is named "nobody" in fr-par'),
        (credentials(emulator), "my-key", '"my-key" (key reference) is not a UUID'),
        ({**credentials(emulator), "SCW_DEFAULT_REGION": "Paris"}, "scwkms:name=my-key", 'region "Paris"'),
    ]:
        written, said = Way.plain.run(path, argument, env=env, status=1)
        expect(part in said, f"{part!r} is not in: {said}")
        expect(written == b"", "something was written")


def main():
    tally = Tally()
    # The README's program has no ca-file, so the emulator speaks in the clear, on this machine only.
    with tempfile.TemporaryDirectory() as folder, Emulator("--plain") as emulator:
        path = tally.case("the README's C program compiles", program, folder)
        if path:
            tally.case("it signs", signs, path, emulator)
            tally.case("cleartext does not go through a proxy", leaves_proxies_alone, path, emulator)
            tally.case("it is small", is_small, path)
            tally.case("it explains mistakes", explains, path, emulator)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main())
