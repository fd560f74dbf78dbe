"""The A1 rule on live events: three in a row, breakers, late events, one card per episode."""

import json

import pytest

from builder.catalog import Catalog
from dsl.values import format_datetime
from runtime import fire_now
from runtime.cards import filter_of
from store import episodes
from store.tables import incident
from tests.runtime.worlds import (
    SHOP_DOCUMENTS,
    WORDS,
    World,
    alert,
    entity,
    field,
    moment,
    notice,
    ref,
    rule_state,
    task,
)


@pytest.fixture
def world(database):
    made = World(database, SHOP_DOCUMENTS, now="2026-03-02T08:00:00")
    (made.leader,) = made.insert("person", {"name": "wang", "email": "w@x"})
    (made.team,) = made.insert("department", {"name": "A"})
    made.cnc, made.other = made.insert(
        "machine",
        {"code": "CNC-1", "team": made.team, "leader": made.leader},
        {"code": "CNC-2", "team": made.team, "leader": made.leader},
    )
    return made


def alarm(world, *clocks, code="dim", machine=None, batch="B7"):
    rows = [
        {
            "event_id": f"{code}-{machine or 1}-{clock}", "machine": machine or world.cnc,
            "code": code, "batch": batch, "raised_at": moment(f"2026-03-02T{clock}:00"),
        }
        for clock in clocks
    ]  # fmt: skip
    world.now = max(world.now, *(row["raised_at"] for row in rows))
    return world.insert("alarm", *rows)


def ticket(world, clock, *, passed=True):
    at = moment(f"2026-03-02T{clock}:00")
    row = {"number": clock, "machine": world.cnc, "passed": passed, "checked_at": at}
    return world.insert("ticket", row)[0]


def finish(world):
    """What submitting the card does to the alert."""
    (open_alert,) = world.rows(alert, "id", state="firing")
    with world.writing() as ctx:
        episodes.close_alerts(ctx.uow, [open_alert], at=ctx.now)


def counts(world):
    return world.rows(alert, "episode", "state", "count", "corrected")


def test_three_in_a_row_make_one_card_for_the_leader(world):
    alarm(world, "09:00", "09:05")
    assert counts(world) == []
    alarm(world, "09:10")
    assert counts(world) == [(1, "firing", 3, False)]
    (card,) = world.rows(task, "key", "assignee_id", "opened_at", "due_at", "card")
    assert card[0] == f"task:p.x3:{world.cnc}:1:{world.leader}"
    assert card[1] == world.leader
    assert card[3] - card[2] == 12 * 3_600_000_000
    chart, records, form = json.loads(card[4])
    assert chart["series"] == "p.machine.wear"
    assert (chart["subject_id"], chart["to_at"] - chart["from_at"]) == (world.cnc, 7_200_000_000)
    assert form["form"] == "p.cause_form"
    assert filter_of(records).needs.paths == ("batch",)
    assert "B7" in json.dumps(records["filter"])


def test_a_fourth_alarm_joins_the_open_card(world):
    alarm(world, "09:00", "09:05", "09:10")
    alarm(world, "09:15", "09:20")
    assert counts(world) == [(1, "firing", 5, False)]
    assert len(world.rows(task, "id")) == 1
    (text,) = world.rows(alert, "evidence")
    events = json.loads(text)["events"]
    assert [e["text"] for e in events][-1] == "dim-1-09:20"
    assert events[0]["at"] == format_datetime(moment("2026-03-02T09:00:00"), zone="Asia/Shanghai")


def test_four_at_once_are_one_episode_of_four(world):
    alarm(world, "09:00", "09:05", "09:10", "09:15")
    assert counts(world) == [(1, "firing", 4, False)]


def test_other_codes_and_machines_do_not_count_and_do_not_break(world):
    alarm(world, "09:00", "09:05")
    alarm(world, "09:06", code="door")
    alarm(world, "09:07", machine=world.other)
    assert counts(world) == []
    alarm(world, "09:10")
    assert counts(world) == [(1, "firing", 3, False)]


def test_a_passed_piece_starts_the_count_anew(world):
    alarm(world, "09:00", "09:05")
    ticket(world, "09:07")
    alarm(world, "09:10")
    assert counts(world) == []
    alarm(world, "09:15", "09:20")
    assert counts(world) == [(1, "firing", 3, False)]


def test_a_rejected_piece_breaks_nothing(world):
    alarm(world, "09:00", "09:05")
    ticket(world, "09:07", passed=False)
    alarm(world, "09:10")
    assert counts(world) == [(1, "firing", 3, False)]


def test_alarms_too_far_apart_do_not_count(world):
    alarm(world, "09:00", "13:00", "17:01")
    assert counts(world) == []
    alarm(world, "20:30")
    assert counts(world) == [(1, "firing", 3, False)]


def test_a_late_alarm_is_sorted_in(world):
    alarm(world, "09:00", "09:10")
    ticket(world, "09:12")
    alarm(world, "09:05")
    assert counts(world) == [(1, "firing", 3, False)]


def test_a_late_passed_piece_marks_the_alert_corrected(world):
    alarm(world, "09:00", "09:05", "09:10")
    ticket(world, "09:07")
    assert counts(world) == [(1, "firing", 3, True)]
    assert len(world.rows(task, "id", state="open")) == 1


def test_after_the_close_three_new_alarms_are_needed(world):
    alarm(world, "09:00", "09:05", "09:10")
    alarm(world, "09:15")
    finish(world)
    alarm(world, "09:20", "09:25")
    assert counts(world) == [(1, "closed", 4, False)]
    alarm(world, "09:30")
    assert counts(world) == [(1, "closed", 4, False), (2, "firing", 3, False)]
    assert len(world.rows(task, "id")) == 2


def test_alarms_from_before_the_rule_was_on_do_not_count(world):
    world.insert(
        "alarm",
        *(
            {"event_id": str(n), "machine": world.cnc, "code": "dim",
             "raised_at": moment(f"2026-01-05T09:0{n}:00")}
            for n in range(5)
        ),
    )  # fmt: skip
    assert counts(world) == []


def test_nobody_to_tell_is_an_incident(world):
    world.update("machine", world.cnc, leader=None)
    alarm(world, "09:00", "09:05", "09:10")
    assert counts(world) == [(1, "firing", 3, False)]
    assert world.rows(task, "id") == []
    assert world.rows(incident, "code") == ["RUN604"]


def test_a_now_rule_follows_its_record(world):
    soft, hard = world.insert(
        "blank", {"batch": "1", "hardness": 900_000, "by": world.leader}, {"batch": "2"}
    )
    assert world.alerts("subject_id", "state") == [(soft, "firing")]
    world.update("blank", soft, hardness=1_100_000)
    assert world.alerts("subject_id", "state") == [(soft, "firing")]
    world.update("blank", soft, hardness=1_200_000)
    assert world.alerts("subject_id", "state") == [(soft, "closed")]
    world.update("blank", soft, hardness=990_000)
    world.delete("blank", soft)
    assert world.alerts("subject_id", "state") == [(soft, "closed"), (soft, "closed")]
    assert world.rows(notice, "key") == [
        f"notice:p.soft:{soft}:{episode}:{world.leader}" for episode in (1, 2)
    ]
    assert hard not in world.alerts("subject_id")


# --- what a condition reads of other records ----------------------------------------------------
def judged(key, of, enter, leave):
    """A now rule that tells nobody."""
    conditions = {"entity": of, "enter": enter, "exit": leave}
    return {"kind": "rule", "key": key, "label": {"en": key}, "actions": [], **conditions}


LIMITS = [
    WORDS,
    entity("line", field("name", "text"), field("limit", "decimal")),
    entity(
        "machine", field("name", "text"), ref("line", "line"),
        field("pieces", "incoming", entity="piece", by="machine"),
    ),
    entity(
        "piece", field("name", "text"), ref("machine", "machine"), field("hardness", "decimal"),
        field("limit", "lookup", path="machine.line.limit"),
        field("spots", "child_table", entity="spot"),
    ),
    entity("spot", field("depth", "decimal"), display="depth", parent="piece"),
    judged("soft", "piece", "hardness < limit", "hardness >= machine.line.limit"),
    judged("bad", "machine", "COUNT(pieces[hardness < 6]) > 1", "COUNT(pieces[hardness < 6]) < 2"),
    judged("deep", "piece", "SUM(spots.depth) > 5", "SUM(spots.depth) <= 5"),
]  # fmt: skip


@pytest.fixture
def mill(database):
    made = World(database, LIMITS)
    made.lines = made.insert("line", {"name": "a", "limit": 80_000}, {"name": "b"})
    made.machines = made.insert("machine", *({"name": "m", "line": n} for n in made.lines))
    made.pieces = made.insert(
        "piece", *({"machine": made.machines[n > 2], "hardness": 90_000} for n in range(4))
    )
    with database.write() as uow:
        uow.execute(rule_state.delete())  # a state is made for whoever is judged
    return made


def firing(world, rule):
    return sorted(world.rows(alert, "subject_id", rule=f"p.{rule}", state="firing"))


def test_a_now_rule_follows_what_it_reads_of_other_records(mill):
    line, (machine, other), (one, two, three, four) = mill.lines[0], mill.machines, mill.pieces
    mill.update("line", line, name="read by nobody")
    mill.update("machine", machine, name="read by nobody")
    mill.update("piece", four, name="read by nobody")
    assert mill.rows(rule_state, "subject_id") == []
    mill.update("line", line, limit=100_000)
    assert sorted(mill.rows(rule_state, "rule", "subject_id")) == [
        ("p.soft", n) for n in (one, two, three)
    ]
    assert firing(mill, "soft") == [one, two, three]
    mill.update("machine", machine, line=mill.lines[1])
    assert firing(mill, "soft") == [one, two, three]  # without a limit nothing is known
    mill.update("machine", machine, line=line)
    mill.update("line", line, limit=70_000)
    assert firing(mill, "soft") == []
    for piece in (one, two):
        mill.update("piece", piece, hardness=50_000)
    assert firing(mill, "bad") == [machine]
    mill.update("piece", two, machine=other)
    mill.update("piece", four, hardness=50_000)
    assert firing(mill, "bad") == [other]
    mill.update("piece", one, spots=[{"depth": 30_000}, {"depth": 30_000}])
    assert firing(mill, "deep") == [one]
    mill.update("piece", one, spots=[{"depth": 30_000}])
    assert firing(mill, "deep") == []


def test_many_who_read_a_record_are_judged_by_jobs_in_parts(mill, monkeypatch):
    monkeypatch.setattr(fire_now, "AT_ONCE", 2)
    mill.update("line", mill.lines[0], limit=100_000)
    assert mill.rows(rule_state, "subject_id") == []
    assert mill.work() == ["judge_now", "judge_now"]
    assert firing(mill, "soft") == mill.pieces[:3]
    mill.update("line", mill.lines[0], limit=70_000)
    rest = [each for each in mill.catalog.definitions() if each.name != "p.soft"]
    mill.publish(Catalog.of(rest, revision=2))
    assert mill.work() == ["judge_now"]
    assert firing(mill, "soft") == mill.pieces[:3]
