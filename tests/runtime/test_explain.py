"""A passport tells what was known then, what is known now, and what the viewer may not see."""

from dataclasses import replace

import pytest

from runtime.errors import NotFound
from runtime.explain import passport
from store.scope import Scope
from tests.runtime.worlds import SHOP_DOCUMENTS, World, measurement, moment


@pytest.fixture
def world(database):
    made = World(database, SHOP_DOCUMENTS, now="2026-03-20T08:00:00")
    (made.team,) = made.insert("department", {"name": "A"})
    (made.cnc,) = made.insert("machine", {"code": "CNC-1", "team": made.team})
    made.tickets = made.insert(
        "ticket",
        *(
            {"number": f"T{n}", "machine": made.cnc, "passed": n != 3,
             "checked_at": moment(f"2026-03-0{n}T09:00:00")}
            for n in range(1, 5)
        ),
    )  # fmt: skip
    made.work()
    (made.number,) = made.rows(measurement, "uid", metric="p.passed")
    return made


def open_passport(world, uid=None, *, scope=None, **page):
    with world.database.read() as uow:
        ctx = world.context(uow)
        return passport(replace(ctx, scope=scope or ctx.scope), uid or world.number, **page)


def test_a_passport_shows_formula_inputs_and_records(world):
    found = open_passport(world)
    assert (found.measurement.value, found.period_label, found.subject) == (750_000, "2026-03", "A")
    assert (found.formula.text, found.formula.version) == ("passed / all", "2020-01-01")
    assert found.tree.value == 750_000
    assert [child.value for child in found.tree.children] == [3_000_000, 4_000_000]
    passed, every = found.inputs
    assert (passed.value, passed.count, passed.behind.total) == ("3", 3, 3)
    assert [r.display for r in every.behind.records] == ["T1", "T2", "T3", "T4"]
    first = every.behind.records[0]
    assert first.values == {
        "number": "T1", "machine.team": "A", "checked_at": "2026-03-01T01:00:00Z"
    }  # fmt: skip
    assert (first.origin_kind, first.changed_since, first.version) == ("manual", False, 1)
    assert [c.key for c in passed.behind.columns] == [
        "number", "machine.team", "checked_at", "passed",
    ]  # fmt: skip
    assert found.recomputes
    assert found.now.difference == 0


def test_a_record_that_changes_later_does_not_change_the_passport(world):
    world.update("ticket", world.tickets[2], passed=True)
    world.work()
    found = open_passport(world)
    assert found.measurement.current is False
    assert [r.changed_since for r in found.inputs[1].behind.records] == [False, False, True, False]
    assert [r.display for r in found.inputs[0].behind.records] == ["T1", "T2", "T4"]
    assert found.recomputes
    assert (found.now.value, found.now.difference) == (1_000_000, 250_000)
    assert found.now.tree.value == 1_000_000
    assert found.now.inputs["passed"]["value"] == "4"
    newest = open_passport(world, world.rows(measurement, "uid", current=True)[0])
    assert (newest.measurement.value, newest.recomputes) == (1_000_000, True)


def test_a_deleted_record_and_a_moved_machine_stay_as_they_were(world):
    world.delete("ticket", world.tickets[0])
    (other,) = world.insert("department", {"name": "B"})
    world.update("machine", world.cnc, team=other)
    world.work()
    found = open_passport(world)
    assert found.recomputes
    assert found.inputs[1].behind.total == 4
    assert found.inputs[1].behind.records[0].changed_since
    assert found.inputs[1].behind.records[0].values["machine.team"] == "A"
    assert (found.now.value, found.now.difference) == (None, None)


def test_pages_of_records(world):
    found = open_passport(world, limit=2, offset=1)
    assert [r.display for r in found.inputs[1].behind.records] == ["T2", "T3"]
    assert found.inputs[1].behind.total == 4


def test_what_is_out_of_sight_is_counted_not_shown(world):
    nothing = Scope({"p.ticket": "none"}, otherwise="all")
    found = open_passport(world, scope=nothing)
    records = found.inputs[1].behind.records
    assert [r.masked for r in records] == [True] * 4
    assert {r.display for r in records} == {None}
    assert found.inputs[1].value == "4"
    hidden = Scope(hidden={"p.ticket": frozenset({"passed"})}, otherwise="all")
    behind = open_passport(world, scope=hidden).inputs[0].behind
    assert behind.hidden_columns == 1
    assert "passed" not in behind.records[0].values


def test_a_number_of_a_subject_one_can_not_read_is_not_there(world):
    with pytest.raises(NotFound):
        open_passport(world, scope=Scope({"department": "none"}, otherwise="all"))
    with pytest.raises(NotFound):
        open_passport(world, "nobody")
