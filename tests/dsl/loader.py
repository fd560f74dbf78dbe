"""Read case files: `>> formula`, then its value or `! CODE line:column message`."""

from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "cases" / "dsl"


def cases(*names):
    """One parameter per case; the id is file:line."""
    return list(_read(names))


def _read(names):
    for name in names:
        lines = (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if line.startswith(">> "):
                yield pytest.param(line[3:], lines[number], id=f"{name}.txt:{number}")
