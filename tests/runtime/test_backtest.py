"""A rule on the past: firings by week, who would have been told, as known today and then."""

import pytest

from runtime.backtest import backtest
from runtime.errors import Invalid, NotFound
from store.tables import alert, outbox
from tests.runtime.worlds import OFFICE_DOCUMENTS, SHOP_DOCUMENTS, World, day, percent, week

WEEKS = ["2026-02-08", "2026-02-15", "2026-02-22", "2026-03-01", "2026-03-08"]


@pytest.fixture
def world(database):
    made = World(database, OFFICE_DOCUMENTS, now="2026-03-10T09:00:00")
    (boss,) = made.insert("person", {"name": "boss"})
    (li,) = made.insert("person", {"name": "li", "manager": boss})
    goals = made.insert(
        "goal",
        *(
            {"name": name, "owner": owner, "start": day("2026-01-05"), "end": day("2026-06-28")}
            for name, owner in (("g1", li), ("g2", boss), ("g3", None))
        ),
    )
    series = {
        goals[0]: ["0.10", "0.12", "0.28", "0.10", "0.10"],
        goals[1]: ["0.10", "0.12", "0.12", "0.12", "0.12"],
        goals[2]: ["0.50"] * 5,
    }
    for goal, values in series.items():
        rows = zip(WEEKS, values, strict=True)
        made.insert(
            "report",
            *({"goal": goal, "week_end": day(on), "progress": percent(p)} for on, p in rows),
        )
    made.work()
    made.goals = goals
    return made


def run(world, known="today", first=WEEKS[0]):
    with world.database.read() as uow:
        return backtest(
            world.context(uow), "p.behind", from_period=week(first), to_period=week(WEEKS[-1]),
            known=known,
        )  # fmt: skip


def test_firings_by_week_and_receivers(world):
    found = run(world)
    assert [(p.period_label, p.firings) for p in found.periods] == [
        ("2026-W06", 0), ("2026-W07", 2), ("2026-W08", 0), ("2026-W09", 0), ("2026-W10", 1),
    ]  # fmt: skip
    assert [(e.display, e.opened_label, e.closed_label, e.receivers) for e in found.episodes] == [
        ("g1", "2026-W07", "2026-W08", ("li", "boss")),
        ("g2", "2026-W07", None, ("boss",)),
        ("g1", "2026-W10", None, ("li", "boss")),
    ]
    assert [(r.name, r.count) for r in found.receivers] == [("boss", 3), ("li", 2)]


def test_only_the_weeks_asked_for_are_reported_but_the_past_is_known(world):
    found = run(world, first=WEEKS[2])
    assert [e.opened_label for e in found.episodes] == ["2026-W10"]


def test_nothing_is_written_or_sent(world):
    run(world)
    assert world.rows(alert, "id") == []
    assert world.rows(outbox, "id") == []


def test_as_known_then_history_that_came_later_did_not_exist(world):
    assert run(world, known="then").episodes == ()


def test_as_known_then_sees_what_was_in_force_at_each_closing(database):
    world = World(database, OFFICE_DOCUMENTS, now="2026-02-02T09:00:00")
    (goal,) = world.insert(
        "goal", {"name": "g", "start": day("2026-01-05"), "end": day("2026-06-28")}
    )
    reports = []
    for on in WEEKS[:2]:
        row = {"goal": goal, "week_end": day(on), "progress": percent("0.10")}
        reports += world.insert("report", row)
        world.work()
        world.close_week(on)
    world.now += 3_600_000_000
    world.update("report", reports[1], progress=percent("0.40"))
    world.work()
    assert [e.opened_label for e in run(world, known="then").episodes] == ["2026-W07"]
    assert run(world).episodes == ()


def test_only_period_rules_have_a_past(database):
    world = World(database, SHOP_DOCUMENTS)
    with world.database.read() as uow:
        ctx = world.context(uow)
        with pytest.raises(Invalid):
            backtest(ctx, "p.x3", from_period=1, to_period=2)
        with pytest.raises(NotFound):
            backtest(ctx, "p.gone", from_period=1, to_period=2)
