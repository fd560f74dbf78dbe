"""Lists, groups, search of 100,000 records beside bare Flask and SQLAlchemy; a million."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from decimal import Decimal

import flask
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, create_engine, func, select

from benchmarks.databases import folder
from benchmarks.figures import Figure
from builder.codec import decode
from connectors.registry import Registry
from dsl.values import format_date
from runtime import accounts, exports, files, imports, works
from runtime.clock import FixedClock
from runtime.context import SYSTEM_ACTOR, Actor
from runtime.exchange import Column as SheetColumn
from runtime.exchange import read_table, write_table
from runtime.lists import Listing, group_records
from runtime.publish import Proposal, publish
from runtime.records import BY_HAND, stamp
from runtime.settings import Settings
from runtime.wiring import Wiring
from runtime.worker import drain
from store import records
from web.app_factory import create_app

ROWS, CUSTOMERS, MILLION, REPEATS = 100_000, 200, 1_000_000, 15
IMPORTED, BAD = 50_000, 1_000  # rows of a file, and every which one is wrong
AT = 1_772_413_200_000_000
STATES = ("open", "made", "sent", "paid")
WORDS = (
    "质量",
    "交期",
    "返工",
    "包装",
    "客户",
    "投诉",
    "检验",
    "合格",
    "模具",
    "刀具",
    "尺寸",
    "温度",
)
CLERK = Actor("user", "clerk", roles=("bench.clerk",))
LABEL = {"zh-CN": "x", "en": "x"}
DOCUMENTS = (
    ("pack", {"kind": "pack", "key": "bench", "version": "1.0.0"}),
    ("entity", {
        "kind": "entity", "key": "customer", "label": LABEL, "display": "name",
        "fields": [{"key": "name", "type": "text", "label": LABEL}]}),
    ("entity", {
        "kind": "entity", "key": "sale", "label": LABEL, "display": "number",
        "fields": [
            {"key": "number", "type": "text", "label": LABEL},
            {"key": "customer", "type": "reference", "entity": "customer", "label": LABEL},
            {"key": "amount", "type": "money", "label": LABEL},
            {"key": "quantity", "type": "integer", "label": LABEL},
            {"key": "state", "type": "choice", "label": LABEL,
             "options": [{"id": s, "label": {"zh-CN": s, "en": s}} for s in STATES]},
            {"key": "due", "type": "date", "label": LABEL},
            {"key": "note", "type": "text", "label": LABEL}]}),
    ("entity", {
        "kind": "entity", "key": "reading", "label": LABEL, "display": "code",
        "fields": [{"key": "code", "type": "text", "label": LABEL},
                   {"key": "value", "type": "decimal", "label": LABEL}]}),
    ("form", {
        "kind": "form", "key": "sale_form", "entity": "sale", "label": LABEL,
        "layout": [{"id": "s", "box": "section", "children": [
            {"id": key, "field": key}
            for key in ("number", "customer", "amount", "quantity", "state", "due", "note")]}],
        "rules": [
            {"id": "r1", "check": "amount > 0", "at": "amount", "message": LABEL},
            {"id": "r2", "when": "state = 'open'", "then": [{"require": "due"}]},
            {"id": "r3", "check": "customer.name <> '0'", "at": "customer", "message": LABEL}]}),
    ("role", {
        "kind": "role", "key": "clerk", "grants": [
            {"entity": name, "actions": ["read", "create", "export"], "rows": "all"}
            for name in ("sale", "customer", "reading")]}),
)  # fmt: skip


def sale(n):
    """The n-th sale, as raw values."""
    note = "".join(WORDS[(n * k + n // 7) % len(WORDS)] for k in (1, 5, 7, 11))
    return {
        "number": f"S{n:07d}", "customer": n * 7919 % CUSTOMERS + 1,
        "amount": (n * 7_368_787 % 9_999_999 + 1) * 100, "quantity": n * 31 % 97,
        "state": STATES[n * 13 // 7 % 4], "due": 20_000 + n * 37 % 900,
        "note": f"{note}第{n % 1000}批",
    }  # fmt: skip


@contextmanager
def product(place):
    """The product with its records, and a signed-in caller."""
    wiring = Wiring.open(
        Settings(data_dir=place / "data", base_url="http://127.0.0.1:8000"),
        clock=FixedClock(AT),
        connectors=Registry({}, {}),
    )
    for _, document in DOCUMENTS:
        for field in document.get("fields", ()):
            field["label"] = {"zh-CN": field["key"], "en": field["key"]}
    found = tuple(decode(kind, document, pack="bench") for kind, document in DOCUMENTS)
    publish(wiring, Proposal(found), actor=SYSTEM_ACTOR)
    with wiring.writing() as ctx:
        put(ctx, "bench.customer", [{"name": f"客户{n}"} for n in range(1, CUSTOMERS + 1)])
        accounts.create_account(ctx, "clerk", "correct horse 9", roles=["bench.clerk"])
    began = time.perf_counter()
    for at in range(0, ROWS, 10_000):
        with wiring.writing() as ctx:
            put(ctx, "bench.sale", [sale(n) for n in range(at, at + 10_000)])
    loaded = time.perf_counter() - began
    drain(wiring, "bench")
    app = create_app(wiring, static=place)
    http = app.test_client()
    signed = http.post("/api/v1/session", json={"login": "clerk", "password": "correct horse 9"})
    assert signed.status_code == 200, signed.data
    yield wiring, lambda path: http.get(f"/api/v1/entities/bench.{path}"), loaded
    app.extensions["renderer"].close()
    wiring.close()


def put(ctx, entity, rows):
    uids = [ctx.new_uid() for _ in rows]
    records.insert_many(ctx.uow, ctx.tables, entity, rows, uids=uids, stamp=stamp(ctx, BY_HAND))


def bare(place):
    """What one writes without a platform: Flask, SQLAlchemy Core, the same columns."""
    engine = create_engine(f"sqlite:///{place}/bare.db")
    metadata = MetaData()
    customer = Table(
        "customer", metadata, Column("id", Integer, primary_key=True), Column("name", String)
    )
    table = Table(
        "sale", metadata, Column("id", Integer, primary_key=True),
        *(Column(k, String if isinstance(v, str) else Integer) for k, v in sale(0).items()),
    )  # fmt: skip
    Index("sale_customer", table.c.customer)  # as the product has for every reference
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            customer.insert(), [{"name": f"客户{n}"} for n in range(1, CUSTOMERS + 1)]
        )
        connection.execute(table.insert(), [sale(n) for n in range(ROWS)])
    app = flask.Flask("bare")

    @app.get("/sales")
    def sales():
        chosen = (
            select(table, customer.c.name)
            .join_from(table, customer, customer.c.id == table.c.customer)
            .where(table.c.state == "open", table.c.amount > 5_000_000)
            .order_by(table.c.due.desc(), table.c.number)
            .limit(50)
        )
        with engine.connect() as connection:
            rows = connection.execute(chosen).all()
        return flask.jsonify([{**row._mapping, "amount": str(row.amount / 100)} for row in rows])

    @app.get("/groups")
    def grouped():
        sums = (func.count(), func.sum(table.c.amount), func.avg(table.c.amount))
        chosen = (
            select(table.c.customer, customer.c.name, *sums)
            .join_from(table, customer, customer.c.id == table.c.customer)
            .group_by(table.c.customer, customer.c.name)
            .order_by(table.c.customer)
        )
        with engine.connect() as connection:
            return flask.jsonify([list(row) for row in connection.execute(chosen)])

    @app.get("/search")
    def search():
        chosen = select(table).where(table.c.note.like("%投诉合格%")).order_by(table.c.id).limit(50)
        with engine.connect() as connection:
            return flask.jsonify([dict(row._mapping) for row in connection.execute(chosen)])

    return app.test_client().get


def best(call):
    """The middle of several times, and the last answer."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        answer = call()
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.data[:500]
    return sorted(times)[len(times) // 2], json.loads(answer.data)


def check_list(ours, theirs):
    wanted = sorted(
        (s for s in map(sale, range(ROWS)) if s["state"] == "open" and s["amount"] > 5_000_000),
        key=lambda s: (-s["due"], s["number"]),
    )[:50]
    assert [i["values"]["number"] for i in ours["items"]] == [s["number"] for s in wanted]
    assert [i["number"] for i in theirs] == [s["number"] for s in wanted]


def check_groups(ours, theirs):
    sums = {}
    for each in map(sale, range(ROWS)):
        count, total = sums.get(each["customer"], (0, 0))
        sums[each["customer"]] = (count + 1, total + each["amount"])
    assert len(ours["items"]) == len(theirs) == CUSTOMERS
    for group, row in zip(ours["items"], theirs, strict=True):
        count, total = sums[row[0]]
        assert group["keys"][0]["display"] == row[1]
        assert (group["count"], Decimal(group["values"][0])) == (count, Decimal(total) / 10_000)


def run():
    """All figures."""
    with folder() as place, product(place) as (wiring, get, loaded):
        theirs = bare(place)
        tests = json.dumps([{"field": "state", "op": "=", "value": "open"},
                            {"field": "amount", "op": ">", "value": "500"}])  # fmt: skip
        figures = []

        def beside(name, ours, path, ratio, check, note=""):
            baseline, plain = best(lambda: theirs(path))
            seconds, answer = best(lambda: get(ours))
            check(answer, plain)
            figures.append(
                Figure(name, seconds, None, baseline, ratio, "Flask and SQLAlchemy", note)
            )

        wanted = f"sale/records?match={tests}&sort=-due,number&limit=50"
        beside("list, filtered and sorted, of 100,000", wanted, "/sales", 1 / 0.7, check_list)
        wanted = "sale/groups?by=customer&measures=sum:amount,avg:amount&limit=1000"
        beside("groups with sums of 100,000", wanted, "/groups", 1.0, check_groups)

        def check_search(ours, plain):
            assert [i["values"]["number"] for i in ours["items"]] == [i["number"] for i in plain]
            assert len(plain) == 50

        wanted = "sale/records?q=投诉合格&limit=50"
        beside("search in Chinese, of 100,000", wanted, "/search", None, check_search, "LIKE there")
        seconds, found = best(lambda: get("sale/records?q=S0077777&limit=50"))
        assert [i["display"] for i in found["items"]] == ["S0077777"]
        figures.append(Figure("search of one in 100,000", seconds, 0.1))
        figures.append(Figure("load of 100,000 with history, audit and words", loaded))
        for at in range(0, MILLION, 50_000):
            with wiring.writing() as ctx:
                rows = [{"code": f"r{n}", "value": n} for n in range(at, at + 50_000)]
                put(ctx, "bench.reading", rows)
        seconds, page = best(lambda: get("reading/records?limit=50"))
        assert [i["display"] for i in page["items"]] == [f"r{n}" for n in range(50)]
        figures.append(Figure("first page of 1,000,000", seconds, 0.2))
        seconds, found = best(lambda: get("reading/count"))
        assert found == {"count": 10_000, "exact": False}
        figures.append(Figure("count of 1,000,000, as far as 10,000", seconds, 0.2))
        seconds, found = best(lambda: get("reading/records?q=r777777&limit=50"))
        assert [i["display"] for i in found["items"]] == ["r777777"]
        figures.append(Figure("search of one in 1,000,000", seconds, 0.2))
        figures += exchanged(wiring)
    return figures


def exchanged(wiring):
    """A file of 50,000 rows in, by a form with rules, and out again."""
    titles = ["number", "customer", "amount", "quantity", "state", "due", "note"]
    rows = []
    for n in range(IMPORTED):
        each = sale(n)
        wrong = n % BAD == BAD - 1
        rows.append([
            f"I{n:07d}", "nobody" if wrong else f"客户{each['customer']}",
            str(each["amount"] / 10_000),
            str(each["quantity"]), each["state"], format_date(each["due"]), each["note"],
        ])  # fmt: skip
    content = write_table([SheetColumn(title) for title in titles], rows, "xlsx")
    began = time.perf_counter()
    with wiring.writing(CLERK) as ctx:
        uid = files.upload(ctx, "sales.xlsx", content)["uid"]
    with wiring.reading(CLERK) as ctx:
        table = imports.table_of(ctx, uid)
    with wiring.writing(CLERK) as ctx:
        mapping = {title: title for title in titles}
        work = imports.start(ctx, "bench.sale", imports.Wanted(uid, mapping), table)["uid"]
    drain(wiring, "bench")
    seconds = time.perf_counter() - began
    with wiring.reading(CLERK) as ctx:
        done = works.show(ctx, work)
        assert (done["state"], done["total"]) == ("done", IMPORTED)
        assert (done["written"], done["refused"]) == (IMPORTED - IMPORTED // BAD, IMPORTED // BAD)
        assert {p["code"] for row in done["rows"] for p in row["problems"]} == {"RUN104"}
        mine = Listing(match=[{"field": "number", "op": "starts", "value": "I"}])
        total = group_records(ctx, "bench.sale", mine, by="state", measures="sum:quantity")
    wanted = [sale(n)["quantity"] for n in range(IMPORTED) if n % BAD != BAD - 1]
    assert sum(int(group["values"][0]) for group in total["items"]) == sum(wanted)
    yield Figure("import of an Excel file of 50,000 rows", seconds, 60)
    began = time.perf_counter()
    with wiring.writing(CLERK) as ctx:
        work = exports.start(ctx, "bench.sale", exports.Wanted(mine))["uid"]
    drain(wiring, "bench")
    with wiring.reading(CLERK) as ctx:
        content = exports.file_of(ctx, work).content
    seconds = time.perf_counter() - began
    assert len(read_table("a.xlsx", content).rows) == len(wanted)
    yield Figure("export of 50,000 records to Excel", seconds)
