"""Compiles the README's C programs, runs them with the emulator, and verifies a signature with OpenSSL. Executes the
commands with which README.md and docs/emulator.md do the same."""

import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs, openssl  # noqa: E402
from harness.build import build, run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

MAX_SIZE = 4_200_000  # bytes, stripped; docs/size.md explains them
DIGEST = b"a SHA-256 digest has 32 bytes..".ljust(32, b"\0")


def source(folder, block="c", name="sign"):
    path = os.path.join(folder, f"{name}.c")
    with open(path, "w", encoding="utf-8") as file:
        file.write(documents.block("README.md", block, "c"))
    return path


def program(folder):
    return build("cc", "c11", [source(folder)], os.path.join(folder, "sign"))


def asynchronous_program(folder):
    return build("cc", "c11", [source(folder, "async", "sign_async")], os.path.join(folder, "sign_async"))


def credentials(emulator):
    return environment(**emulator.variables())


def signs(path, emulator):
    key = emulator.create_key("ec_p256_sha256", name="my-key")
    signature, _ = Runner.plain.run(path, "scwkms:name=my-key", env=credentials(emulator))
    openssl.verify("ec_p256_sha256", openssl.spki_der(emulator.public_pem(key)), DIGEST, signature)


def signs_asynchronously(path, emulator):
    """The signatures take longer than the program waits at once."""
    emulator.reset_stats()
    emulator.fault("Sign", times=2, kind="delay", milliseconds=1200)
    printed, progress = Runner.plain.run(path, "scwkms:name=my-key", env=credentials(emulator))
    expect(re.fullmatch(r"signature 1 has \d+ bytes\nsignature 2 has \d+ bytes\n", printed.decode()), printed)
    expect("no result yet" in progress and emulator.count("Sign") == 2, progress)
    _, output = Runner.plain.run(path, "scwkms:name=unknown", env=credentials(emulator), status=1)
    expect('no key is named "unknown" in fr-par' in output, output)


def commands(folder):
    """The documents' commands, one after the other, as a user without settings executes them."""
    clone = tempfile.mkdtemp(dir=folder)
    documents.link_clone(clone)
    source(clone)
    start, create, sign = (documents.block("docs/emulator.md", name) for name in ("start", "create", "sign"))
    public_key = """curl -sS --cacert "$SCWKMS_CA_FILE" -H "X-Auth-Token: $SCW_SECRET_KEY" \\
        "$api/keys/$(sed -n 's/.*"id": *"\\([^"]*\\)".*/\\1/p' key.json)/public-key" > public.json"""
    script = ["trap 'kill $SCWKMS_EMULATOR_PID' EXIT", documents.block("README.md", "compile"), start,
              f"{{ {create}}} > key.json", public_key, sign]
    documents.shell("\n".join(script), clone, environment())
    with open(os.path.join(clone, "public.json"), encoding="utf-8") as file:
        public = openssl.spki_der(json.load(file)["pem"])
    with open(os.path.join(clone, "signature"), "rb") as file:
        openssl.verify("ec_p256_sha256", public, DIGEST, file.read())


def uses_no_proxy(path):
    """Unencrypted requests go to loopback only: there is no listener at the proxy's address."""
    proxy = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy")}
    with Emulator("--plain") as emulator:
        emulator.create_key("ec_p256_sha256", name="my-key")
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
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        path = results.case("the README's C program compiles", program, folder)
        if path:
            results.case("it signs", signs, path, emulator)
            results.case("unencrypted requests use no proxy", uses_no_proxy, path)
            results.case("it is small", is_small, path)
            results.case("it explains mistakes", explains, path, emulator)
        path = results.case("the README's asynchronous C program compiles", asynchronous_program, folder)
        if path:
            results.case("it signs asynchronously", signs_asynchronously, path, emulator)
        results.case("the commands of the documents work", commands, folder)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
