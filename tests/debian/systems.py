"""The systems on which packages can be installed: a root file system in a folder, or this machine."""

import os
import subprocess
import tempfile

from harness import needs
from harness.build import run_tool

ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "DEBIAN_FRONTEND": "noninteractive",
               "LC_ALL": "C.UTF-8"}
# apt-get asks no questions, and installs no package that it would have to download.
APT_SETTINGS = """APT::Get::Assume-Yes "true";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
"""
# Logs, caches, and the lists of apt, which every installation changes.
CHANGING = {"var/cache", "var/log", "var/lib/apt", "var/lib/dpkg/status-old"}


class System:
    """Commands are executed in a work folder of the system, as root."""

    folders = ["etc", "home", "opt", "root", "srv", "usr", "var"]

    def __init__(self, root, description, prefix):
        self.root = root
        self.description = description
        self._prefix = prefix
        self._folder = tempfile.TemporaryDirectory(dir=os.path.join(root, "tmp"))
        self.work = os.path.join("/tmp", os.path.basename(self._folder.name))
        self.write("apt.conf", APT_SETTINGS)

    def path(self, *names):
        """The path of a file in the work folder, as seen by this process."""
        return os.path.join(self._folder.name, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def shell(self, script):
        """Executes commands, which must all succeed, and returns their output."""
        command = ["bash", "-euo", "pipefail", "-c", f"cd {self.work}\n{script}"]
        return run_tool([*self._prefix, *command], env={**ENVIRONMENT, "APT_CONFIG": f"{self.work}/apt.conf"})

    def files(self):
        """The paths of all files and folders that packages can contain or create."""
        found = set()
        for top in self.folders:
            for folder, folders, names in os.walk(os.path.join(self.root, top)):
                here = os.path.relpath(folder, self.root)
                folders[:] = [name for name in folders if f"{here}/{name}" not in CHANGING]
                found.update(f"{here}/{name}" for name in [*folders, *names] if f"{here}/{name}" not in CHANGING)
        return found


class Machine(System):
    """This machine. Other processes use it, so only files with the name of the project count, outside of folders that
    may contain a clone."""

    folders = ["etc", "usr", "var"]

    def __init__(self):
        super().__init__("/", "on this machine, and removed again", [])

    def files(self):
        return {path for path in super().files() if "scwkms" in path}


def unpacked(folder):
    """The folder of the unpacked root file system. Raises if it does not exist or if this process cannot use it."""
    tar = os.environ.get("SCWKMS_DEBIAN_ROOT", "")
    root = os.path.join(folder, "root")
    os.mkdir(root)
    subprocess.run(["tar", "--extract", "--numeric-owner", "--file", tar, "--directory", root],
                   check=True, stderr=subprocess.PIPE, text=True)
    subprocess.run(["chroot", root, "true"], check=True, stderr=subprocess.PIPE, text=True)
    return root


def find_system(folder):
    if os.geteuid() != 0:
        needs.fail("the test installs Debian packages: run it as root")
    try:
        root = unpacked(folder)
    except subprocess.CalledProcessError as error:
        print(f"There is no root file system for the packages: {error.stderr.strip()}", flush=True)
        return machine()
    return System(root, "in a root file system of their own", ["chroot", root])


def machine():
    found = subprocess.run(["dpkg-query", "--show", "*scwkms*"], capture_output=True, text=True)
    if found.returncode == 0:
        needs.fail(f"the test would remove packages of this machine: remove them before it: {found.stdout.split()}")
    return Machine()
