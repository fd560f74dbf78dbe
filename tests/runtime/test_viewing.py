"""Who looked at whose personal data: noted without slowing reads, stored soon, shown to whom it concerns."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from builder.codec import decode
from runtime import accounts, edit, exports, read, trash, view_buffer, viewing
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.exports import Wanted
from runtime.formula_numbers import Sample
from runtime.formulas import Place, try_on
from runtime.lists import ALL
from runtime.publish import Proposal, publish
from runtime.worker import drain
from tests.runtime.conftest import MONDAY


def stored(world):
    """The log as it stands, by who and whom."""
    world.wiring.views.flush()
    names = {each: name for name, each in world.ids.items()}
    with world.reading() as ctx:
        rows = ctx.uow.execute(
            text("SELECT actor, entity, record_id, rev FROM view_log ORDER BY id")
        )
        found = [(row.actor, row.entity, names.get(row.record_id), row.rev) for row in rows]
    assert all(rev for *_, rev in found)
    return [each[:3] for each in found]


def look(world, login, role, uid=None):
    with world.reading(world.actor(login, role)) as ctx:
        if uid is None:
            return read.list_records(ctx, "person")
        return read.get_record(ctx, "person", uid)


def test_looking_at_somebody_else_is_noted_and_at_oneself_is_not(either_world):
    look(either_world, "wang", "boss", either_world.uids["li"])
    look(either_world, "wang", "boss", either_world.uids["wang"])
    assert stored(either_world) == [("wang", "person", "li")]


def test_a_list_notes_everybody_on_it(either_world):
    look(either_world, "li", "employee")
    assert sorted(stored(either_world)) == [
        ("li", "person", name) for name in sorted({"wang", "zhao", "chen"})
    ]


def test_a_history_is_a_look_too(either_world):
    with either_world.reading(either_world.actor("wang", "boss")) as ctx:
        read.record_history(ctx, "person", either_world.uids["zhao"])
    assert stored(either_world) == [("wang", "person", "zhao")]


def test_a_formula_tried_on_a_record_is_a_look_too(either_world):
    place = Place(entity="person", kind="row")
    with either_world.reading(either_world.actor("wang", "boss")) as ctx:
        try_on(ctx, place, "name", Sample(uid=either_world.uids["zhao"]))
    assert stored(either_world) == [("wang", "person", "zhao")]


def test_looking_again_within_an_hour_is_the_same_look(either_world):
    for minutes in (0, 30, 59, 61):
        either_world.at(MONDAY + minutes * 60_000_000)
        look(either_world, "wang", "boss", either_world.uids["li"])
    assert len(stored(either_world)) == 2


def test_what_the_system_reads_is_no_look_nor_is_what_is_not_personal(either_world):
    with either_world.reading() as ctx:
        read.list_records(ctx, "person")
    with either_world.reading(either_world.actor("wang", "boss")) as ctx:
        read.list_records(ctx, "shop.goal")
    assert stored(either_world) == []


def test_the_person_sees_who_looked(either_world):
    look(either_world, "wang", "boss", either_world.uids["li"])
    look(either_world, "zhao", "employee", either_world.uids["li"])
    look(either_world, "zhao", "employee", either_world.uids["wang"])
    either_world.wiring.views.flush()
    with either_world.reading(either_world.actor("li", "employee")) as ctx:
        found = viewing.views_of_me(ctx)
    assert sorted((each["by"], each["entity"]) for each in found) == [
        ("wang", "person"), ("zhao", "person"),
    ]  # fmt: skip
    assert found[0]["label"]["en"] == "Person"
    with either_world.reading() as ctx:  # the system is no person
        assert viewing.views_of_me(ctx) == []


def test_views_are_stored_soon_by_themselves_and_at_the_end_at_latest(either_world, monkeypatch):
    monkeypatch.setattr(view_buffer, "PAUSE_S", 0.01)
    look(either_world, "wang", "boss", either_world.uids["li"])
    writer = either_world.wiring.views._writer
    if writer is not None:
        writer.join(20)
    with either_world.reading() as ctx:
        assert ctx.uow.execute(text("SELECT count(*) FROM view_log")).scalar_one() == 1
    monkeypatch.setattr(view_buffer, "PAUSE_S", 60)
    look(either_world, "wang", "boss", either_world.uids["zhao"])
    either_world.wiring.views.close()
    with either_world.reading() as ctx:
        assert ctx.uow.execute(text("SELECT count(*) FROM view_log")).scalar_one() == 2


def test_when_the_log_can_not_be_written_reading_goes_on_and_nothing_is_lost(
    either_world, monkeypatch
):
    database = either_world.wiring.database

    def full(_work):
        raise OSError("no space left")

    monkeypatch.setattr(view_buffer, "PAUSE_S", 60)
    monkeypatch.setattr(database, "attempt", full)
    assert look(either_world, "wang", "boss", either_world.uids["li"])
    with pytest.raises(OSError, match="space"):
        either_world.wiring.views.flush()
    monkeypatch.undo()
    assert stored(either_world) == [("wang", "person", "li")]


def test_what_is_exported_is_noted_beside_an_earlier_look(either_world):
    boss = {"kind": "role", "key": "porter", "grants": [
        {"entity": "person", "actions": ["read", "export"], "rows": "all"}]}  # fmt: skip
    publish(either_world.wiring, Proposal((decode("role", boss, pack="shop"),)), actor=SYSTEM_ACTOR)
    with either_world.wiring.writing() as ctx:
        accounts.create_account(
            ctx, "wang", "correct horse 9", roles=["shop.porter"],
            person_id=either_world.ids["wang"],
        )  # fmt: skip
    wang = either_world.actor("wang", "porter")
    with either_world.reading(wang) as ctx:
        read.list_records(ctx, "person")
        exports.export_now(ctx, "person", Wanted(ALL, ("department", "active")))
    assert len(stored(either_world)) == 3, "no personal column, nothing taken away"
    with either_world.reading(wang) as ctx:
        exports.export_now(ctx, "person", Wanted(ALL, ("email",)))
    assert len(stored(either_world)) == 6
    either_world.at(MONDAY + 2 * 3600 * 1_000_000)
    with either_world.writing(wang) as ctx:
        exports.start(ctx, "person", Wanted(ALL))
    drain(either_world.wiring, "test")
    assert len(stored(either_world)) == 9, "in the background too"
    with either_world.reading(either_world.actor("li", "employee")) as ctx:
        assert [each["purpose"] for each in viewing.views_of_me(ctx)] == ["export", "export", None]


def test_the_trash_is_looked_into_as_well(either_world):
    with either_world.writing() as ctx:
        edit.delete_record(ctx, "person", either_world.uids["chen"])
    admin = Actor("user", "root", admin=True)
    with either_world.reading(admin) as ctx:
        trash.list_trash(ctx, "person")
    assert stored(either_world) == [("root", "person", "chen")]
