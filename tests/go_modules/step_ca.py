"""step-ca with one command: packaging/step-ca/build. The end-to-end tests use the program."""

import os
import re
import shutil

from harness import needs
from harness.build import run_tool
from harness.results import expect

from release import VERSION
from user_module import UserModule, download, remove_cache

BUILD = os.path.join(needs.ROOT, "packaging/step-ca/build")
TARGET = os.path.dirname(os.environ.get("SCWKMS_E2E_DIR") or os.path.join(needs.ROOT, "target/e2e"))
E2E = os.path.join(needs.ROOT, "tests/e2e")
TESTS = "^TestStepCAIssues$/^step-ca$/"


def version():
    """The script builds the version of the end-to-end tests."""
    def found(path, pattern):
        with open(path, encoding="utf-8") as file:
            return re.search(pattern, file.read()).group(1)
    script = found(BUILD, r"STEP_CA_VERSION:-(v[\d.]+)")
    tested = found(os.path.join(E2E, "go.mod"), r"github.com/smallstep/certificates (v[\d.]+)")
    expect(script == tested, f"{BUILD} builds {script}, but {tested} is tested")
    return script


def download_dependencies(module):
    """Makes sure that the modules which step-ca requires are in the module cache of this machine."""
    source = module.source("github.com/smallstep/certificates", version())
    copy = os.path.join(module.folder, "dependencies")
    os.mkdir(copy)
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(os.path.join(source, name), os.path.join(copy, name))
    download(copy)


def module_with_cache(folder, made):
    """Extracting all modules of step-ca takes a minute, so the cache is kept, without the modules of this repository."""
    cache = os.path.join(TARGET, "go-modules/cache")
    for path in ("github.com/scwkms", "cache/download/github.com/scwkms"):
        remove_cache(os.path.join(cache, path))
    return UserModule(folder, made, cache=cache)


def run_end_to_end_tests(folder):
    """Runs tests with bin/step-ca of a folder. They create the keys with the program of `tests/e2e/build.sh kms-plugin`."""
    plugin = os.path.join(TARGET, "e2e/bin/kms-plugin")
    env = {"KMS_PLUGIN": plugin, **os.environ, "SCWKMS_E2E_DIR": folder}
    passed = run_tool([needs.program("go", "golang-go"), "test", "-count=1", "-v", "-run", TESTS, "."], cwd=E2E, env=env)
    expect(passed.count("    --- PASS: ") == 8, passed)


def run_by(emulation, program):
    """Replaces a program for another machine by a script that runs it under an emulation."""
    if emulation:
        os.rename(program, program + ".real")
        with open(program, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec {' '.join(emulation)} {program}.real \"$@\"\n")
        os.chmod(program, 0o755)


def step_ca(folder, made, settings, emulation):
    """Builds step-ca with the settings of a compiler, and runs end-to-end tests with it."""
    module = module_with_cache(folder, made)
    download_dependencies(module)
    programs = os.path.join(module.folder, "e2e")
    program = os.path.join(programs, "bin/step-ca")
    module.run(BUILD, os.path.dirname(program), "step-ca", SCWKMS_VERSION=f"v{VERSION}", **settings)
    run_by(emulation, program)
    printed = module.run(program, "version")
    expect(f"Smallstep CA/{version()[1:]} " in printed, printed)
    run_end_to_end_tests(programs)
