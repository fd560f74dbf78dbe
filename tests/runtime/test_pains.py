"""What users of other platforms suffer from, where no other test says that it does not happen."""

import pytest
from sqlalchemy import create_engine, event, text

from builder.codec import decode
from dsl.values import parse_date, parse_datetime
from runtime import edit, read, records
from runtime.context import SYSTEM_ACTOR
from runtime.lists import Listing
from runtime.lookups import look_up
from runtime.publish import Proposal, publish
from store.errors import NewerDatabaseError
from tests.permission.facts import TODAY
from tests.runtime.conftest import new_wiring

CASE = {
    "kind": "entity", "key": "case", "display": "name",
    "access": {"owner": "owner", "department": "owner.department"},
    "fields": [
        {"key": "name", "type": "text", "required": True}, {"key": "owner", "type": "person"},
        {"key": "weight", "type": "integer"},
        {"key": "lines", "type": "child_table", "entity": "case_line"},
        *(
            {"key": f"c{n}", "type": "formula", "formula": formula}
            for n, formula in enumerate(
                ("weight * 2", "owner.name", "owner.manager.name", "COUNT(lines)",
                 "SUM(lines.amount)", "c0 + c4")
            )
        ),
    ],
}  # fmt: skip
LINE = {
    "kind": "entity", "key": "case_line", "display": "what", "parent": "case",
    "fields": [{"key": "what", "type": "text"}, {"key": "amount", "type": "integer"}],
}  # fmt: skip
TEAM = {
    "kind": "role", "key": "team", "grants": [
        {"entity": "person", "actions": ["read"], "rows": "department"},
        {"entity": "case", "actions": ["read"], "rows": "department"}],
}  # fmt: skip
BEFORE_EIGHT = parse_datetime("2026-03-02T07:30:00+08:00")


@pytest.fixture
def team(either_world):
    """A role that reaches its department, and an entity with links, rows and formulas."""
    world = either_world
    made = tuple(decode(each["kind"], each, pack="shop") for each in (CASE, LINE, TEAM))
    publish(world.wiring, Proposal(made), actor=SYSTEM_ACTOR)
    return world


def test_a_page_needs_as_many_statements_for_many_rows_as_for_few(team):
    """Pain 10: links and formulas are no statement per row, however many there are."""
    world, sent = team, []
    with world.reading() as ctx:
        engine = ctx.uow.connection.engine
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    needed = []
    for more in (3, 40):
        lines = [{"what": "x", "amount": 1}, {"what": "y", "amount": 2}]
        rows = [
            {"name": f"{more}-{n}", "owner": world.ids["li"], "weight": n, "lines": lines}
            for n in range(more)
        ]
        with world.writing() as ctx:
            records.insert(ctx, "shop.case", rows)
        with world.reading(world.actor("zhao", "team")) as ctx:
            before = len(sent)
            found = read.list_records(ctx, "shop.case", Listing(sort="-name"), limit=50)
            needed.append(len(sent) - before)
    assert len(found["items"]) == 43
    assert {item["values"]["c5"] for item in found["items"][:3]} == {"21", "19", "17"}
    assert needed[0] == needed[1] > 0


def test_a_picker_offers_only_whom_one_may_see(team):
    """Pain 13: a picker is no way round the rows of a right."""
    world = team
    with world.reading(world.actor("li", "team")) as ctx:
        assert {each["display"] for each in look_up(ctx, "person", "")} == {"李", "赵"}
        assert look_up(ctx, "person", "王") == []
    with world.reading(world.actor("li")) as ctx:
        assert look_up(ctx, "person", "") == []


def test_today_is_the_day_it_is_here_before_eight_in_the_morning(either_world):
    """Pain 19: at 07:30 in Beijing it is still yesterday in Greenwich."""
    world = either_world
    world.at(BEFORE_EIGHT)
    with world.writing(world.actor("li", "employee")) as ctx:
        uid = edit.create_record(ctx, "shop.goal", {"name": "g", "owner": world.uids["li"]})
    with world.reading(world.actor("li", "employee")) as ctx:
        values = read.get_record(ctx, "shop.goal", uid)["values"]
        assert values["start"] == "2026-03-02"
        assert parse_date(values["start"]) == TODAY
        for where, wanted in (("start = TODAY()", 1), ("start < TODAY()", 0)):
            listed = read.list_records(ctx, "shop.goal", Listing(where=where))["items"]
            assert len(listed) == wanted


_VERSION = text("SELECT version_num FROM alembic_version")
_SET_VERSION = text("UPDATE alembic_version SET version_num = :to")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(kind, tmp_path, request):
    """Pain 7: an older program does not touch what a newer one has made."""
    url = "" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    made = new_wiring(tmp_path / "data", url)
    with made.writing() as ctx:
        known = ctx.uow.connection.execute(_VERSION).scalar_one()
        ctx.uow.connection.execute(_SET_VERSION, {"to": "9999"})
    made.close()
    with pytest.raises(NewerDatabaseError, match="9999"):
        new_wiring(tmp_path / "data", url)
    if url:  # the next test gets this database
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(_SET_VERSION, {"to": known})
        engine.dispose()
