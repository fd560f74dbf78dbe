"""Fields change their type on populated tables: no value is lost, and everything can be undone."""

from __future__ import annotations

import shutil
import threading

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from runtime import read, revisions
from runtime import reshape as verbs
from runtime.errors import Conflicting, Invalid
from runtime.impact import impact_of
from runtime.publish import Proposal, plan
from runtime.trial import try_field
from store import reshape
from tests.runtime.reshaping import NAME, WORDS, Depot, decoded, entity, field

ROWS = [("a", "12"), ("b", " 3 "), ("c", "many"), ("d", None), ("e", "1,200"), ("f", "4.5")]


@pytest.fixture(params=["sqlite", "postgresql"])
def depot(request, tmp_path, installed):
    folder, url = tmp_path / "data", ""
    if request.param == "sqlite":
        shutil.copytree(installed, folder)
    else:
        url = request.getfixturevalue("postgresql_url")
    made = Depot(folder, url)
    yield made
    made.close()


@pytest.fixture
def long(monkeypatch):
    """Every table is large: jobs of two rows each."""
    monkeypatch.setattr(verbs, "FEW", 0)
    monkeypatch.setattr(reshape, "BATCH", 2)


def amounts(depot):
    depot.put(entity(NAME, field("amount")))
    return dict(zip("abcdef", depot.add(*({"name": n, "amount": v} for n, v in ROWS)), strict=True))


def as_integer():
    return entity(NAME, field("amount", "integer"))


# --- what does not convert is never dropped -----------------------------------------------
def test_values_that_do_not_convert_need_consent_and_are_listed(depot):
    uids = amounts(depot)
    with pytest.raises(Invalid) as refused:
        depot.put(as_integer())
    (problem,) = refused.value.problems
    assert (problem.code, problem.args) == ("RUN411", {"field": "depot.item.amount", "count": "2"})
    assert depot.values("amount")["a"] == "12"
    depot.put(as_integer(), consent=["depot.item.amount"])
    assert depot.values("amount") == {
        "a": "12", "b": "3", "c": None, "d": None, "e": "1200", "f": None,
    }  # fmt: skip
    change = depot.changes()[0]
    listed = {each.uid: each.code for each in depot.failures(change)}
    assert listed == {uids["c"]: "BLD402", uids["f"]: "BLD422"}
    assert depot.nothing_lost()


def test_a_plan_tells_the_rows_and_changes_nothing(depot):
    uids = amounts(depot)
    from builder.diff import RetypeField

    with depot.wiring.reading() as ctx:
        before = ctx.catalog.entity("depot.item").field("amount")
        from tests.runtime.reshaping import decoded

        after = decoded(as_integer())[0].field("amount")
        tried = try_field(ctx, RetypeField("depot.item", before, after))
    assert (tried.name, tried.values, tried.failed) == ("depot.item.amount", 5, 2)
    assert [(each.uid, each.value, each.problem.code) for each in tried.first] == [
        (uids["c"], "many", "BLD402"), (uids["f"], "4.5", "BLD422"),
    ]  # fmt: skip
    assert depot.values("amount")["c"] == "many"


def test_a_plan_holds_the_statements_that_run_and_how_many_rows_are_filled(depot):
    depot.put(entity(NAME, field("amount"), field("old"), unique=[["old"]]))
    depot.add({"name": "a", "amount": "1"}, {"name": "b", "amount": "2"})
    new = (
        entity(NAME, field("amount", "integer"), field("note"), field("who", "person"),
               field("parts", "child_table", entity="part"), unique=[["name"]]),
        entity(field("code"), key="part", display="code", parent="item"),
    )  # fmt: skip
    with depot.wiring.reading() as ctx:
        impact = impact_of(ctx, plan(ctx, Proposal(decoded(*new)), manifests={}))
    assert [(each.name, each.rows) for each in impact.trials] == [("depot.item.amount", 4)]
    ran = []

    def note(_connection, _cursor, statement, *_):
        if statement.lstrip().startswith(("CREATE", "ALTER", "DROP")):
            ran.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        depot.put(*new, consent=impact.consent)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sorted(" ".join(each.split()) for each in impact.statements) == sorted(ran)
    assert len(ran) > 6


def test_versions_convert_too_and_a_bad_one_shows_null(depot):
    uids = amounts(depot)
    depot.change(uids["c"], {"amount": "7"})
    depot.change(uids["f"], {"amount": "8"})
    depot.put(as_integer())
    assert depot.past(uids["c"], "amount") == [None, 7]
    assert depot.past(uids["a"], "amount") == [12]
    assert depot.nothing_lost()
    with depot.wiring.reading() as ctx:
        told = read.record_history(ctx, "depot.item", uids["c"])["items"]
    said = {each["version"]: each["left_behind"] for each in told}
    assert said[2] == {}
    assert "12.5" in said[1]["amount"]  # the shape a number must have


# --- undo ---------------------------------------------------------------------------------
def test_undo_brings_the_very_values_back_and_converts_what_was_written_since(depot):
    uids = amounts(depot)
    depot.put(as_integer(), consent=["depot.item.amount"])
    depot.change(uids["a"], {"amount": "13"})
    depot.change(uids["c"], {"name": "cc"})
    depot.add({"name": "new", "amount": "99"})
    depot.put(entity(NAME, field("amount")))
    assert depot.values("amount") == {
        "a": "13", "b": " 3 ", "cc": "many", "d": None, "e": "1,200", "f": "4.5", "new": "99",
    }  # fmt: skip
    assert depot.past(uids["a"], "amount") == ["12", "13"]
    assert depot.changes()[0].back


def test_undo_of_undo_comes_back_to_the_numbers(depot):
    uids = amounts(depot)
    depot.put(as_integer(), consent=["depot.item.amount"])
    depot.put(entity(NAME, field("amount")))
    depot.change(uids["b"], {"amount": "44"})
    depot.put(as_integer(), consent=["depot.item.amount"])
    assert depot.values("amount") == {
        "a": "12", "b": "44", "c": None, "d": None, "e": "1200", "f": None,
    }  # fmt: skip
    assert len({each.target for each in depot.changes()}) == 2


def test_after_thirty_days_a_former_type_is_a_new_column(depot, monkeypatch):
    amounts(depot)
    depot.put(as_integer(), consent=["depot.item.amount"])
    monkeypatch.setattr(verbs, "UNDO_US", -1)
    depot.put(entity(NAME, field("amount")))
    assert depot.values("amount")["e"] == "1200"
    assert not depot.changes()[0].back


# --- long tables: jobs --------------------------------------------------------------------
def test_many_rows_are_converted_by_jobs_and_nothing_shows_before_the_switch(depot, long):
    uids = amounts(depot)
    started = depot.put(as_integer(), consent=["depot.item.amount"])
    assert started.waiting is not None
    assert depot.values("amount")["a"] == "12"
    with depot.wiring.reading() as ctx:
        assert ctx.catalog.entity("depot.item").field("amount").type == "text"
    assert depot.work() > 5
    assert depot.state(started.waiting).state == "done"
    assert depot.values("amount")["a"] == "12"
    assert depot.past(uids["a"], "amount") == [12]
    assert depot.nothing_lost()


def test_writes_during_the_jobs_are_caught_up(depot, long):
    from runtime.worker import run_once

    uids, told = amounts(depot), []
    depot.put(as_integer(), consent=["depot.item.amount"])
    for step in range(40):
        depot.add({"name": f"n{step}", "amount": str(step)})
        depot.change(uids["a"], {"amount": str(1000 + step)})
        if step == 1:
            depot.change(uids["c"], {"amount": "5"})
        if step == 2:
            depot.trash(uids["b"])
        for _ in range(2):
            run_once(depot.wiring, "test")
        told.append(depot.progress())
        if not depot.changes() or depot.changes()[0].phase == "switched":
            break
    depot.work()
    shares = [done / total for done, total in filter(None, told)]
    assert shares
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1
    assert depot.progress() is None
    seen = depot.values("amount")
    assert step > 2
    assert seen["a"] == str(1000 + step)
    assert seen["c"] == "5"
    assert all(seen[f"n{n}"] == str(n) for n in range(step + 1))
    assert depot.nothing_lost()
    assert depot.changes()[0].phase == "switched"
    assert {each.uid for each in depot.failures(depot.changes()[0])} == {uids["f"]}


def test_a_publication_waits_for_consent_and_goes_on_with_it(depot, long):
    amounts(depot)
    started = depot.put(as_integer())
    depot.work()
    waiting = depot.state(started.waiting)
    assert (waiting.state, waiting.problems[0]["code"]) == ("waiting", "RUN411")
    assert depot.values("amount")["c"] == "many"
    with depot.wiring.writing() as ctx:
        verbs.consent(ctx, started.waiting, ["depot.item.amount"])
    depot.work()
    assert depot.state(started.waiting).state == "done"
    assert depot.values("amount")["c"] is None


def test_a_publication_can_be_cancelled_and_tried_again(depot, long):
    amounts(depot)
    started = depot.put(as_integer())
    with pytest.raises(Conflicting) as refused:
        depot.put(entity(NAME, field("amount"), field("more")))
    assert refused.value.problems[0].code == "RUN415"
    with depot.wiring.writing() as ctx:
        verbs.cancel(ctx, started.waiting)
    depot.work()
    assert depot.values("amount")["a"] == "12"
    with depot.wiring.writing() as ctx, pytest.raises(Conflicting):
        verbs.cancel(ctx, started.waiting)
    again = depot.put(as_integer(), consent=["depot.item.amount"])
    depot.work()
    assert depot.state(again.waiting).state == "done"
    assert depot.nothing_lost()


def test_what_became_wrong_meanwhile_fails_and_leaves_all_as_it_was(depot, long):
    amounts(depot)
    started = depot.put(as_integer(), consent=["depot.item.amount"])
    metric = {
        "kind": "role", "key": "boss", "grants": [
            {"entity": "item", "actions": ["read"], "rows": "formula", "formula": 'amount = "12"'},
        ],
    }  # fmt: skip
    depot.put(metric)
    depot.work()
    failed = depot.state(started.waiting)
    assert failed.state == "failed"
    assert failed.problems
    assert depot.values("amount")["c"] == "many"


def test_a_publication_that_others_wait_for_is_over_soon(depot, long):
    amounts(depot)
    depot.put(as_integer(), consent=["depot.item.amount"])
    workers = [threading.Thread(target=depot.work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    depot.work()
    assert depot.changes()[0].phase == "switched"
    assert depot.nothing_lost()


def test_a_log_is_converted_by_what_is_left(depot, long):
    log = {"log": True, "key": "beat"}
    depot.put(entity(NAME, field("amount"), **log))
    depot.add_raw(*({"name": n, "amount": v} for n, v in ROWS), name="depot.beat")
    depot.put(entity(NAME, field("amount", "decimal"), **log), consent=["depot.beat.amount"])
    depot.add_raw({"name": "late", "amount": "0.5"}, name="depot.beat")
    depot.work()
    assert depot.values("amount", "depot.beat") == {
        "a": "12", "b": "3", "c": None, "d": None, "e": "1200", "f": "4.5", "late": "0.5",
    }  # fmt: skip
    depot.add_raw({"name": "newest", "amount": 70000}, name="depot.beat")
    depot.put(entity(NAME, field("amount"), **log))
    depot.work()
    seen = depot.values("amount", "depot.beat")
    assert (seen["b"], seen["c"], seen["newest"]) == (" 3 ", "many", "7")


# --- the matrix ---------------------------------------------------------------------------
MATRIX = [
    ("text", "long_text", {}, ["x"], ["x"]),
    ("integer", "decimal", {}, ["12", "-3"], ["12", "-3"]),
    ("decimal", "integer", {}, ["12", "12.5"], ["12", None]),
    ("decimal", "percent", {}, ["0.12"], ["0.12"]),
    ("percent", "text", {}, ["0.125"], ["12.5%"]),
    ("text", "percent", {}, ["12.5%", "0.2", "２０％", "x"], ["0.125", "0.2", "0.2", None]),
    ("money", "text", {}, ["9.90"], ["9.9"]),
    ("text", "boolean", {}, ["是", "no", "TRUE", "2"], [True, False, True, None]),
    ("boolean", "integer", {}, [True, False], ["1", "0"]),
    ("integer", "boolean", {}, ["1", "0", "2"], [True, False, None]),
    ("boolean", "text", {}, [True, False], ["是", "否"]),
    ("text", "date", {}, ["2026-03-31", "2026/3/1", "2026年3月1日", "soon"],
     ["2026-03-31", "2026-03-01", "2026-03-01", None]),
    ("date", "text", {}, ["2026-03-31"], ["2026-03-31"]),
    ("date", "datetime", {}, ["2026-03-31"], ["2026-03-30T16:00:00Z"]),
    ("datetime", "date", {}, ["2026-03-30T16:30:00Z"], ["2026-03-31"]),
    ("text", "datetime", {}, ["2026-03-31T08:00", "no"], ["2026-03-31T00:00:00Z", None]),
    ("text", "duration", {}, ["PT8H", "8"], ["PT8H", None]),
    ("duration", "text", {}, ["PT90M"], ["PT1H30M"]),
    ("text", "choice", {"options": WORDS}, ["open", "关闭", "Shut", "?"],
     ["open", "shut", "shut", None]),
    ("duration", "integer", {}, ["PT8H"], [None]),
    ("date", "boolean", {}, ["2026-03-31"], [None]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "more", "given", "wanted"), MATRIX, ids=[f"{m[0]}-{m[1]}" for m in MATRIX]
)
def test_the_matrix_of_types(tmp_path, installed, before, after, more, given, wanted):
    depot = Depot(shutil.copytree(installed, tmp_path / "data"))
    depot.put(entity(NAME, field("x", before)))
    depot.add(*({"name": str(n), "x": value} for n, value in enumerate(given)))
    depot.put(entity(NAME, field("x", after, **more)), consent=["depot.item.x"])
    assert list(depot.values("x").values()) == wanted
    depot.put(entity(NAME, field("x", before)), consent=["depot.item.x"])
    with depot.wiring.reading() as ctx:
        assert ctx.catalog.entity("depot.item").field("x").type == before
    back = list(depot.values("x").values())
    again = [v.lower() if isinstance(v, str) else v for v in back]
    assert len(again) == len(given)
    assert None not in back
    depot.close()


def test_choice_to_text_and_back(depot):
    depot.put(entity(NAME, field("x", "choice", options=WORDS)))
    depot.add({"name": "a", "x": "open"}, {"name": "b", "x": "shut"})
    depot.put(entity(NAME, field("x")))
    assert depot.values("x") == {"a": "进行中", "b": "关闭"}
    depot.put(entity(NAME, field("x", "choice", options=WORDS)))
    assert depot.values("x") == {"a": "open", "b": "shut"}


def test_an_option_with_data_goes_only_with_consent_and_its_data_stays(depot):
    depot.put(entity(NAME, field("x", "choice", options=WORDS)))
    depot.add({"name": "a", "x": "open"}, {"name": "b", "x": "shut"})
    fewer = entity(NAME, field("x", "choice", options=WORDS[:1]))
    with pytest.raises(Invalid) as refused:
        depot.put(fewer)
    assert refused.value.problems[0].args == {"field": "depot.item.x", "count": "1"}
    depot.put(fewer, consent=["depot.item.x"])
    assert depot.values("x") == {"a": "open", "b": "shut"}


def test_text_becomes_a_reference_by_what_people_call_the_record(depot):
    place = entity(NAME, field("code"), key="place", unique=[["code"]])
    depot.put(place, entity(NAME, field("at")))
    hall, yard, *_ = depot.add(
        {"name": "Hall", "code": "H1"}, {"name": "Yard", "code": "Y1"},
        {"name": "Twin", "code": "T1"}, {"name": "Twin", "code": "T2"}, name="depot.place",
    )  # fmt: skip
    depot.add(
        {"name": "a", "at": "H1"}, {"name": "b", "at": "Yard"},
        {"name": "c", "at": "Twin"}, {"name": "d", "at": "nowhere"},
    )  # fmt: skip
    pointing = entity(NAME, field("at", "reference", entity="place"))
    depot.put(pointing, consent=["depot.item.at"])
    assert depot.values("at") == {"a": hall, "b": yard, "c": None, "d": None}
    codes = {each.uid: each.code for each in depot.failures(depot.changes()[0])}
    assert sorted(codes.values()) == ["BLD423", "BLD424"]
    depot.add({"name": "e", "at": yard})
    depot.put(entity(NAME, field("at")))
    assert depot.values("at") == {"a": "H1", "b": "Yard", "c": "Twin", "d": "nowhere", "e": "Y1"}


# --- rename, hide, restore, relate, unique ------------------------------------------------
def columns(depot):
    with depot.wiring.reading() as ctx:
        mine = ctx.tables["depot.item"]
        return {key: column.id for key, column in mine.fields.items() if not column.hidden}


def test_a_rename_is_a_label_and_no_statement(depot):
    amounts(depot)
    before = columns(depot)
    found = depot.put(entity(NAME, field("amount", label={"zh-CN": "数额", "en": "Sum"})))
    assert found.plan.steps == ()
    assert columns(depot) == before
    assert depot.values("amount")["a"] == "12"


def test_a_hidden_field_keeps_its_values_and_comes_back_with_them(depot):
    amounts(depot)
    with pytest.raises(Invalid) as refused:
        depot.put(entity(NAME))
    assert refused.value.problems[0].args == {"name": "depot.item.amount"}
    depot.put(entity(NAME), consent=["depot.item.amount"])
    assert "amount" not in columns(depot)
    depot.add({"name": "while"})
    with depot.wiring.reading() as ctx:
        (former,) = revisions.former_fields(ctx, "depot.item")
    assert (former["key"], former["type"]) == ("amount", "text")
    depot.put(entity(NAME, field("amount")))
    assert depot.values("amount")["c"] == "many"
    assert depot.values("amount")["while"] is None


def test_a_hidden_field_that_comes_back_as_another_type_is_a_new_one(depot):
    amounts(depot)
    depot.put(entity(NAME), consent=["depot.item.amount"])
    depot.put(as_integer())
    assert set(depot.values("amount").values()) == {None}
    depot.put(entity(NAME), consent=["depot.item.amount"])
    assert "amount" not in columns(depot)


def test_a_removed_entity_keeps_its_records(depot):
    amounts(depot)
    with pytest.raises(Invalid):
        depot.put(removed=[("entity", "depot.item")])
    depot.put(removed=[("entity", "depot.item")], consent=["entity depot.item"])
    depot.put(entity(NAME, field("amount")))
    assert depot.values("amount")["e"] == "1,200"


def test_a_new_relation_on_records_that_are_there(depot):
    uids = amounts(depot)
    place = entity(NAME, key="place")
    depot.put(place, entity(NAME, field("amount"), field("at", "reference", entity="place")))
    (hall,) = depot.add({"name": "Hall"}, name="depot.place")
    depot.change(uids["a"], {"at": hall})
    assert depot.values("at")["a"] == hall
    assert depot.values("at")["b"] is None


def test_new_uniqueness_is_refused_while_there_are_doubles(depot):
    depot.put(entity(NAME, field("amount")))
    one, two, three = depot.add(*({"name": n, "amount": "7"} for n in "abc"))
    single = entity(NAME, field("amount"), unique=[["amount"]])
    with pytest.raises(Invalid) as refused:
        depot.put(single)
    (problem,) = refused.value.problems
    assert problem.code == "RUN412"
    assert problem.args["uids"] == f"{one}, {two}, {three}"
    depot.change(two, {"amount": "8"})
    depot.trash(three)
    depot.put(single)
    with pytest.raises(Invalid):
        depot.add({"name": "d", "amount": "7"})


def test_a_conversion_that_makes_doubles_is_refused(depot, long):
    depot.put(entity(NAME, field("amount"), unique=[["amount"]]))
    depot.add({"name": "a", "amount": "7"}, {"name": "b", "amount": "07"})
    started = depot.put(entity(NAME, field("amount", "integer"), unique=[["amount"]]))
    depot.work()
    failed = depot.state(started.waiting)
    assert (failed.state, failed.problems[0]["code"]) == ("failed", "RUN412")
    assert depot.values("amount") == {"a": "7", "b": "07"}
