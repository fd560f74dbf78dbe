"""What users of other form builders ran into, each by name: it holds wherever a form is sent."""

import pytest

from builder.codec import decode
from runtime import accounts, files, imports, links, read, works
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.errors import NotFound
from runtime.imports import Wanted
from runtime.links import actor_of
from runtime.prefill import last_sent
from runtime.publish import Proposal, publish
from runtime.submit import Submitted, submit_form
from runtime.worker import drain
from tests.browser.form_vectors import FORM, LINE, ORDER

ADMIN = Actor("user", "root", admin=True)
HIDDEN = {**next(f for f in ORDER["fields"] if f["key"] == "note"), "required": True}
TOTAL = {**next(f for f in ORDER["fields"] if f["key"] == "total"), "value": "price"}
OTHERS = {"note": HIDDEN, "total": TOTAL}
PAINS = {**ORDER, "fields": [OTHERS.get(f["key"], f) for f in ORDER["fields"]]}
LINES = [{"code": "p", "count": "2", "price": "10"}, {"code": "q", "count": "3", "price": "1.5"}]
SHOWN = {"name": "x", "kind": "b", "note": "because"}


@pytest.fixture
def shop(world):
    pack = {"kind": "pack", "key": "pain", "version": "1.0.0"}
    found = [decode(d["kind"], d, pack="pain") for d in (pack, PAINS, LINE, FORM)]
    publish(world.wiring, Proposal(tuple(found)), actor=SYSTEM_ACTOR)
    with world.writing() as ctx:
        accounts.create_account(ctx, "root", "correct horse 9", roles=["admin"])
    return world


def by_form(world, values):
    with world.writing() as ctx:
        found = submit_form(ctx, "pain.order_form", values, key=str(values))
    return (
        found.record_uid if isinstance(found, Submitted) else [(p.code, p.pointer) for p in found]
    )


def by_link(world, values):
    with world.writing() as ctx:
        made = links.make(
            ctx,
            "pain.order_form",
            label="x",
            terms=links.Terms(days=1, fixed={}),
            base_url="http://x",
        )
    with world.writing(actor_of(made.link)) as ctx:
        found = links.submit(ctx, made.link, values, key=str(values))
    return (
        found.record_uid if isinstance(found, Submitted) else [(p.code, p.pointer) for p in found]
    )


def by_import(world, values):
    titles = list(values)
    text = "\n".join((",".join(titles), ",".join(values[title] for title in titles)))
    with world.writing(ADMIN) as ctx:
        uid = files.upload(ctx, "x.csv", text.encode())["uid"]
        table = imports.table_of(ctx, uid)
        wanted = Wanted(uid, {title: title for title in titles}, form="pain.order_form")
        work = imports.start(ctx, "pain.order", wanted, table)["uid"]
    drain(world.wiring, "test")
    with world.reading(ADMIN) as ctx:
        refused = works.show(ctx, work)["refused"]
        rows = read.list_records(ctx, "pain.order")["items"]
    mine = [row["uid"] for row in rows if row["values"]["name"] == values["name"]]
    return mine[0] if not refused else [("RUN101", "/values/note")] * refused


def stored(world, uid):
    with world.reading() as ctx:
        return read.get_record(ctx, "pain.order", uid)["values"]


@pytest.mark.parametrize("send", [by_form, by_link, by_import])
def test_a_required_field_that_is_hidden_never_blocks_and_is_never_kept(shop, send):
    """baserow#4794: an initially hidden required field made submit do nothing."""
    assert stored(shop, send(shop, {"name": "x", "note": "smuggled"}))["note"] is None
    assert send(shop, {"name": "x", "kind": "b"}) == [("RUN101", "/values/note")]
    assert stored(shop, send(shop, {**SHOWN, "name": "y"}))["note"] == "because"


def test_totals_of_rows_are_computed_by_the_server_and_bind_the_form(shop):
    sent = {**SHOWN, "lines": LINES}
    assert stored(shop, by_form(shop, sent))["total"] == "11.5"
    assert by_form(shop, {**sent, "total": "1"}) == [("RUN103", "/values/total")]
    dear = [*LINES, {"code": "r", "count": "1", "price": "1000", "why": "gold"}]
    assert by_form(shop, {**sent, "lines": dear}) == [("RUN109", "/values/lines")]


def test_every_row_is_judged_and_not_only_the_first(shop):
    """nocobase#4469: rules inside sub-tables looked at the first row alone."""
    rows = [*LINES, {"code": "r", "count": "0", "price": "1"}, {"count": "1", "price": "60"}]
    assert by_form(shop, {**SHOWN, "lines": rows}) == [
        ("RUN109", "/values/lines/2/count"),
        ("RUN101", "/values/lines/3/code"),
        ("RUN101", "/values/lines/3/why"),
    ]


def test_last_period_is_copied_without_what_is_computed_and_is_judged_again(shop):
    with shop.reading() as ctx, pytest.raises(NotFound):
        last_sent(ctx, "pain.order_form")
    by_form(shop, {**SHOWN, "lines": LINES})
    with shop.reading() as ctx:
        last = last_sent(ctx, "pain.order_form")["values"]
    assert "total" not in last
    assert [row["code"] for row in last["lines"]] == ["p", "q"]
    again = {key: value for key, value in last.items() if value is not None}
    for row in again["lines"]:
        row.pop("sum", None)
    assert isinstance(by_form(shop, {**again, "name": "next"}), str)
