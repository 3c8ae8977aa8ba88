"""Deadlines and the settings of a client."""

from __future__ import annotations

import math
import os
from typing import TypedDict


class Settings(TypedDict, total=False):
    """The keyword arguments of :class:`~scwkms.Client`."""

    access_key: str | None
    secret_key: str | None
    project_id: str | None
    organization_id: str | None
    region: str | None
    profile: str | None
    api_url: str | None
    config: str | os.PathLike[str] | None
    ca_file: str | os.PathLike[str] | None
    timeout: float | None
    insecure: bool | None
    verify: bool | None


MAX_MILLISECONDS = 2**32 - 1


def milliseconds(timeout: float) -> int:
    """A time limit in seconds as milliseconds, rounded up."""
    if not timeout > 0:
        raise ValueError(f"a timeout must be positive, not {timeout}")
    return min(math.ceil(timeout * 1000), MAX_MILLISECONDS) if math.isfinite(timeout) else MAX_MILLISECONDS


def timeout_setting(timeout: float | None) -> str | None:
    """The URI's parameter for a time limit in seconds."""
    return None if timeout is None else f"{milliseconds(timeout)}ms"


def file_setting(path: str | os.PathLike[str] | None) -> str | None:
    """The URI's parameter for a file."""
    return None if path is None else os.fspath(path)
