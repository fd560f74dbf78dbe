"""Where people stand today: transfers by date, several departments, circles, leavers."""

from __future__ import annotations

import pytest

from builder.codec import decode
from dsl.values import parse_date
from runtime import accounts, edit, read, records, scheduler, worker
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid, Refused
from runtime.lists import Listing
from runtime.publish import Proposal, publish
from runtime.recovery import recover
from runtime.sign_in import Visitor, actor_of, sign_in
from store import people
from tests.runtime.conftest import MONDAY

HOUR = 3_600_000_000
MIDNIGHT = MONDAY + 15 * HOUR  # Tuesday begins
SALES = {
    "kind": "role", "key": "sales", "grants": [
        {"entity": "goal", "actions": ["read"], "rows": "formula",
         "formula": "owner.department.code = 'd2'"},
        {"entity": "person", "actions": ["read"], "rows": "department"}],
}  # fmt: skip


@pytest.fixture
def goals(either_world):
    """One goal of each person, and a role that reads by the department's code."""
    world = either_world
    publish(world.wiring, Proposal((decode("role", SALES, pack="shop"),)), actor=SYSTEM_ACTOR)
    with world.writing() as ctx:
        records.insert(
            ctx,
            "shop.goal",
            [
                {"name": f"g-{who}", "owner": world.ids[who]}
                for who in ("wang", "li", "zhao", "chen")
            ],
        )
    return world


def assign(world, who, department, **more):
    """A main assignment of a person, unless told otherwise."""
    with world.writing() as ctx:
        place = ctx.tables.table("department")
        code = ctx.tables.column("department", "code")
        row = ctx.uow.execute(place.select().where(code == department)).one()
        given = {key: parse_date(value) for key, value in more.items() if key in ("from", "to")}
        values = {"person": world.ids[who], "department": row.id, "main": True, **more, **given}
        (change,) = records.insert(ctx, "assignment", [values])
    return change


def seen(world, login, *roles, entity="shop.goal"):
    with world.reading(world.actor(login, *roles)) as ctx:
        return [
            each["display"]
            for each in read.list_records(ctx, entity, Listing(sort="name"))["items"]
        ]


def test_a_transfer_counts_from_midnight_though_nothing_is_written(goals):
    world = goals
    assign(world, "zhao", "d2", manager=world.ids["chen"], **{"from": "2026-03-03"})
    world.at(MIDNIGHT - 1)
    assert seen(world, "wang", "boss") == ["g-li", "g-wang", "g-zhao"]
    assert seen(world, "li", "bureau") == ["g-li", "g-zhao"]
    assert seen(world, "chen", "boss") == ["g-chen"]
    assert seen(world, "chen", "sales") == ["g-chen"]
    world.at(MIDNIGHT)
    assert seen(world, "wang", "boss") == ["g-li", "g-wang"]
    assert seen(world, "li", "bureau") == ["g-li"]
    assert seen(world, "chen", "boss") == ["g-chen", "g-zhao"]
    assert seen(world, "chen", "sales") == ["g-chen", "g-zhao"]
    assert seen(world, "chen", "sales", entity="person") == ["赵", "陈"]


def test_an_additional_assignment_adds_a_department_and_a_manager(goals):
    world = goals
    assign(world, "zhao", "d2", main=None, manager=world.ids["chen"])
    assert seen(world, "li", "bureau") == ["g-li", "g-zhao"]
    assert seen(world, "chen", "bureau") == ["g-chen", "g-zhao"]
    assert seen(world, "chen", "boss") == ["g-chen", "g-zhao"]
    assert seen(world, "wang", "boss") == ["g-li", "g-wang", "g-zhao"]
    # zhao himself belongs to both
    assert seen(world, "zhao", "bureau") == ["g-chen", "g-li", "g-zhao"]


def test_after_the_last_main_assignment_somebody_stands_nowhere(goals):
    world = goals
    assign(world, "zhao", "d2", **{"from": "2026-01-01", "to": "2026-03-02"})
    assert seen(world, "chen", "bureau") == ["g-chen", "g-zhao"]  # the last day counts
    world.at(MIDNIGHT)
    assert seen(world, "chen", "bureau") == ["g-chen"]
    assert seen(world, "wang", "boss") == ["g-li", "g-wang"]
    assert seen(world, "zhao", "bureau") == []


def test_a_circle_of_managers_ends_and_widens_nothing(goals):
    world = goals
    assign(world, "wang", "d1", manager=world.ids["li"])
    assert seen(world, "li", "boss") == ["g-li", "g-wang", "g-zhao"]
    assert seen(world, "zhao", "boss") == ["g-zhao"]
    with world.reading() as ctx:
        organisation = people.Organisation(ctx.uow, ctx.tables, day=ctx.params.today)
        assert organisation.subordinates(world.ids["wang"]) == {
            world.ids["li"], world.ids["zhao"],
        }  # fmt: skip


def test_a_circle_of_departments_ends(goals):
    world = goals
    with world.writing() as ctx:
        codes = dict(
            ctx.uow.execute(
                ctx.tables.table("department")
                .select()
                .with_only_columns(
                    ctx.tables.column("department", "code"), ctx.tables.table("department").c.id
                )
            ).all()
        )
        records.update(ctx, "department", codes["d1"], {"parent": codes["d3"]})
    assert seen(world, "li", "bureau") == ["g-li", "g-wang", "g-zhao"]


def test_what_came_into_force_is_written_down_with_its_origin(goals):
    world = goals
    recover(world.wiring)
    assign(world, "zhao", "d2", manager=world.ids["chen"], **{"from": "2026-03-03"})
    world.at(MIDNIGHT)
    scheduler.tick(world.wiring)
    worker.drain(world.wiring, "t")
    with world.reading() as ctx:
        versions = read.record_history(ctx, "person", world.uids["zhao"])["items"]
    assert versions[-1]["values"]["manager"] == world.uids["chen"]
    assert versions[-1]["origin"] == {"kind": "system", "source": "assignment", "run": None}
    assert len(versions) == 2
    worker.drain(world.wiring, "t")  # nothing is left to write down


def test_an_assignment_in_force_moves_the_person_at_once(goals):
    world = goals
    change = assign(world, "zhao", "d2")
    with world.reading() as ctx:
        values = read.get_record(ctx, "person", world.uids["zhao"])["values"]
        assert values["manager"] is None
        assert (
            values["department"]
            != read.get_record(ctx, "person", world.uids["li"])["values"]["department"]
        )
    with world.writing() as ctx:  # what was written down stays until a hand changes it
        records.remove(ctx, "assignment", change.id)
    assert seen(world, "chen", "bureau") == ["g-chen", "g-zhao"]


def test_what_assignments_say_is_not_written_by_hand(goals):
    world = goals
    assign(world, "zhao", "d2")
    with pytest.raises(Invalid) as refused, world.writing() as ctx:
        edit.change_record(
            ctx, "person", world.uids["zhao"], {"manager": None, "email": "z@example.com"},
            base_version=None,
        )  # fmt: skip
    (problem,) = refused.value.problems
    assert (problem.code, problem.pointer) == ("RUN217", "/values/manager")
    with world.writing() as ctx:
        edit.change_record(ctx, "person", world.uids["li"], {"manager": None}, base_version=None)
    assert seen(world, "wang", "boss") == ["g-wang"]


def test_whoever_leaves_is_out_with_the_next_request(goals):
    world = goals
    with world.writing() as ctx:
        accounts.create_account(
            ctx,
            login="zhao",
            password="correct horse 7",
            roles=["shop.employee"],
            person_id=world.ids["zhao"],
        )
    token = sign_in(world.wiring, "zhao", "correct horse 7", visitor=Visitor("n")).token
    assert actor_of(world.wiring, token).person_id == world.ids["zhao"]
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["zhao"], {"active": False})
    assert actor_of(world.wiring, token) is None
    with pytest.raises(Refused):
        sign_in(world.wiring, "zhao", "correct horse 7", visitor=Visitor("n"))
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["zhao"], {"active": None})
    assert actor_of(world.wiring, token) is not None
