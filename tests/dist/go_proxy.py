"""The Go modules of a release, as a file tree for GOPROXY."""

import os
import sys

# At the end of the path, because that folder has a platforms.py, too.
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "go_modules"))

import release  # noqa: E402
import user_module  # noqa: E402


def modules(dist, platforms, folder):
    """The folder of the modules: dist/go. If not all platforms were built, there is none. Then modules are made from the
    libraries in the tarballs, which needs cargo for the licences."""
    made = os.path.join(dist, "go")
    if os.path.isdir(made):
        return made
    libraries = {platform.name: os.path.join(platform.unpack(), "lib/libscwkms.a") for platform in platforms}
    return release.generate(os.path.join(folder, "go"), release.prepare_libraries(os.path.join(folder, "libraries"), libraries))


def settings(made, cache):
    """Environment variables of the go command, for an empty module cache. Modules of others come from this machine's cache."""
    user_module.download("go", "all")
    proxies = [f"file://{made}/proxy", f"file://{user_module.go_env('GOMODCACHE')}/cache/download", "off"]
    return {"GOPROXY": ",".join(proxies), "GOSUMDB": "off", "GOMODCACHE": cache, "GOCACHE": user_module.go_env("GOCACHE"),
            "GOENV": "off", "GOWORK": "off", "GOTOOLCHAIN": "local"}
