"""A broken definition: the command names file, place and remedy, and nothing is published."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, func, select

from runtime.settings import Settings
from runtime.wiring import Wiring

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "templates_lib" / "performance_core"
RULE, METRIC, GOAL = "rules/behind_plan.json", "metrics/goal_progress.json", "entities/goal.json"

# file, what is replaced by what, and what the line in each language must say
BROKEN = {
    "misspelt field": (
        (RULE, "value < target", "valu < target"),
        (RULE, "/enter:0-4", "DSL102", "replace by value", "改为 value"),
    ),
    "types that do not fit": (
        (RULE, "value < target", "value < 'x'"),
        (RULE, "/enter", "error"),
    ),
    "unknown entity": (
        (METRIC, '"from": "weekly_report"', '"from": "weekly_repor"'),
        (METRIC, "/inputs/progress/from", "BLD202", "weekly_report?"),
    ),
    "unknown word of a list": (
        (METRIC, '"grain": "week"', '"grain": "wek"'),
        (METRIC, "/grain", "BLD113", "week?"),
    ),
    "unknown key": (
        (METRIC, '"agg": "latest"', '"agg": "latest", "extra": 1'),
        (METRIC, "/inputs/progress/extra", "BLD111"),
    ),
    "not JSON": ((GOAL, '"kind": "entity",', '"kind": "entity"'), (GOAL, "BLD101", "3:")),
}


def command(*arguments, language="C.UTF-8", expect=1):
    done = subprocess.run(
        [sys.executable, "-m", "cli", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, "LANG": language},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def pack(tmp_path):
    return Path(shutil.copytree(PACK, tmp_path / "shelf" / PACK.name))


def break_it(pack, file, old, new):
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("case", BROKEN)
def test_check_names_file_place_and_remedy(pack, case):
    edit, said = BROKEN[case]
    break_it(pack, *edit)
    lines = command("check", pack)
    if case == "misspelt field":
        lines += command("check", pack, language="zh_CN.UTF-8")
    for part in said:
        assert part in lines
    assert "Traceback" not in lines


def test_a_sound_pack_passes(pack):
    assert "0 errors" in command("check", pack, expect=0)


def rows_by_table(data):
    """How many rows each table has; physical tables count by being there."""
    with closing(Wiring.open(Settings(data_dir=data))) as wiring, wiring.reading() as ctx:
        found = MetaData()
        found.reflect(ctx.uow.connection)
        count = {
            name: ctx.uow.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in found.tables.items()
        }
        return ctx.catalog.revision, count


@pytest.mark.parametrize("installed", [False, True])
def test_nothing_of_a_broken_pack_is_published(pack, tmp_path, installed):
    data = tmp_path / "data"
    if installed:
        command("import", pack, "--data", data, expect=0)
        break_it(pack, "pack.json", '"version": "1.', '"version": "9.')
    before = rows_by_table(data)
    break_it(pack, GOAL, '"key": "name"', '"key": "renamed"')
    break_it(pack, *BROKEN["misspelt field"][0])
    said = command("import", pack, "--data", data)
    assert "DSL102" in said
    assert rows_by_table(data) == before
