"""Reads `cargo metadata` and fails if a crate asks for a newer Rust than the scwkms crate promises."""

import json
import sys


def number(version):
    return [int(part) for part in version.split(".")]


packages = json.load(sys.stdin)["packages"]
promised = next(package["rust_version"] for package in packages if package["name"] == "scwkms")
newer = [f"{package['name']} {package['version']} asks for Rust {package['rust_version']}" for package in packages
         if package["rust_version"] and number(package["rust_version"]) > number(promised)[:2] + [999]]
if newer:
    sys.exit("\n".join([f"Cargo.toml promises Rust {promised}, but", *newer]))
print(f"{len(packages)} crates, none of which asks for a newer Rust than {promised}")
