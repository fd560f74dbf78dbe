"""The B2 rule on live data: once per episode, late data, corrections, missed weeks."""

import json

import pytest

from runtime.backtest import backtest
from runtime.fire import close_period
from tests.runtime.worlds import (
    OFFICE_DOCUMENTS,
    World,
    alert,
    day,
    notice,
    percent,
    rule_state,
    week,
)

WEEKS = ["2026-02-08", "2026-02-15", "2026-02-22", "2026-03-01", "2026-03-08", "2026-03-15"]


@pytest.fixture
def world(database):
    made = World(database, OFFICE_DOCUMENTS, now="2026-02-02T09:00:00")
    boss, li = made.insert("person", {"name": "boss"}), None
    li = made.insert("person", {"name": "li", "email": "li@x", "manager": boss[0]})
    made.update("person", boss[0], email="boss@x")
    made.goal = made.insert(
        "goal",
        {"name": "g1", "owner": li[0], "start": day("2026-01-05"), "end": day("2026-06-28")},
    )[0]
    made.boss, made.li = boss[0], li[0]
    return made


def report(world, week_end, progress):
    return world.insert(
        "report",
        {"goal": world.goal, "week_end": day(week_end), "progress": percent(progress)},
    )[0]


def play(world, series, weeks=WEEKS):
    for week_end, progress in zip(weeks, series, strict=False):
        if progress != "_":
            report(world, week_end, progress)
        world.work()
        world.close_week(week_end)


def test_two_weeks_below_plan_tell_owner_and_supervisor_once(world):
    play(world, ["0.10", "0.12", "_", "0.14"])
    key = f"mail:p.behind:{world.goal}:1"
    assert world.mails() == [f"{key}:{world.boss}", f"{key}:{world.li}"]
    assert world.rows(notice, "key") == [f"notice:p.behind:{world.goal}:1:{world.li}"]
    assert world.alerts() == [(1, "firing", False)]
    (text,) = world.rows(alert, "evidence")
    evidence = json.loads(text)
    assert [p["label"] for p in evidence["periods"]] == ["2026-W06", "2026-W07"]
    assert [p["value"] for p in evidence["periods"]] == ["0.1", "0.12"]
    assert evidence["told"] == [world.boss, world.li]


def test_recovery_closes_and_the_next_episode_tells_again(world):
    play(world, ["0.10", "0.12", "0.28", "0.10", "0.10"])
    assert world.alerts() == [(1, "closed", False), (2, "firing", False)]
    assert len(world.mails()) == 4


def test_between_exit_and_enter_nothing_changes(world):
    play(world, ["0.10", "0.12", "0.225", "0.10"])  # 0.225 of 0.275 is 82 %
    assert world.alerts() == [(1, "firing", False)]
    assert len(world.mails()) == 2


def test_a_late_report_fires_when_it_comes_and_once(world):
    play(world, ["0.10", "_", "0.28"])
    assert world.alerts() == []
    report(world, WEEKS[1], "0.12")
    world.work()
    assert world.alerts() == [(1, "closed", False)]
    assert len(world.mails()) == 2
    world.work()
    assert len(world.mails()) == 2


def test_a_correction_marks_the_alert_and_unsends_nothing(world):
    play(world, ["0.10"])
    second = report(world, WEEKS[1], "0.12")
    world.work()
    world.close_week(WEEKS[1])
    assert world.alerts() == [(1, "firing", False)]
    world.update("report", second, progress=percent("0.23"))
    world.work()
    assert world.alerts() == [(1, "closed", True)]
    assert world.rows(rule_state, "state") == ["inactive"]
    assert len(world.mails()) == 2
    world.update("report", second, progress=percent("0.12"))
    world.work()
    assert world.alerts() == [(1, "firing", True)]
    assert len(world.mails()) == 2


def test_missed_weeks_are_judged_one_after_the_other_each_once(world):
    for week_end, progress in zip(WEEKS, ["0.10", "0.12", "0.28", "0.10"], strict=False):
        report(world, week_end, progress)
    world.work()
    world.close_week(WEEKS[3])  # nothing ran for four weeks
    assert world.alerts("episode", "state", "period", "closed_period")[0][1] == "closed"
    assert len(world.mails()) == 2
    world.close_week(WEEKS[3])
    world.close_week(WEEKS[2])
    assert len(world.mails()) == 2


def test_old_periods_never_fire(database):
    world = World(database, OFFICE_DOCUMENTS, now="2026-03-02T09:00:00")
    (li,) = world.insert("person", {"name": "li", "email": "li@x"})
    (world.goal,) = world.insert(
        "goal", {"name": "g1", "owner": li, "start": day("2026-01-05"), "end": day("2026-06-28")}
    )
    for week_end, progress in zip(WEEKS, ["0.10", "0.12", "0.13"], strict=False):
        report(world, week_end, progress)
    world.work()
    assert world.alerts() == []
    assert world.rows(rule_state, "state") == ["firing"]  # seeded, nobody was told
    later = ["2026-03-08", "2026-03-15", "2026-03-22", "2026-03-29"]
    play(world, ["0.14", "0.42", "0.10", "0.10"], later)
    assert world.alerts("state") == ["firing"]
    assert len(world.mails()) == 1


def with_conditions(enter, leave):
    rule = next(d for d in OFFICE_DOCUMENTS if d["kind"] == "rule")
    changed = {**rule, "enter": enter, "exit": leave}
    return [changed if d is rule else d for d in OFFICE_DOCUMENTS]


@pytest.mark.parametrize(
    "condition",
    [
        "subject.weight > 20% AND value < target",  # joined in the database
        "COUNT(subject.points) >= 2 AND value < target",  # left to Python
    ],
)
def test_conditions_may_look_at_the_subject(database, condition):
    world = World(
        database, with_conditions(condition, "value >= target"), now="2026-02-02T09:00:00"
    )
    (li,) = world.insert("person", {"name": "li", "email": "li@x"})
    points = [
        {"on": day("2026-01-05"), "share": percent("0")},
        {"on": day("2026-06-28"), "share": percent("1")},
    ]
    common = {"owner": li, "start": day("2026-01-05"), "end": day("2026-06-28")}
    heavy, light = world.insert(
        "goal",
        {"name": "g1", "weight": percent("0.3"), "points": points, **common},
        {"name": "g2", "weight": percent("0.1"), "points": points[:1], **common},
    )
    for week_end, progress in zip(WEEKS[:5], ["0.1", "0.1", "0.1", "0.9", "0.1"], strict=True):
        for goal in (heavy, light):
            world.goal = goal
            report(world, week_end, progress)
        world.work()
        world.close_week(week_end)
    assert world.alerts("subject_id", "state") == [(heavy, "closed")]
    with world.database.read() as uow:
        found = backtest(
            world.context(uow), "p.behind", from_period=week(WEEKS[0]), to_period=week(WEEKS[4])
        )
    assert [(e.subject_id, e.opened_label, e.closed_label) for e in found.episodes] == [
        (heavy, "2026-W07", "2026-W09")
    ]


def test_a_deleted_goal_is_left_alone(world):
    report(world, WEEKS[0], "0.10")
    report(world, WEEKS[1], "0.10")
    world.work()
    world.close_week(WEEKS[0])
    world.delete("goal", world.goal)
    world.work()
    world.close_week(WEEKS[1])
    assert world.alerts() == []


def test_a_goal_without_owner_leaves_an_incident(world):
    world.update("goal", world.goal, owner=None)
    play(world, ["0.10", "0.12"])
    assert world.mails() == []
    (text,) = world.rows(alert, "evidence")
    assert json.loads(text)["missing_receivers"] == ["subject.owner", "subject.owner.manager"]


def test_a_plan_curve_changes_the_target_and_what_was_fired(world):
    play(world, ["0.10", "0.12"])
    assert len(world.mails()) == 2
    points = [
        {"on": day("2026-01-05"), "share": percent("0")},
        {"on": day("2026-06-28"), "share": percent("0.2")},
    ]
    world.update("goal", world.goal, points=points)
    world.work()
    assert world.alerts() == [(1, "closed", True)]


def test_closing_a_period_again_after_a_crash_is_nothing_new(world):
    play(world, ["0.10", "0.12"])
    with world.writing() as ctx:
        assert close_period(ctx, "week", week(WEEKS[1]), "office") == 0
    assert len(world.mails()) == 2
