"""A program with the set-user-ID bit ignores the environment of its user, who could otherwise determine which files it reads
and writes, and which server gets the secret key."""

import json
import os

from c_program import build, verify
from fixture import copy
from harness.build import WARNINGS, run_tool
from harness.execute import Runner, environment
from harness.pkcs11 import SOURCES
from harness.results import expect

KEY = "ec-key"
OTHER_USER = "65534"


def toml(token):
    """A configuration with all settings of a client."""
    return f'[[token]]\nlabel = "scwkms"\nclient = {json.dumps(token.emulator.uri())}\n'


def config_file(token):
    return {"SCWKMS_PKCS11_CONFIG": token.write("config.toml", toml(token))}


def home(token):
    os.makedirs(token.path(".config/scwkms"), exist_ok=True)
    token.write(".config/scwkms/pkcs11.toml", toml(token))
    return {"HOME": token.folder}


def xdg_folder(name):
    def variables(token):
        os.makedirs(token.path("xdg/scwkms"), exist_ok=True)
        token.write("xdg/scwkms/pkcs11.toml", toml(token))
        return {name: token.path("xdg")}

    return variables


def settings(token):
    return token.emulator.variables()


def scaleway_file(token):
    emulator = token.emulator
    text = (f"access_key: {emulator.access_key}\nsecret_key: {emulator.secret_key}\napi_url: {emulator.url}\n"
            f"default_project_id: {emulator.project_id}\ndefault_region: {emulator.region}\n")
    return {"SCW_CONFIG_PATH": token.write("config.yaml", text), "SCWKMS_CA_FILE": emulator.ca_file}


# The variables by which a user can give the module settings.
CASES = {"SCWKMS_PKCS11_CONFIG": config_file, "HOME": home, "XDG_CONFIG_HOME": xdg_folder("XDG_CONFIG_HOME"),
         "XDG_CONFIG_DIRS": xdg_folder("XDG_CONFIG_DIRS"), "SCW_...": settings, "SCW_CONFIG_PATH": scaleway_file}


def prepare(token):
    """The program, and the program with the set-user-ID bit in a folder of all users."""
    program = build(token, "privileges")
    os.chmod(token.folder, 0o755)
    os.mkdir(token.path("bin"))
    raised = copy(program, token.path("bin"))
    os.chmod(raised, 0o4755)
    preloaded = token.path("raised_privileges.so")
    source = os.path.join(SOURCES, "raised_privileges.c")
    run_tool(["cc", "-std=gnu11", *WARNINGS, "-shared", "-fPIC", source, "-o", preloaded, "-ldl"])
    return program, raised, preloaded


def run_raised(token, programs, env):
    """Another user runs the program of root. Without root, the program only seems to have the bit."""
    program, raised, preloaded = programs
    if os.geteuid() == 0:
        change = ["--reuid", OTHER_USER, "--regid", OTHER_USER, "--clear-groups"]
        return Runner.plain.run("setpriv", *change, raised, token.module, KEY, env=env)
    return Runner.plain.run(program, token.module, KEY, env={**env, "LD_PRELOAD": preloaded})


def ignores(token, programs, variables):
    env = environment(**variables(token), SCWKMS_PKCS11_LOG=token.log, SCWKMS_PKCS11_LOG_LEVEL="debug")
    output, _ = Runner.plain.run(programs[0], token.module, KEY, env=env)
    first, signature = output.decode().split("\n", 1)
    expect(first == "0 1", f"without the bit the variables are used: {first}")
    verify(token, KEY, signature.strip())
    os.remove(token.log)
    token.emulator.reset_stats()
    output, errors = run_raised(token, programs, env)
    expect(output == b"1 0\n" and not errors, f"with the bit: {output}{errors}")
    expect(not os.path.exists(token.log), "the program has written the log of its user")
    expect(not token.emulator.stats()["operations"], "the program has sent a request")


def run(results, token):
    programs = results.case("privileges: build", prepare, token)
    for name, variables in CASES.items():
        results.case(f"privileges: {name}", ignores, token, programs, variables)
