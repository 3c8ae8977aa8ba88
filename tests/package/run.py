"""Packages the crate as for the registry, and builds the program of docs/rust.md with the packaged crate. The program signs
with a key in the emulator, and OpenSSL verifies the signature."""

import glob
import os
import re
import shutil
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from harness import documents, needs, openssl  # noqa: E402
from harness.build import run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.execute import Runner, environment  # noqa: E402
from harness.results import Results, expect  # noqa: E402

TARGET = os.path.abspath(os.environ.get("CARGO_TARGET_DIR") or os.path.join(needs.ROOT, "target"))
ALGORITHM = "ec_p256_sha256"
DIGEST = b"a SHA-256 digest has 32 bytes..."
# Folders of the repository that are no part of the crate.
OTHER_FOLDERS = ("python/", "command/", "tests/", "go/", "examples/java/", "docs/")
MANIFEST = """\
[package]
name = "sign"
edition = "2024"

[dependencies]
scwkms = {{ path = "{crate}" }}

[workspace]

"""


def run_cargo(*arguments, cwd=needs.ROOT):
    """Below the repository's folder cargo reads .cargo/config.toml, so it compiles no dependency again."""
    return run_tool([needs.program("cargo"), *arguments, "--target-dir", TARGET], cwd=cwd)


def packaged():
    """The path of the .crate file. cargo compiles its content. Files that are not committed yet are packaged, too."""
    pattern = os.path.join(TARGET, "package", "scwkms-[0-9]*.crate")
    for earlier in glob.glob(pattern):
        os.remove(earlier)
    run_cargo("package", "--quiet", "--allow-dirty", "--package", "scwkms")
    [crate] = glob.glob(pattern)
    return crate


def lists_its_own_files_only(crate):
    with tarfile.open(crate) as archive:
        names = [name.split("/", 1)[1] for name in archive.getnames()]
    for required in ("README.md", "LICENSE", "CHANGELOG.md", "include/scwkms.h", "src/lib.rs"):
        expect(required in names, f"{required} is missing")
    odd = [name for name in names if name.startswith(OTHER_FOLDERS)]
    expect(not odd, f"files of other parts: {odd}")


def development_profile(manifest):
    """The sections for development builds. With other settings, cargo would compile all dependencies again."""
    with open(manifest, encoding="utf-8") as file:
        return "".join(re.findall(r"^\[profile\.dev[^\n]*\]\n(?:[^\[\n][^\n]*\n)+", file.read(), re.M))


def program(crate):
    """Builds the program of docs/rust.md in a folder of its own, with the unpacked crate and its versions."""
    folder = os.path.join(TARGET, "package", "program")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "src"))
    with tarfile.open(crate) as archive:
        archive.extractall(folder, filter="data")
    unpacked = os.path.basename(crate).removesuffix(".crate")
    profile = development_profile(os.path.join(folder, unpacked, "Cargo.toml"))
    for name, text in [("Cargo.toml", MANIFEST.format(crate=unpacked) + profile),
                       ("src/main.rs", documents.block("docs/rust.md", "rust", "rust"))]:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    shutil.copy(os.path.join(needs.ROOT, "Cargo.lock"), folder)
    run_cargo("build", "--quiet", "--package", "sign", cwd=folder)
    return os.path.join(TARGET, "debug", "sign")


def signs(path, emulator):
    key = emulator.create_key(ALGORITHM, name="my-key")
    signature, _ = Runner.plain.run(path, "scwkms:name=my-key", env=environment(**emulator.variables()))
    openssl.verify(ALGORITHM, openssl.spki_der(emulator.public_pem(key)), DIGEST, signature)


def explains(path, emulator):
    emulator.create_key("rsa_pss_2048_sha256", name="other-key")
    env = environment(**emulator.variables())
    _, output = Runner.plain.run(path, "scwkms:name=other-key", env=env, status=1)
    expect("rsa_pss_2048_sha256" in output and ALGORITHM in output, output)


def main():
    results = Results()
    crate = results.case("cargo package", packaged)
    if crate:
        results.case("the package has the crate's files only", lists_its_own_files_only, crate)
        path = results.case("a program with the packaged crate compiles", program, crate)
        if path:
            with Emulator() as emulator:
                results.case("it signs", signs, path, emulator)
                results.case("it explains a key of another algorithm", explains, path, emulator)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
