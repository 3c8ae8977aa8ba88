"""A hook of hatchling. It adds the C library to the wheel, and the platform to the name of the wheel.

SCWKMS_WHEEL_LIBRARY is the shared library, and SCWKMS_WHEEL_PLATFORM its platform tag, for example manylinux_2_28_x86_64.
Without them, the wheel contains no library and uses that of the system. SCWKMS_WHEEL_LICENCES is a file with the licences of the
software that the library contains; it is optional.
"""

import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelHook(BuildHookInterface):
    def initialize(self, version, build_data):
        library, platform = os.environ.get("SCWKMS_WHEEL_LIBRARY"), os.environ.get("SCWKMS_WHEEL_PLATFORM")
        if not library and not platform:
            return
        if not library or not platform:
            raise ValueError("set both SCWKMS_WHEEL_LIBRARY and SCWKMS_WHEEL_PLATFORM, or none")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["force_include"][os.path.abspath(library)] = "scwkms/libscwkms.so.1"
        if licences := os.environ.get("SCWKMS_WHEEL_LICENCES"):
            build_data["force_include"][os.path.abspath(licences)] = "scwkms/THIRD-PARTY-LICENSES.txt"
