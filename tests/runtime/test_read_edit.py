"""What a person sees and may change, by roles and today's organisation."""

from __future__ import annotations

import pytest

from runtime import describe, edit, lookups, read, records
from runtime.apply import apply
from runtime.context import SYSTEM_ACTOR
from runtime.decide.effects import WriteRecord
from runtime.errors import Conflicting, Invalid, NotAllowed, NotFound
from runtime.lists import Listing
from runtime.publish import Proposal, publish
from store.errors import NotFoundError
from store.query import Query
from store.query import read as read_rows
from store.system_scope import SYSTEM
from tests.runtime.conftest import DOCUMENTS, decoded


@pytest.fixture
def goals(either_world):
    """One goal each of wang, li and zhao, and one of nobody."""
    world = either_world
    rows = [
        {"name": f"g-{who}", "owner": world.ids[who], "weight": weight, "secret_note": "psst"}
        for who, weight in (
            ("wang", 100_000),
            ("li", 200_000),
            ("zhao", 600_000),
            ("chen", 700_000),
        )
    ]
    with world.writing() as ctx:
        changes = records.insert(ctx, "shop.goal", rows)
    return world, {change.after["name"]: change.uid for change in changes}


def names(world, actor, **more):
    with world.reading(actor) as ctx:
        items = read.list_records(ctx, "shop.goal", Listing(sort="name", **more))["items"]
    return [item["display"] for item in items]


def test_everybody_sees_what_their_roles_reach(goals):
    world, _ = goals
    assert names(world, world.actor("li", "employee")) == ["g-li"]
    assert names(world, world.actor("wang", "boss")) == ["g-li", "g-wang", "g-zhao"]
    assert names(world, world.actor("wang", "employee", "boss")) == ["g-li", "g-wang", "g-zhao"]
    # the subtree of li's department, and by formula whatever weighs at least half
    assert names(world, world.actor("li", "bureau")) == ["g-chen", "g-li", "g-zhao"]


def test_without_a_role_nothing_is_there(goals):
    world, _ = goals
    with world.reading(world.actor("li")) as ctx, pytest.raises(NotFound):
        read.list_records(ctx, "shop.goal")


def test_a_record_out_of_reach_is_not_there(goals):
    world, uids = goals
    with world.reading(world.actor("li", "employee")) as ctx:
        assert read.get_record(ctx, "shop.goal", uids["g-li"])["display"] == "g-li"
        with pytest.raises(NotFound):
            read.get_record(ctx, "shop.goal", uids["g-zhao"])
        with pytest.raises(NotFound):
            read.record_history(ctx, "shop.goal", uids["g-zhao"])


def test_a_transfer_counts_from_the_next_request(goals):
    world, _ = goals
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["zhao"], {"manager": None})
    assert names(world, world.actor("wang", "boss")) == ["g-li", "g-wang"]


def test_a_circle_of_managers_ends(goals):
    world, _ = goals
    with world.writing() as ctx:
        records.update(ctx, "person", world.ids["wang"], {"manager": world.ids["li"]})
    assert names(world, world.actor("li", "boss")) == ["g-li", "g-wang", "g-zhao"]


def test_a_hidden_field_is_on_no_path(goals):
    world, uids = goals
    li = world.actor("li", "employee")
    with world.reading(li) as ctx:
        record = read.get_record(ctx, "shop.goal", uids["g-li"])
        assert "secret_note" not in record["values"]
        versions = read.record_history(ctx, "shop.goal", uids["g-li"])["items"]
        assert all("secret_note" not in version["values"] for version in versions)
        keys = [f["key"] for f in describe.describe_entity(ctx, "shop.goal")["fields"]]
        assert "secret_note" not in keys
        for arguments in ({"where": "secret_note = 'psst'"}, {"sort": "secret_note"}):
            with pytest.raises(Invalid):
                read.list_records(ctx, "shop.goal", Listing(**arguments))
    with world.writing(li) as ctx, pytest.raises(Invalid):
        edit.change_record(ctx, "shop.goal", uids["g-li"], {"secret_note": "x"}, base_version=1)
    with world.reading(world.actor("wang", "boss")) as ctx:
        assert read.get_record(ctx, "shop.goal", uids["g-li"])["values"]["secret_note"] == "psst"


def test_a_filter_is_a_formula_and_a_wrong_one_is_told(goals):
    world, _ = goals
    boss = world.actor("wang", "boss")
    assert names(world, boss, where="weight >= 20%") == ["g-li", "g-zhao"]
    assert names(world, boss, where="owner.name = '李'") == ["g-li"]
    with world.reading(boss) as ctx, pytest.raises(Invalid) as refused:
        read.list_records(ctx, "shop.goal", Listing(where="wieght > 20%"))
    problem = refused.value.problems[0]
    assert problem.pointer == "/filter"
    assert problem.span is not None


def test_pages_follow_each_other(goals):
    world, _ = goals
    with world.reading(world.actor("wang", "boss")) as ctx:
        first = read.list_records(ctx, "shop.goal", Listing(sort="-name"), limit=2)
        second = read.list_records(
            ctx, "shop.goal", Listing(sort="-name"), limit=2, cursor=first["next"]
        )
        assert [i["display"] for i in first["items"] + second["items"]] == [
            "g-zhao", "g-wang", "g-li",
        ]  # fmt: skip
        assert second["next"] is None
        with pytest.raises(Invalid):
            read.list_records(ctx, "shop.goal", cursor="nonsense")


def test_a_boss_changes_a_goal_and_both_versions_stay(goals):
    world, uids = goals
    boss = world.actor("wang", "boss")
    with world.writing(boss) as ctx:
        edit.change_record(ctx, "shop.goal", uids["g-li"], {"weight": "0.25"}, base_version=1)
    with world.reading(boss) as ctx:
        versions = read.record_history(ctx, "shop.goal", uids["g-li"])["items"]
    assert [(v["version"], v["values"]["weight"], v["by"]) for v in versions] == [
        (1, "0.2", "system"),
        (2, "0.25", "wang"),
    ]


def test_a_change_of_the_same_field_meanwhile_is_told_with_both_values(goals):
    world, uids = goals
    boss = world.actor("wang", "boss")
    with world.writing(boss) as ctx:
        changed = {"weight": "0.25", "owner": world.uids["wang"]}
        edit.change_record(ctx, "shop.goal", uids["g-li"], changed, base_version=1)
    mine = {"weight": "0.3", "owner": world.uids["zhao"]}
    with pytest.raises(Conflicting) as refused, world.writing(boss) as ctx:
        edit.change_record(ctx, "shop.goal", uids["g-li"], mine, base_version=1)
    fields = refused.value.details["fields"]
    assert fields["weight"] == {"base": "0.2", "theirs": "0.25", "mine": "0.3"}
    assert fields["owner"]["theirs"] == world.uids["wang"]
    with world.writing(boss) as ctx:  # another field is nobody's conflict
        edit.change_record(ctx, "shop.goal", uids["g-li"], {"reason": "so"}, base_version=1)


def test_nobody_moves_a_record_out_of_their_reach(goals):
    world, uids = goals
    given = {"owner": world.uids["chen"]}
    with world.writing() as ctx:  # whoever has left may own nothing anyway
        records.update(ctx, "person", world.ids["chen"], {"active": True})
    with pytest.raises(NotAllowed), world.writing(world.actor("wang", "boss")) as ctx:
        edit.change_record(ctx, "shop.goal", uids["g-li"], given, base_version=1)
    assert "g-li" in names(world, world.actor("wang", "boss"))


def patched(world, uid, values, **more):
    """The problems of a change by the boss, with their places; none when it was taken."""
    try:
        with world.writing(world.actor("wang", "boss")) as ctx:
            edit.change_record(ctx, "shop.goal", uid, values, base_version=None, **more)
    except Invalid as refused:
        return [(p.code, p.pointer.removeprefix("/values/")) for p in refused.problems]
    return []


def test_the_rules_of_the_form_hold_however_a_record_is_written(goals):
    world, uids = goals
    uid = uids["g-li"]
    with world.writing() as ctx:
        with pytest.raises(Invalid) as refused:
            edit.create_record(ctx, "shop.goal", {"name": "new", "weight": "0.5"})
        assert refused.value.problems[0].pointer == "/values/reason"
    assert patched(world, uid, {"weight": "0.4"}) == [("RUN101", "reason")]
    assert patched(world, uid, {"weight": "0.4", "reason": "so"}) == []
    assert patched(world, uid, {"reason": None}) == [("RUN101", "reason")]
    assert patched(world, uid, {"start": "2026-03-05"}) == []
    assert patched(world, uid, {"end": "2026-03-01"}) == [("RUN109", "end")]
    assert patched(world, uid, {"owner": world.uids["chen"]}) == [("RUN109", "owner")]
    assert patched(world, uid, {"steps": [{"points": "1"}]}) == [("RUN101", "steps/0/title")]
    rows = [{"title": "t", "points": "1"}]
    assert patched(world, uid, {"steps": rows, "weight": "0.2"}) == []
    with world.reading() as ctx:
        values = read.get_record(ctx, "shop.goal", uid)["values"]
    assert values["reason"] is None  # hidden from a third on, and so it is empty
    assert [step["title"] for step in values["steps"]] == ["t"]
    effect = WriteRecord("shop.goal", {"weight": 900_000}, uid=uid)
    with world.writing() as ctx, pytest.raises(Invalid) as refused:
        apply(ctx, [effect])  # a rule or a flow that writes is no exception
    assert refused.value.problems[0].pointer == "/values/reason"
    with world.writing() as ctx, pytest.raises(Invalid):
        apply(ctx, [WriteRecord("shop.goal", {"name": "by rule", "weight": 900_000})])


def test_of_several_forms_the_general_one_holds_or_the_one_that_is_named(goals):
    world, uids = goals
    short = {"kind": "form", "key": "short", "entity": "goal",
             "layout": [{"id": "n", "field": "name"}]}  # fmt: skip
    full = next(d for kind, d in DOCUMENTS if kind == "form")
    heavy = {"weight": "0.4"}
    for general, expected in ((False, []), (True, [("RUN101", "reason")])):
        forms = [("form", short), ("form", {**full, "general": general})]
        publish(world.wiring, Proposal(decoded(forms)), actor=SYSTEM_ACTOR)
        assert patched(world, uids["g-li"], heavy, form="shop.goal_form") == [("RUN101", "reason")]
        assert patched(world, uids["g-li"], heavy) == expected
        assert patched(world, uids["g-li"], {"weight": "0.1"}, form="shop.short") == []
    with pytest.raises(NotFound):
        patched(world, uids["g-li"], heavy, form="shop.other")
    both = [("form", {**short, "general": True}), ("form", {**full, "general": True})]
    with pytest.raises(Invalid) as refused:
        publish(world.wiring, Proposal(decoded(both)), actor=SYSTEM_ACTOR)
    assert [p.code for p in refused.value.problems] == ["BLD456"]


def test_reading_is_not_changing_and_changing_is_not_deleting(goals):
    world, uids = goals
    with pytest.raises(NotAllowed), world.writing(world.actor("li", "employee")) as ctx:
        edit.delete_record(ctx, "shop.goal", uids["g-li"])
    with pytest.raises(NotAllowed), world.writing(world.actor("wang", "bureau")) as ctx:
        edit.change_record(ctx, "shop.goal", uids["g-li"], {"reason": "x"}, base_version=1)


def test_a_deleted_record_is_gone_until_it_is_brought_back(goals):
    world, uids = goals
    boss = world.actor("wang", "boss")
    with world.writing(boss) as ctx:
        record_id = lookups.one_id(ctx, "shop.goal", uids["g-li"])
        edit.delete_record(ctx, "shop.goal", uids["g-li"])
    assert "g-li" not in names(world, boss)
    with world.writing(boss) as ctx:
        records.bring_back(ctx, "shop.goal", record_id)
    assert "g-li" in names(world, boss)


def test_a_log_is_not_changed_after_the_fact(world):
    with world.writing() as ctx:
        uid = edit.create_record(
            ctx, "shop.beat", {"code": "b1", "at": "2026-03-02T09:00:00+08:00"}
        )
    with pytest.raises(Invalid) as refused, world.writing() as ctx:
        edit.change_record(ctx, "shop.beat", uid, {"code": "b2"}, base_version=None)
    assert refused.value.problems[0].code == "RUN206"


def test_computed_fields_are_shown_and_never_written(world):
    values = {"name": "g", "start": "2026-03-01", "end": "2026-03-11"}
    with world.writing() as ctx:
        uid = edit.create_record(ctx, "shop.goal", values)
        assert read.get_record(ctx, "shop.goal", uid)["values"]["days"] == "10"
        with pytest.raises(Invalid):
            edit.change_record(ctx, "shop.goal", uid, {"days": "3"}, base_version=1)


def test_required_fields_stay_filled(world):
    with world.writing() as ctx:
        with pytest.raises(Invalid) as refused:
            edit.create_record(ctx, "shop.goal", {"weight": "0.1"})
        assert refused.value.problems[0].pointer == "/values/name"
        uid = edit.create_record(ctx, "shop.goal", {"name": "g"})
        with pytest.raises(Invalid):
            edit.change_record(ctx, "shop.goal", uid, {"name": "  "}, base_version=1)


@pytest.mark.parametrize("column", ["id", "uid", "version", "rev", "created_by", "parent_id"])
def test_system_columns_can_not_be_assigned(world, column):
    with pytest.raises(Invalid), world.writing() as ctx:
        edit.create_record(ctx, "shop.goal", {"name": "g", column: 1})


def test_the_picker_finds_people_by_part_of_their_name(world):
    li = world.actor("li", "employee")
    with world.reading(li) as ctx:
        assert lookups.look_up(ctx, "person", "王") == [
            {"uid": world.uids["wang"], "display": "王"}
        ]
        assert len(lookups.look_up(ctx, "person", "")) == 4
        assert lookups.look_up(ctx, "person", "a\"b'c") == []
    with world.reading(world.actor("li")) as ctx:
        assert lookups.look_up(ctx, "person", "") == []


def test_the_entities_of_a_person_say_what_may_be_done(world):
    with world.reading(world.actor("li", "employee")) as ctx:
        listed = {each["name"]: each["can"] for each in describe.list_entities(ctx)}
        assert listed["shop.goal"]["create"]
        assert not listed["shop.goal"]["delete"]
        assert "department" not in listed
        form = describe.describe_form(ctx, "shop.goal_form")
        assert [rule["id"] for rule in form["rules"]] == ["r1", "r2", "r3"]
        steps = next(f for f in form["fields"] if f["key"] == "steps")
        assert [column["key"] for column in steps["columns"]] == ["title", "points", "helper"]


def test_bringing_back_what_is_there_is_refused(goals):
    world, uids = goals
    with world.writing() as ctx:
        record_id = lookups.one_id(ctx, "shop.goal", uids["g-li"])
        with pytest.raises(NotFound) as refused:
            records.bring_back(ctx, "shop.goal", record_id)
        assert isinstance(refused.value.__cause__, NotFoundError)


def test_the_position_of_a_person_is_read_back(either_world):
    """Its key is also the name of a column every table has, which is not meant here."""
    with either_world.writing() as ctx:
        (post,) = records.insert(ctx, "position", [{"name": "Foreman"}])
        records.update(ctx, "person", either_world.ids["li"], {"position": post.id})
    with either_world.reading() as ctx:
        query = Query("person", ("position", "position.name"), ids=[either_world.ids["li"]])
        page = read_rows(ctx.uow, SYSTEM, query, tables=ctx.tables, catalog=ctx.catalog)
    (row,) = page.rows
    assert (row["position"], row["position.name"]) == (post.id, "Foreman")
