"""A form becomes one record, or a list of problems and nothing else."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from builder.codec import decode, encode
from runtime import describe, read
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Conflicting, NotAllowed, NotFound
from runtime.prefill import last_sent
from runtime.publish import Proposal, publish
from runtime.submit import Submitted, submit_form


def submit(world, actor, values, key="k1"):
    with world.writing(actor) as ctx:
        return submit_form(ctx, "shop.goal_form", values, key=key)


def goals(world):
    with world.reading() as ctx:
        return read.list_records(ctx, "shop.goal")["items"]


def codes(found):
    return {(problem.code, problem.pointer) for problem in found}


def good(world, **more):
    return {"name": "g1", "owner": world.uids["li"], "weight": "0.2", "end": "2026-06-30", **more}


def test_a_submission_stores_the_record_with_defaults(either_world):
    world = either_world
    found = submit(world, world.actor("li", "employee"), good(world))
    assert isinstance(found, Submitted)
    (goal,) = goals(world)
    assert goal["uid"] == found.record_uid
    assert goal["values"]["start"] == "2026-03-02"
    assert goal["values"]["weight"] == "0.2"
    assert goal["values"]["owner"] == world.uids["li"]
    assert goal["display_values"]["owner"] == "李"
    assert goal["display"] == "g1"


def test_every_problem_is_told_at_once_and_nothing_is_stored(world):
    values = {"owner": world.uids["li"], "weight": "1.5", "end": "30.6.", "nonsense": 1}
    found = submit(
        world, world.actor("li", "employee"), {k: v for k, v in values.items() if k != "nonsense"}
    )
    assert codes(found) >= {("BLD404", "/values/weight"), ("BLD402", "/values/end")}
    found = submit(world, world.actor("li", "employee"), values)
    assert codes(found) == {("RUN102", "/values/nonsense")}
    assert goals(world) == []


def test_a_check_of_the_form_speaks_with_its_own_words(world):
    found = submit(world, world.actor("li", "employee"), good(world, end="2026-01-01"))
    assert codes(found) == {("RUN109", "/values/end")}
    assert found[0].text("zh-CN") == "结束日期要晚于开始日期"
    assert found[0].text("en") == "the end must be after the start"


def test_a_check_reads_behind_a_reference(world):
    with world.writing() as ctx:
        found = submit_form(ctx, "shop.goal_form", good(world, owner=world.uids["chen"]), key="x")
    assert codes(found) == {("RUN109", "/values/owner")}


def test_a_hidden_field_is_neither_required_nor_trusted(world):
    found = submit(world, world.actor("li", "employee"), good(world, reason="because"))
    assert isinstance(found, Submitted)
    assert goals(world)[0]["values"]["reason"] is None


def test_a_field_is_required_while_its_rule_holds(world):
    li = world.actor("li", "employee")
    found = submit(world, li, good(world, weight="0.4"))
    assert codes(found) == {("RUN101", "/values/reason")}
    assert found[0].text("en") == "please fill in “Reason”"
    assert isinstance(submit(world, li, good(world, weight="0.4", reason="big")), Submitted)
    assert goals(world)[0]["values"]["reason"] == "big"


def test_the_same_key_again_gives_the_same_answer_and_writes_nothing(either_world):
    world = either_world
    li = world.actor("li", "employee")
    first = submit(world, li, good(world))
    assert submit(world, li, good(world)) == first
    assert len(goals(world)) == 1


def test_the_same_key_with_other_content_is_refused(world):
    li = world.actor("li", "employee")
    submit(world, li, good(world))
    with pytest.raises(Conflicting) as refused:
        submit(world, li, good(world, name="other"))
    assert refused.value.problems[0].code == "RUN204"


def test_the_same_key_of_another_person_is_another_key(world):
    submit(world, world.actor("li", "employee"), good(world))
    zhao = world.actor("zhao", "employee")
    found = submit(world, zhao, good(world, name="g2", owner=world.uids["zhao"]))
    assert isinstance(found, Submitted)


def test_refused_input_can_be_corrected_under_the_same_key(world):
    li = world.actor("li", "employee")
    submit(world, li, good(world, end="2026-01-01"))
    assert isinstance(submit(world, li, good(world)), Submitted)


def test_a_duplicate_is_told_at_its_field(either_world):
    world = either_world
    li = world.actor("li", "employee")
    submit(world, li, good(world))
    found = submit(world, li, good(world), key="k2")
    assert codes(found) == {("RUN108", "/values/name")}
    assert len(goals(world)) == 1


def test_who_may_create_own_goals_can_not_create_those_of_others(world):
    with pytest.raises(NotAllowed):
        submit(world, world.actor("li", "employee"), good(world, owner=world.uids["zhao"]))
    assert goals(world) == []


def test_without_a_role_there_is_no_form(world):
    with pytest.raises(NotAllowed):
        submit(world, world.actor("li"), good(world))
    with world.writing() as ctx, pytest.raises(NotFound):
        submit_form(ctx, "shop.no_form", {}, key="k")


def test_child_rows_are_read_with_their_own_problems(world):
    li = world.actor("li", "employee")
    rows = [{"title": "a", "points": "3"}, {"points": "x"}, {"title": "b", "helper": "nobody"}]
    found = submit(world, li, good(world, steps=rows))
    assert codes(found) == {
        ("BLD402", "/values/steps/1/points"),
        ("RUN104", "/values/steps/2/helper"),
    }
    found = submit(world, li, good(world, steps=[{"title": "a"}, {"points": "3"}]), key="k9")
    assert codes(found) == {("RUN101", "/values/steps/1/title")}
    rows = [{"title": "a", "points": "3", "helper": world.uids["zhao"]}, {"title": "b"}]
    stored = submit(world, li, good(world, steps=rows))
    with world.reading(li) as ctx:
        goal = read.get_record(ctx, "shop.goal", stored.record_uid)
    assert [row["title"] for row in goal["values"]["steps"]] == ["a", "b"]
    assert goal["values"]["steps"][0]["helper"] == world.uids["zhao"]


@pytest.mark.parametrize("value", ["a\0b", "\ud800", 12, ["x"], {"a": 1}, True, "x" * 100_000])
def test_texts_no_database_can_hold_are_refused_at_their_field(world, value):
    found = submit(world, world.actor("li", "employee"), good(world, name=value))
    assert {pointer for _, pointer in codes(found)} == {"/values/name"}
    assert goals(world) == []


@pytest.mark.parametrize(
    "value", ["NaN", "1e400", "9" * 30, 1e300, float("nan"), "0x10", [], {}, True]
)
def test_numbers_no_column_can_hold_are_refused_at_their_field(world, value):
    found = submit(world, world.actor("li", "employee"), good(world, weight=value))
    assert {pointer for _, pointer in codes(found)} == {"/values/weight"}


def test_the_same_key_at_the_same_moment_is_one_record(either_world):
    world = either_world
    li = world.actor("li", "employee")
    start = threading.Barrier(4)

    def send(_):
        start.wait()
        return world.wiring.attempt(
            lambda ctx: submit_form(ctx, "shop.goal_form", good(world), key="k"), li
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert len({answer.record_uid for answer in answers}) == 1
    assert len(goals(world)) == 1


def test_a_check_reads_behind_the_references_of_child_rows(world):
    with world.reading() as ctx:
        form = encode(ctx.catalog.forms["shop.goal_form"])
    check = {"id": "r9", "check": "COUNT(steps[helper.active = FALSE].title) = 0", "at": "steps",
             "message": {"zh-CN": "有人离职", "en": "somebody has left"}}  # fmt: skip
    form["rules"].append(check)
    changed = decode("form", form, pack="shop")
    publish(world.wiring, Proposal((changed,)), actor=SYSTEM_ACTOR)
    li = world.actor("li", "employee")
    rows = [{"title": "a", "helper": world.uids["zhao"]}, {"title": "b"}]
    left = [*rows, {"title": "c", "helper": world.uids["chen"]}]
    assert codes(submit(world, li, good(world, steps=left))) == {("RUN109", "/values/steps")}
    assert isinstance(submit(world, li, good(world, steps=rows)), Submitted)


def test_a_form_does_not_offer_what_its_reader_may_not_fill_in(world):
    with world.reading() as ctx:
        form = encode(ctx.catalog.forms["shop.goal_form"])
    form["layout"].append({"id": "z", "box": "section", "children": [
        {"id": "z1", "field": "secret_note"}]})  # fmt: skip
    publish(world.wiring, Proposal((decode("form", form, pack="shop"),)), actor=SYSTEM_ACTOR)
    with world.reading(world.actor("li", "employee")) as ctx:
        described = describe.describe_form(ctx, "shop.goal_form")
    assert "secret_note" not in {field["key"] for field in described["fields"]}
    assert [node["id"] for node in described["layout"]] == ["s"]
    found = submit(world, world.actor("li", "employee"), good(world, secret_note="x"))
    assert codes(found) == {("RUN102", "/values/secret_note")}


def test_a_form_starts_with_what_the_same_person_sent_last(either_world):
    world = either_world
    li, zhao = world.actor("li", "employee"), world.actor("zhao", "employee")
    with world.reading(li) as ctx, pytest.raises(NotFound):
        last_sent(ctx, "shop.goal_form")
    for name in ("first", "second"):
        steps = [{"title": "a", "points": "3"}]
        submit(world, li, good(world, name=name, steps=steps), key=name)
    with world.reading(li) as ctx:
        last = last_sent(ctx, "shop.goal_form")
    assert last["values"]["name"] == "second"
    assert last["values"]["weight"] == "0.2"
    assert last["values"]["steps"] == [{"title": "a", "points": "3", "helper": None}]
    assert last["display_values"]["owner"] == "李"
    assert not {"proof", "days", "secret_note"} & last["values"].keys()
    with world.reading(zhao) as ctx, pytest.raises(NotFound):
        last_sent(ctx, "shop.goal_form")


def test_rules_are_asked_of_each_row_and_a_hidden_cell_is_not_taken(world):
    rules = [
        {
            "id": "many",
            "rows": "steps",
            "when": "points > 5",
            "then": [{"show": "helper"}, {"require": "helper"}],
        },
        {
            "id": "some",
            "rows": "steps",
            "check": "points > 0",
            "at": "points",
            "message": {"en": "none"},
        },
    ]
    with world.reading() as ctx:
        form = encode(ctx.catalog.forms["shop.goal_form"])
    publish(
        world.wiring,
        Proposal((decode("form", {**form, "rules": rules}, pack="shop"),)),
        actor=SYSTEM_ACTOR,
    )
    li = world.actor("li", "employee")
    rows = [
        {"title": "a", "points": "1", "helper": world.uids["zhao"]},
        {"title": "b", "points": "9"},
        {"title": "c", "points": "0"},
    ]
    found = submit(world, li, good(world, steps=rows))
    assert codes(found) == {
        ("RUN101", "/values/steps/1/helper"),
        ("RUN109", "/values/steps/2/points"),
    }
    rows[1]["helper"], rows[2]["points"] = world.uids["zhao"], "2"
    sent = submit(world, li, good(world, steps=rows))
    with world.reading() as ctx:
        stored = read.get_record(ctx, "shop.goal", sent.record_uid)["values"]["steps"]
    assert [row["helper"] for row in stored] == [None, world.uids["zhao"], None]
