"""A ledger never goes below nothing, whoever spends at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from builder.check import check
from builder.codec import decode, encode
from runtime import ledger, read, records
from runtime.context import SYSTEM_ACTOR
from runtime.errors import Invalid
from runtime.patience import patiently
from runtime.publish import Proposal, publish
from store import records as stored
from store.errors import BadValueError

PACK = {"kind": "pack", "key": "bank", "version": "1.0.0"}
POSTING = {
    "kind": "entity", "key": "posting", "display": "what", "log": True,
    "balance": {"group_by": ["owner", "kind"], "amount": "points"},
    "fields": [
        {"key": "owner", "type": "person", "required": True},
        {"key": "kind", "type": "text", "required": True},
        {"key": "points", "type": "integer", "required": True},
        {"key": "what", "type": "text"},
    ],
}  # fmt: skip
THREADS = 16


@pytest.fixture
def bank(either_world):
    world = either_world
    made = tuple(decode(each["kind"], each, pack="bank") for each in (PACK, POSTING))
    assert check(made, manifests={}) == []
    publish(world.wiring, Proposal(made), actor=SYSTEM_ACTOR)
    return world


def post(world, points, *, owner="li", kind="bonus"):
    def once():
        with world.writing() as ctx:
            row = {"owner": world.ids[owner], "kind": kind, "points": points}
            records.insert(ctx, "bank.posting", [row])

    patiently(once)


def balance(world):
    with world.reading() as ctx:
        items = read.list_records(ctx, "bank.posting", limit=500)["items"]
    return sum(int(item["values"]["points"]) for item in items), len(items)


def test_sixteen_spend_at_once_and_the_account_ends_at_nothing(bank):
    post(bank, 100)
    barrier = threading.Barrier(THREADS)

    def spend(_):
        barrier.wait()
        try:
            post(bank, -10)
        except Invalid as refused:
            return [p.code for p in refused.problems]
        return []

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(spend, range(THREADS)))
    assert answers.count([]) == 10
    assert answers.count(["RUN114"]) == 6
    assert balance(bank) == (0, 11)


def test_each_account_stands_for_itself(bank):
    post(bank, 5)
    post(bank, 5, kind="leave")
    for more in ({"kind": "leave"}, {}):
        with pytest.raises(Invalid) as refused:
            post(bank, -6, **more)
        assert refused.value.problems[0].pointer == "/values/points"
    with pytest.raises(Invalid):
        post(bank, -1, owner="zhao")
    with bank.writing() as ctx:  # together they come to something: the order inside is no matter
        row = {"owner": bank.ids["zhao"], "kind": "bonus"}
        records.insert(ctx, "bank.posting", [{**row, "points": -3}, {**row, "points": 4}])
    assert balance(bank) == (11, 4)


def test_postings_of_a_source_that_overdraw_are_put_aside_one_by_one(bank):
    """`runtime.stream_run` takes a batch apart for exactly this family of errors."""
    with bank.writing() as ctx:
        row = {"owner": bank.ids["li"], "kind": "bonus", "points": -1}
        entity = ctx.catalog.entity("bank.posting")
        with pytest.raises(BadValueError), ledger.kept(ctx, entity, [row]):
            stored.insert_many(
                ctx.uow, ctx.tables, entity.name, [row], uids=["u1"], stamp=records.stamp(ctx)
            )
        ctx.uow.roll_back()
    assert balance(bank) == (0, 0)


def test_a_ledger_needs_a_log_with_accounts_and_amounts():
    entity = decode("entity", POSTING, pack="bank")
    assert decode("entity", encode(entity), pack="bank") == entity
    fields = [{**f, "required": False} for f in POSTING["fields"]]
    loose = {**POSTING, "log": False, "fields": fields,
             "balance": {"group_by": ["owner"], "amount": "what"}}  # fmt: skip
    made = [decode(each["kind"], each, pack="bank") for each in (PACK, loose)]
    codes = {p.code for p in check(made, manifests={})}
    assert codes == {"BLD241", "BLD242", "BLD243"}
