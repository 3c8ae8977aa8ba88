"""OpenSC's p11test, built from the source package of the distribution, with this module and with SoftHSM 2. Its results are
those of the documentation's table: `p11test.py --write` writes it."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, HERE)

from fixture import PAGE, Token  # noqa: E402
from harness import needs  # noqa: E402
from harness.build import run_tool  # noqa: E402
from harness.emulator import Emulator  # noqa: E402
from harness.results import Results, expect  # noqa: E402
from openssl_engine import certificates  # noqa: E402
from softhsm import SoftHSM  # noqa: E402

LIMIT = 120  # seconds
BEGIN, END = "<!-- p11test: begin; `python3 tests/pkcs11/p11test.py --write` writes it -->\n", "<!-- p11test: end -->\n"
RESULTS = {"pass": "passed", "skip": "skipped", "fail": "failed"}
# Tests that cannot pass, with the reason for the documentation.
EXCLUDED = {"interface_test": "expects the interfaces of OpenSC's own module: 3.0 and 2.20"}
ECDSA = {("ec-key", f"ECDSA_SHA{bits}") for bits in (256, 384, 512)}
# For each test the keys and the mechanisms of the verified signatures and decryptions. p11test verifies a signature of an EC
# key with its certificate, and cannot read certificates of P-384. multipart_tests tests no EC keys.
EXPECTED = {
    "readonly_tests": {("ec-key", "ECDSA"), *ECDSA, ("rsa-key", "SHA256_RSA_PKCS")},
    "multipart_tests": {("rsa-key", "SHA256_RSA_PKCS")},
    "pss_oaep_test": {("pss-key", "RSA_PKCS_PSS"), ("pss-key", "SHA256_RSA_PKCS_PSS"), ("oaep-key", "RSA_PKCS_OAEP")},
}


def build(folder):
    """p11test needs a C compiler, cmocka and OpenSSL. OpenSC's configure script would check much more."""
    program = os.path.join(folder, "p11test")
    if not os.path.exists(program):
        run_tool([os.path.join(needs.ROOT, "scripts/test/debian-source"), "opensc", folder])
        source = os.path.join(folder, "opensc", "src")
        tests = os.path.join(source, "tests", "p11test")
        files = [os.path.join(tests, name) for name in sorted(os.listdir(tests)) if name.endswith(".c")]
        with open(os.path.join(folder, "config.h"), "w", encoding="utf-8") as file:
            file.write("#define ENABLE_OPENSSL 1\n")
        run_tool(["cc", "-w", "-I", folder, "-I", source, *files, "-o", program, "-lcmocka", "-lcrypto", "-ldl"])
    return program


def execute(program, token):
    """p11test's results as it writes them in JSON, and its output. Its exit status is the number of failed tests."""
    log = token.path("p11test.json")
    done = subprocess.run([program, "-m", token.module, "-p", token.pin or "none", "-o", log], cwd=token.folder, env=token.env,
                          capture_output=True, text=True, timeout=LIMIT)
    output = done.stdout + done.stderr
    expect(os.path.exists(log), f"exit status {done.returncode}: {output[-4000:]}")
    with open(log, encoding="utf-8") as file:
        return {test["test_id"]: test for test in json.load(file)["results"]}, output


def table(ours, other):
    rows = ["| Test | scwkms | SoftHSM 2 |\n", "|---|---|---|\n"]
    for name in ours:
        result = f"excluded: {EXCLUDED[name]}" if name in EXCLUDED else RESULTS[ours[name]["result"]]
        rows.append(f"| `{name}` | {result} | {RESULTS[other[name]['result']]} |\n")
    return "".join(rows)


def documented_table(ours, other, write):
    """A test that passes need not be excluded."""
    expect(all(ours[name]["result"] != "pass" for name in EXCLUDED), "an excluded test passes")
    path = os.path.join(needs.ROOT, PAGE)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    found, after = rest.split(END)
    expected = f"\n{table(ours, other)}\n"
    if write:
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{before}{BEGIN}{expected}{END}{after}")
    else:
        expect(found == expected, f"{PAGE} has another table:\n{expected}")


def all_pass(results, output):
    failed = [name for name, test in results.items() if name not in EXCLUDED and test["result"] not in ("pass", "skip")]
    expect(not failed, f"{failed} failed: {output[-4000:]}")


def mechanisms(results, token):
    names = {number: name for name, number in token.ids.items()}
    for test, expected in EXPECTED.items():
        rows = results[test]["data"][1:]
        found = {(names[row[0].replace(":", "").lower()], row[1]) for row in rows if "YES" in row[2:]}
        expect(found == expected, f"{test}: {found ^ expected}: {rows}")


def with_certificates(token):
    certificates(token, "ec-key", "rsa-key")
    token.run("openssl-pss")
    token.show_certificates("ec-key", "rsa-key", "pss-key")
    return token


def run(results, token, write=False):
    folder = os.environ.get("SCWKMS_P11TEST_DIR") or os.path.join(needs.ROOT, "target", "p11test")
    program = results.case("p11test: build", build, folder)
    if not program:
        return
    with tempfile.TemporaryDirectory() as other_folder:
        other = SoftHSM(other_folder)
        other.create_keys()
        theirs, _ = execute(program, with_certificates(other))
    ours, output = execute(program, with_certificates(token))
    results.case("p11test: no test fails", all_pass, ours, output)
    results.case("p11test: signatures with each mechanism", mechanisms, ours, token)
    results.case("p11test: the documented table", documented_table, ours, theirs, write)


def main():
    results = Results()
    with tempfile.TemporaryDirectory() as folder, Emulator() as emulator:
        token = Token(folder, emulator)
        token.create_keys()
        run(results, token, "--write" in sys.argv)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
