"""Writes the URIs of clients, of new keys and of queries from keyword arguments."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ",".join(_tag(element) for element in value)
    raise TypeError(f"{name} is of the type {type(value).__name__}")


def _tag(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a tag must be a str, not {type(value).__name__}")
    if "," in value:
        raise ValueError(f"the tag {value!r} contains a comma, which separates tags")
    return value


def with_parameters(uri: str | None, **parameters: object) -> str | None:
    """The URI with further parameters. Those that are None are left out; underscores become hyphens."""
    given = [
        f"{name.replace('_', '-')}={quote(_value(name, value), safe='/:,')}"
        for name, value in parameters.items()
        if value is not None
    ]
    if not given:
        return uri
    start = uri or "scwkms:"
    separator = "" if start.endswith((":", ";")) else ";"
    return start + separator + ";".join(given)


def named(name: str, **parameters: object) -> str:
    """The URI of a new key. The name is plain text or a URI already."""
    if not isinstance(name, str):
        raise TypeError(f"a name must be a str, not {type(name).__name__}")
    if all(value is None for value in parameters.values()):
        return name
    start = name if name.startswith("scwkms:") else f"scwkms:name={quote(name, safe='')}"
    return with_parameters(start, **parameters) or start
