"""Run what CI runs, floor by floor, each within its share of the 35 minutes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
LINT_IMPORTS = str(Path(PYTHON).parent / "lint-imports")
# a file stays in one process, so that it starts its plant or database once
PYTEST = (PYTHON, "-m", "pytest", "-q", "--dist", "loadfile", "-n")


@dataclass(frozen=True, slots=True)
class Floor:
    """A group of checks and the minutes it may take on two cores."""

    name: str
    minutes: float
    commands: tuple[tuple[str, ...], ...]


FLOORS = (
    Floor(
        "static",
        2.25,
        (
            (PYTHON, "-m", "ruff", "check", "."),
            (PYTHON, "-m", "ruff", "format", "--check", "."),
            (PYTHON, "-m", "mypy"),
            (LINT_IMPORTS,),
            (*PYTEST, "2", "tests/house"),
        ),
    ),
    Floor(
        "unit",
        10.75,
        (
            (
                *PYTEST,
                "4",  # two cores: half the time is spent waiting for databases
                "tests/permission",  # its files take longest, so they begin first
                *("tests/web", "tests/runtime", "tests/store", "tests/dsl", "tests/builder"),
            ),
        ),
    ),
    Floor("contract", 1.25, ((PYTHON, "scripts/contract.py"),)),
    Floor("fuzz", 1.75, ((*PYTEST, "2", "tests/fuzz"),)),
    Floor("kill and race", 5.5, ((*PYTEST, "2", "tests/faults"),)),
    Floor(
        "foreign systems",
        5,
        ((*PYTEST, "2", "tests/connectors", "tests/plant", "tests/packs", "tests/scenarios"),),
    ),
    Floor("browser", 8.5, ((*PYTEST, "2", "tests/browser"),)),
)


def run_floor(floor: Floor) -> str | None:
    """Run the floor's commands; return what is wrong, or None."""
    started = time.monotonic()
    for command in floor.commands:
        left = floor.minutes * 60 - (time.monotonic() - started)
        sys.stdout.flush()
        try:
            done = subprocess.run(command, cwd=ROOT, timeout=max(left, 1), check=False)
        except subprocess.TimeoutExpired:
            return f"overran its share of {floor.minutes} minutes"
        if done.returncode:
            return f"`{' '.join(Path(part).name for part in command)}` failed"
    print(f"-- {floor.name}: {time.monotonic() - started:.0f} s of {floor.minutes * 60:.0f} s")
    return None


def main() -> int:
    """Run all floors, or those named; stop at the first that fails."""
    wanted = sys.argv[1:] or [floor.name for floor in FLOORS]
    if "browser" in wanted:
        code = subprocess.run(
            [PYTHON, str(ROOT / "scripts" / "provision.py")], check=False
        ).returncode
        if code:
            return code
    os.environ.setdefault("PYTHONHASHSEED", "0")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # many tests start processes of ours
    for floor in FLOORS:
        if floor.name not in wanted:
            continue
        print(f"== {floor.name}")
        if problem := run_floor(floor):
            print(f"!! {floor.name}: {problem}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
