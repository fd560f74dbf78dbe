"""Read case files: `>> formula`, then its value or `! CODE line:column message`.

A third line `~ theirs: reason` says where the answer differs on purpose from the one of the source
of the case; a line `@ 1 2 3` or `@ 1 2 | 3 4` before it fills the child table of the open cases.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cases" / "dsl"


@dataclass(frozen=True, slots=True)
class Case:
    """`theirs` and `reason` are of a case whose answer differs from the one of its source."""

    place: str
    formula: str
    expected: str
    data: str | None = None
    theirs: str | None = None
    reason: str | None = None


def cases(*names):
    """One parameter per case; the id is file:line."""
    found = (case for name in names for case in read(name))
    return [pytest.param(case.formula, case.expected, id=case.place) for case in found]


def read(name):
    """All cases of a file."""
    lines = (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [
        _case(f"{name}.txt:{number}", line[3:], lines[max(number - 2, 0)], lines[number:])
        for number, line in enumerate(lines, 1)
        if line.startswith(">> ")
    ]


def _case(place, formula, before, after):
    theirs = reason = None
    if len(after) > 1 and after[1].startswith("~ "):
        theirs, _, reason = after[1][2:].rpartition(": ")
    data = before[2:] if before.startswith("@ ") else None
    return Case(place, formula, after[0] if after else "", data, theirs, reason)
