"""The runner of pack tests says what is not as expected, and what is wrong with a test."""

import json
import shutil

import pytest

from runtime.pack_tests import run_pack_tests
from runtime.packs import SHIPPED

PACK = "performance_core"
GIVEN = {
    "goal": [{"name": "g1", "owner": "li", "start": "2026-01-05", "end": "2026-06-28"}],
    "weekly_report": {"series": "goal=g1 week_end=2026-02-08.. progress: 0.10 0.12 _ 0.14"},
}
CLOCK = "2026-03-02T09:00:00+08:00"


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / PACK
    shutil.copytree(SHIPPED / PACK, folder, ignore=shutil.ignore_patterns("tests"))
    (folder / "tests").mkdir()

    def run(*cases):
        (folder / "tests" / "t.json").write_text(json.dumps(list(cases)), "utf-8")
        return [result.problems for result in run_pack_tests(folder)]

    return run


def case(**more):
    return {"case": "c", "clock": CLOCK, "given": GIVEN, **more}


def test_the_example_of_the_documents_passes(pack):
    expect = {
        "mails": [{"to": "li"}, {"to": "li.manager"}],
        "alerts": [{"rule": "behind_plan", "state": "firing"}],
    }
    assert pack(case(run="rules", expect=expect)) == [()]


def test_what_is_missing_and_what_is_too_much_is_named(pack):
    expect = {
        "mails": [{"to": "li"}],
        "alerts": [{"rule": "behind_plan", "state": "closed"}],
        "measurements": [
            {"metric": "goal_progress", "subject": "g1", "period": "2026-W06", "value": "0.11"},
            {"metric": "goal_progress", "subject": "g1", "period": "2026-W08"},
            {"metric": "goal_progress", "subject": "g1", "period": "2026-W06", "value": None},
        ],
    }
    (problems,) = pack(case(expect=expect))
    assert [p.partition(":")[0] for p in problems] == [
        "mails", "alerts", "alerts", "measurements", "measurements", "measurements",
    ]  # fmt: skip
    assert "state is 'firing'" in problems[1]
    assert "value is '0.1'" in problems[3]
    assert "0 there" in problems[4]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"given": {"gaol": []}}, "no such entity: gaol"),
        ({"clock": None}, "has a clock"),
        ({"steps": []}, "has a clock"),
        ({"steps": [{"at": CLOCK}, {"at": "2026-01-01T00:00:00Z"}]}, "in order"),
        ({"given": {"goal": "g1"}}, "a list"),
        ({"given": {"weekly_report": {"series": "x"}}}, "a series ends"),
        ({"given": {"weekly_report": [{"goal": "g9", "week_end": "2026-02-08"}]}}, "'g9'"),
        ({"expect": {"letters": []}}, "letters"),
        ({"expect": {"alerts": [{"colour": "red"}]}}, "colour"),
        ({"expect": {"measurements": [{"metric": "x", "subject": "g1"}]}}, "no such metric"),
    ],
)
def test_a_mistake_in_the_test_is_a_failure_in_words(pack, change, words):
    ((problem, *_),) = pack({**case(), **change})
    assert words in problem


def test_steps_change_and_delete_records_and_expect_between(pack):
    two_weeks = {"series": "goal=g1 week_end=2026-02-08.. progress: 0.10 0.12"}
    steps = [
        {"at": "2026-02-16T09:00:00+08:00", "given": {**GIVEN, "weekly_report": two_weeks},
         "expect": {"alerts": [{"subject": "g1", "period": "2026-W07"}]}},
        {"at": "2026-02-17T09:00:00+08:00",
         "given": {"weekly_report": [
             {"goal": "g1", "week_end": "2026-02-15", "progress": "0.23"}]},
         "expect": {"alerts": [{"state": "closed", "corrected": True, "episode": 1, "count": 1}]}},
        {"at": "2026-02-18T09:00:00+08:00", "delete": {"goal": ["g1"]}, "run": "metrics",
         "expect": {"measurements": [
             {"metric": "goal_progress", "subject": "g1", "period": "2026-W07", "value": None,
              "reasons": ["RUN602"]}]}},
        {"at": "2026-02-19T09:00:00+08:00", "delete": {"goal": ["nobody"]}},
    ]  # fmt: skip
    ((problem, *_),) = pack({"case": "c", "steps": steps})
    assert "nobody" in problem


def test_a_pack_that_can_not_be_read_fails(tmp_path):
    (tmp_path / "pack.json").write_text("{", "utf-8")
    (result,) = run_pack_tests(tmp_path)
    assert result.problems
