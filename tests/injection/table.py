"""The tables of docs/local-failures.md, from the results of the test."""

import os

from harness.needs import ROOT

DOCUMENT = os.path.join(ROOT, "docs", "local-failures.md")
BEGIN, END = "<!-- tables: begin; `make faults-docs` writes them -->\n", "<!-- tables: end -->\n"


def _outcomes(kinds):
    """For example `internal, 2 × network`."""
    groups = []
    for kind in kinds:
        if groups and groups[-1][0] == kind:
            groups[-1][1] += 1
        else:
            groups.append([kind, 1])
    return ", ".join(kind if count == 1 else f"{count} × {kind}" for kind, count in groups)


def row(call, errors, once, repeatedly, runs):
    return f"| `{call}` | {', '.join(errors)} | {runs} | {_outcomes(once)} | {_outcomes(repeatedly)} |"


def section(heading, rows):
    lines = [f"## {heading}", "", "| Call | Errors | Runs | Once | Repeatedly |", "|---|---|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _split():
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    before, begin, rest = text.partition(BEGIN)
    shown, end, after = rest.partition(END)
    return before + begin, shown, end + after


def shown():
    return _split()[1]


def write(tables):
    before, _, after = _split()
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(before + tables + after)
