"""Run what CI runs, floor by floor, each within its share of the 35 minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ENOUGH = 4 * 2**30  # bytes: the largest floor keeps a tenth of it
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
        9.25,
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
        5.5,
        ((*PYTEST, "2", "tests/connectors", "tests/plant", "tests/packs", "tests/scenarios"),),
    ),
    Floor("browser", 9.5, ((*PYTEST, "2", "tests/browser"),)),
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


def has_room(folder: Path) -> bool:
    """Whether the tests' files fit in it, programs among them."""
    if not folder.is_dir() or shutil.disk_usage(folder).free < ENOUGH:
        return False
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


@contextmanager
def temporary_folder() -> Iterator[None]:
    """Temporary files in memory where there is room: thousands of databases come and go."""
    if not has_room(MEMORY):
        yield
        return
    with tempfile.TemporaryDirectory(
        prefix="plumbline-", dir=MEMORY, ignore_cleanup_errors=True
    ) as folder:
        os.environ["TMPDIR"] = folder
        yield


def main() -> int:
    """Run all floors, or those named; stop at the first that fails."""
    with temporary_folder():
        return run_floors(sys.argv[1:] or [floor.name for floor in FLOORS])


def run_floors(wanted: Sequence[str]) -> int:
    """Run these floors in order; the exit code."""
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
