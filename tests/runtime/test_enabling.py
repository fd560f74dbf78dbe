"""Publishing rules: seeds, continued episodes, schedules and what they ask for."""

from dataclasses import replace

import pytest

from builder.catalog import Catalog
from builder.codec import decode
from runtime.decide.calendars import OFFICE, closes_at
from runtime.enabling import already_true
from runtime.jobs_table import grain_of
from runtime.schedules_table import JOB_OF, NEXT
from runtime.simulate import rehearse
from store import rule_runs, schedules
from store.tables import incident, outbox, rule_state
from tests.runtime.worlds import (
    OFFICE_DOCUMENTS,
    SHOP_DOCUMENTS,
    World,
    alert,
    day,
    moment,
    notice,
    percent,
    task,
    week,
)

RULE = "p.behind"
WEEKS = ["2026-02-08", "2026-02-15", "2026-02-22", "2026-03-01", "2026-03-08"]


def documents(**changes):
    return [{**d, **changes} if d["kind"] == "rule" else d for d in OFFICE_DOCUMENTS]


def catalog_of(docs, revision):
    return Catalog.of([decode(d["kind"], d, pack="p") for d in docs], revision=revision)


@pytest.fixture
def world(database):
    made = World(database, OFFICE_DOCUMENTS, now="2026-02-02T09:00:00")
    (li,) = made.insert("person", {"name": "li", "email": "li@x"})
    made.goals = made.insert(
        "goal",
        *(
            {"name": f"g{n}", "owner": li, "start": day("2026-01-05"), "end": day("2026-06-28")}
            for n in range(3)
        ),
    )
    return made


def report(world, week_end, progress, goal=0):
    row = {"goal": world.goals[goal], "week_end": day(week_end), "progress": percent(progress)}
    world.insert("report", row)


def play(world, series, goal=0, weeks=WEEKS):
    for week_end, progress in zip(weeks, series, strict=False):
        report(world, week_end, progress, goal)
        world.work()
        world.close_week(week_end)


def test_an_unchanged_meaning_continues_its_episodes(world):
    play(world, ["0.10", "0.12"])
    relabelled = catalog_of(documents(label={"en": "other words"}), 2)
    world.publish(relabelled)
    play(world, ["0.12"], weeks=WEEKS[2:])
    assert world.alerts() == [(1, "firing", False)]
    assert len(world.mails()) == 1


def test_another_meaning_keeps_open_alerts_and_seeds_silently(world):
    play(world, ["0.10", "0.12"])
    report(world, WEEKS[1], "0.10", goal=1)
    world.work()
    stricter = catalog_of(documents(quantifier={"consecutive": 1}, exit="value >= target"), 2)
    world.publish(stricter)
    assert world.rows(rule_state, "subject_id", "state") == [
        (world.goals[0], "firing"), (world.goals[1], "firing"),
    ]  # fmt: skip
    assert len(world.mails()) == 1
    play(world, ["0.25"], weeks=WEEKS[2:])  # 91 % of plan: the old exit, not the new one
    assert world.alerts() == [(1, "firing", False)]
    play(world, ["0.35"], weeks=WEEKS[3:])
    assert world.alerts() == [(1, "closed", False)]
    assert len(world.mails()) == 1


def test_a_rule_taken_away_rests_and_comes_back_seeded(world):
    play(world, ["0.10", "0.12"])
    world.publish(catalog_of(documents(enabled=False), 2))
    with world.writing() as ctx:
        assert rule_runs.all_runs(ctx.uow) == {}
        assert [s.enabled for s in schedules.list_all(ctx.uow)] == [False]
    play(world, ["0.12"], weeks=WEEKS[2:])
    world.publish(catalog_of(documents(), 3))
    play(world, ["0.12"], weeks=WEEKS[3:])
    assert world.alerts() == [(1, "firing", False)]
    assert len(world.mails()) == 1


def test_the_enable_dialog_can_count_who_is_true_already(world):
    for goal, progress in enumerate(["0.10", "0.10", "0.50"]):
        for week_end in WEEKS[:2]:
            report(world, week_end, progress, goal)
    world.work()
    with world.writing() as ctx:
        compiled = ctx.catalog.compiled_rule(RULE)
        found = already_true(ctx, compiled, week(WEEKS[1]))
    assert found == [(goal, week(WEEKS[1])) for goal in world.goals[:2]]


def test_a_closing_is_scheduled_with_its_logical_period(world):
    with world.writing() as ctx:
        (row,) = schedules.list_all(ctx.uow)
    assert (row.key, row.kind, row.policy) == ("close:office:week", "close", "all")
    first = closes_at(OFFICE, week("2026-02-08"), "week")
    assert row.next_fire == first
    label, job = JOB_OF["close"](row, first)
    assert (label, job.key) == ("2026-W06", "close:office:week:2026-W06")
    assert job.payload == {"grain": "week", "period": week("2026-02-08"), "calendar": "office"}
    after = NEXT["close"](row.spec, first)
    assert JOB_OF["close"](row, after)[0] == "2026-W07"
    with pytest.raises(ValueError, match="grain"):
        grain_of("fortnight")


def test_a_source_is_scheduled_on_a_fixed_grid():
    spec = {"source": "p.mes", "every_s": 300}
    row = schedules.Schedule(1, "sync:p.mes", "sync", spec, 0, "last", None, enabled=True)
    at = NEXT["sync"](spec, moment("2026-02-02T09:01:00"))
    assert at == moment("2026-02-02T09:05:00")
    label, job = JOB_OF["sync"](row, at)
    assert (job.kind, job.payload) == ("sync", {"source": "p.mes"})
    assert job.key.endswith(label)


def test_a_storm_sends_no_more_than_its_limit(database):
    world = World(database, documents(limits={"storm": 2}), now="2026-02-02T09:00:00")
    (li,) = world.insert("person", {"name": "li", "email": "li@x"})
    world.goals = world.insert(
        "goal",
        *(
            {"name": f"g{n}", "owner": li, "start": day("2026-01-05"), "end": day("2026-06-28")}
            for n in range(3)
        ),
    )
    for week_end in WEEKS[:2]:
        for goal in range(3):
            report(world, week_end, "0.10", goal)
        world.work()
        world.close_week(week_end)
    assert len(world.rows(alert, "id")) == 3
    assert len(world.rows(notice, "id")) == 2
    assert "RUN605" in world.rows(incident, "code")


def test_a_chain_that_goes_in_circles_is_cut(database):
    world = World(database, SHOP_DOCUMENTS, now="2026-03-02T08:00:00")
    with world.writing() as ctx:
        deep = replace(ctx, cause=replace(ctx.cause, depth=8))
        from runtime import records

        records.insert(deep, "p.blank", [{"batch": "1", "hardness": 10_000}])
    assert world.alerts("state") == ["firing"]
    assert world.rows(notice, "id") == []
    assert "RUN606" in world.rows(incident, "code")


def test_now_rules_seed_what_is_true_already(database):
    world = World(database, SHOP_DOCUMENTS[:-1], now="2026-03-02T08:00:00")
    (soft,) = world.insert("blank", {"batch": "1", "hardness": 10_000})
    world.publish(catalog_of(SHOP_DOCUMENTS, 2))
    assert world.rows(rule_state, "subject_id", "state", "rule") == [(soft, "firing", "p.soft")]
    world.update("blank", soft, hardness=20_000)
    assert world.alerts("state") == []


def test_a_rehearsal_shows_what_would_follow_and_leaves_nothing(world):
    report(world, WEEKS[0], "0.10")
    world.work()
    world.close_week(WEEKS[0])
    world.close_week(WEEKS[1])
    from runtime import records

    row = {"goal": world.goals[0], "week_end": day(WEEKS[1]), "progress": percent("0.10")}
    with world.writing() as ctx:
        found = rehearse(ctx, lambda own: records.insert(own, "p.report", [row]) and None)
        ctx.uow.roll_back()
    assert [a["rule"] for a in found.alerts] == [RULE]
    assert [m["payload"]["to"] for m in found.mails] == ["li@x"]
    assert len(found.notices) == 1
    assert found.tasks == ()
    assert world.rows(outbox, "id") == []
    assert world.rows(alert, "id") == []
    assert world.rows(task, "id") == []
