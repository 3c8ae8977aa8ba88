"""Compiles the README's C program, runs it against the emulator, and verifies its signature with OpenSSL."""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import needs, openssl  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

MAX_SIZE = 4_000_000  # bytes, stripped; docs/size.md explains them
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
    return environment(**emulator.variables())


def signs(path, emulator):
    key = emulator.create_key("ec_p256_sha256", name="my-key")
    signature, _ = Runner.plain.run(path, "scwkms:name=my-key", env=credentials(emulator))
    openssl.verify("ec_p256_sha256", openssl.spki_der(emulator.public_pem(key)), DIGEST, signature)


def uses_no_proxy(path, emulator):
    """Unencrypted requests go to loopback only: there is no listener at the proxy's address."""
    proxy = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy")}
    written, _ = Runner.plain.run(path, "scwkms:name=my-key", env={**credentials(emulator), **proxy})
    expect(written, "no signature")


def is_small(path):
    stripped = f"{path}.stripped"
    run_tool([needs.program("strip", "binutils"), "-o", stripped, path])
    size = os.path.getsize(stripped)
    expect(size <= MAX_SIZE, f"{size} bytes, stripped; at most {MAX_SIZE} are promised")


def explains(path, emulator):
    for env, argument, part in [
        (environment(), "scwkms:name=my-key", "no credentials: set SCW_ACCESS_KEY and SCW_SECRET_KEY"),
        (credentials(emulator), "scwkms:name=unknown", 'no key is named "unknown" in fr-par'),
        (credentials(emulator), "my-key", '"my-key" (key reference) is not a UUID'),
        ({**credentials(emulator), "SCW_DEFAULT_REGION": "Paris"}, "scwkms:name=my-key", 'region "Paris"'),
    ]:
        written, output = Runner.plain.run(path, argument, env=env, status=1)
        expect(part in output, f"{part!r} is not in: {output}")
        expect(written == b"", "a signature was written")


def main():
    results = Results()
    # The README's program sets no ca-file, so the emulator uses plain HTTP, on loopback only.
    with tempfile.TemporaryDirectory() as folder, Emulator("--plain") as emulator:
        path = results.case("the README's C program compiles", program, folder)
        if path:
            results.case("it signs", signs, path, emulator)
            results.case("unencrypted requests use no proxy", uses_no_proxy, path, emulator)
            results.case("it is small", is_small, path)
            results.case("it explains mistakes", explains, path, emulator)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
