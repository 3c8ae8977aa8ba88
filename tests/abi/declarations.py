"""Reads the declarations of a C header, and compares those of an older header with those of a newer one."""

import re
from dataclasses import dataclass, field

GROUPS = ("SCWKMS_ERROR_", "SCWKMS_EVENT_", "SCWKMS_ALGORITHM_", "SCWKMS_PROTECTION_LEVEL_", "SCWKMS_WRAPPING_")


@dataclass
class Declarations:
    constants: dict = field(default_factory=dict)  # name: value
    functions: dict = field(default_factory=dict)  # name: prototype
    types: dict = field(default_factory=dict)  # name: declaration, for all but structs with members
    structs: dict = field(default_factory=dict)  # name: list of members


def read(header):
    """The declarations of a header, without comments and differences of spacing."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", header, flags=re.S)
    found = Declarations(constants=dict(re.findall(r"^#define (SCWKMS_\w+) +(\d+)\s*$", text, re.M)))
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M).replace('extern "C" {', "")
    for name, members in re.findall(r"typedef struct (\w+) \{(.*?)\} \w+;", text, re.S):
        found.structs[name] = [spaced(member) for member in members.split(";") if member.strip()]
    text = re.sub(r"typedef struct \w+ \{.*?\} \w+;", "", text, flags=re.S)
    for declaration in (spaced(part) for part in text.split(";")):
        if declaration.startswith("typedef"):
            found.types[re.findall(r"\w+", declaration.split(")(")[0])[-1]] = declaration
        elif "(" in declaration:
            found.functions[re.match(r".*?(\w+)\(", declaration).group(1)] = declaration
    return found


def spaced(text):
    """With one space between words, and none beside other characters. `struct` before a type's name is optional."""
    text = re.sub(r"\bstruct (?=scwkms_\w+ \*|scwkms_\w+ \w)", "", " ".join(text.split()))
    return re.sub(r" ?([*(),\[\]]) ?", r"\1", text).strip(" }")


def begins_with_size(members):
    return members[:1] == ["size_t size"]


def differences(old, new):
    """The reasons why a program that was compiled with `old` may fail with a library that has `new`."""
    for kind in ("constants", "functions", "types"):
        olds, news = getattr(old, kind), getattr(new, kind)
        for name, declaration in olds.items():
            if name not in news:
                yield f"{name} was removed"
            elif news[name] != declaration:
                yield f"{name} was {declaration}, is {news[name]}"
    for name, members in old.structs.items():
        now = new.structs.get(name, [])
        comparable = now[:len(members)] if begins_with_size(members) else now
        if comparable != members:
            yield f"{name} had {'; '.join(members)}; has {'; '.join(now)}"


def reused_numbers(declarations):
    for group in GROUPS:
        names = {}
        for name, value in declarations.constants.items():
            if name.startswith(group):
                if value in names:
                    yield f"{name} and {names[value]} are both {value}"
                names[value] = name
