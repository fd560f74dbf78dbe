"""A formula has one answer wherever it stands, whether the database computes it or Python."""

import itertools

import pytest

from builder.catalog import Catalog
from builder.model.entity import Entity
from builder.model.metric import Input, Metric, MetricVersion
from dsl.backends.python import Params, program
from dsl.formula import Formula
from dsl.types import Boolean, Number
from store import conditions, leaves, query, record_schema, records
from store.db import Database
from store.event_rows import EventQuery, read_events
from store.groups import Key, Measure
from store.leaves import Grid, LeafQuery
from store.query import Query, Source
from store.record_tables import tables_of
from store.records import Stamp
from store.scope import AnyOf, Scope
from store.system_scope import SYSTEM

from .conftest import _label, make_field

PARAMS = Params(today=20_000)
STAMP = Stamp("li", 0)
BIG = 3_000_000_000_000_000_000

# key: the formula of a computed field, with host functions or terms that need more than 64 bits
COMPUTED = {
    "plain": "amount * 2",
    "root": "SQRT(amount)",
    "log": "LN(count)",
    "shown": "TEXT(amount, '0.00') & name",
    "found": "FIND('b', name)",
    "far": "SQRT(boss.amount) + amount",
    "total": "SUM(lines.cost)",
    "spread": "SUM(lines[SQRT(price) > 2].cost) - amount",
    "roots": "SUM(lines.rooted)",
    "kinds": "COUNTUNIQUE(lines.cost)",
    "many": "COUNT(lines.cost)",
    "mean": "AVG(lines.cost)",
    "most": "MAX(lines.cost)",
    "least": "MIN(lines.huge)",
    "middle": "MEDIAN(lines.price)",
    "words": "TEXTJOIN('+', lines.tag)",
    "outside": "COUNT(lines[SQRT(price) > SQRT(this.amount)])",
    "big": "SUM(lines.huge)",
    "above": "SUM(boss.lines[quantity > 0].cost)",
    "product": "SUM(lines.quantity * lines.price) - SUM(lines.quantity * count)",
    "beyond": "COALESCE(boss.plain + 1, -1)",
    "own": "IF(ISBLANK(big) OR COALESCE(plain, 0) = 0, 1, 2)",
    "kept": "COUNT(lines.huge) + COUNT(lines[ISBLANK(huge)])",
    "yes": "SQRT(amount) > 3 OR name = 'b'",
}
ORDER = Entity(
    name="w.order",
    label=_label("order"),
    display="name",
    fields=(
        make_field("name", "text"),
        make_field("amount", "money"),
        make_field("count", "integer"),
        make_field("due", "date"),
        make_field("boss", "reference", entity="w.order"),
        make_field("lines", "child_table", entity="w.line"),
        *(make_field(key, "formula", formula=text) for key, text in COMPUTED.items()),
    ),
)
LINE = Entity(
    name="w.line",
    label=_label("line"),
    display="tag",
    parent="w.order",
    fields=(
        make_field("tag", "text"),
        make_field("quantity", "integer"),
        make_field("price", "money"),
        make_field("cost", "formula", formula="quantity * price"),
        make_field("huge", "formula", formula="quantity * quantity"),
        make_field("rooted", "formula", formula="SQRT(price)"),
    ),
)
VALUED = [key for key in COMPUTED if key not in {"shown", "words", "yes"}]


def metric(key):
    return Metric(
        name=f"w.m_{key}",
        label=_label(f"m {key}"),
        subject="w.order",
        grain="month",
        inputs=tuple(
            Input(
                key=agg, label=_label(agg), entity="w.order", agg=agg, subject="boss", date="due",
                where=f"{key} > 0 OR ISBLANK(SQRT(amount))", value=key,
            )
            for agg in ("sum", "min", "max", "latest")
        ),
        versions=(MetricVersion(start="2020-01-01", formula="sum"),),
    )  # fmt: skip


CATALOG = Catalog.of([ORDER, LINE, *map(metric, VALUED)], revision=1)


def line(tag, quantity, price):
    return {"tag": tag, "quantity": quantity, "price": price}


ROWS = [
    {"name": "a", "amount": 90_000, "count": 7, "due": 20_000, "lines": [
        line("x", 3, 50_000), line(None, 2, 10_000), line("y", None, 70_000)]},
    {"name": "b", "amount": None, "count": 0, "due": 20_001, "boss": 1, "lines": []},
    {"name": "abc", "amount": -5, "count": -3, "due": 20_031, "boss": 1, "lines": [
        line("z", BIG, BIG), line("z", -BIG, BIG)]},
    {"name": None, "amount": 160_000, "count": 2, "due": 20_031, "boss": 2, "lines": [
        line("x", BIG, 40_000), line("q", -BIG, 40_000), line("q", 1, 160_000)]},
    {"name": "cb", "amount": 90_000, "count": None, "due": None, "boss": 4, "lines": [
        line("n", 5, None), line("n", 5, 90_000), line("m", BIG, 1)]},
    {"name": "b", "amount": 2**62, "count": 2**62, "due": 20_000, "boss": 1, "lines": [
        line("n", 4, 40_000)]},
    {"name": "z", "amount": 1, "count": 1, "due": 20_000, "boss": 6, "lines": []},
]  # fmt: skip


def evaluated(formula: Formula):
    """What Python says of each row."""
    answers = []
    for row in ROWS:
        boss = ROWS[row["boss"] - 1] if row.get("boss") else {}
        reach = {f"boss.{key}": value for key, value in boss.items()}
        answers.append(program(formula).evaluate({**row, **reach}, PARAMS).value)
    return answers


def computed(key):
    return evaluated(CATALOG.computed_field("w.order", key))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asked(request, tmp_path_factory):
    """A unit of work that has the rows, with ids from 1 on."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('places')}/p.db"
        first = Database.open(url)
        first.migrate()
        first.close()
    else:
        server = request.getfixturevalue("postgresql_server")
        name = server.take()
        url = server.url(name)
    database = Database.open(url)
    with database.write() as uow:
        record_schema.ensure(uow, CATALOG)
        tables = tables_of(uow)
        uids = [str(n) for n in range(len(ROWS))]
        records.insert_many(uow, tables, "w.order", ROWS, uids=uids, stamp=STAMP)
    with database.read() as uow:
        yield uow, tables
    database.close()
    if request.param == "postgresql":
        server.give_back(name)


def read(asked, scope=SYSTEM, **wanted):
    uow, tables = asked
    asked_for = Query("w.order", **wanted)
    return query.read(uow, scope, asked_for, tables=tables, catalog=CATALOG, params=PARAMS)


def ids_of(page):
    return sorted(row["id"] for row in page.rows)


def source(asked, **options):
    uow, tables = asked
    return Source(uow, tables, CATALOG, "w.order", scope=SYSTEM, params=PARAMS, **options)


def condition(text):
    found = CATALOG.row_formula(text, "w.order", expect=Boolean())
    assert found.formula is not None, found.diagnostics
    return found.formula


def true_ids(formula):
    return [n for n, value in enumerate(evaluated(formula), 1) if value is True]


@pytest.mark.parametrize("key", COMPUTED)
def test_in_a_list_a_filter_an_order_and_groups(asked, key):
    wanted = dict(enumerate(computed(key), 1))
    assert {row["id"]: row[key] for row in read(asked, select=(key,)).rows} == wanted
    assert {r["id"]: r[key] for r in read(asked, select=(key,), ids=(2, 4)).rows} == {
        n: wanted[n] for n in (2, 4)
    }
    rev = asked[0].connection.exec_driver_sql("SELECT MAX(rev) FROM head").scalar()
    assert {r["id"]: r[key] for r in read(asked, select=(key,), as_of=rev).rows} == wanted
    for some in {value for value in wanted.values() if value is not None}:
        same = [n for n, value in wanted.items() if value == some]
        assert ids_of(read(asked, match=conditions.Test(key, "=", (some,)))) == same
    blank = [n for n, value in wanted.items() if value is None]
    assert ids_of(read(asked, match=conditions.Test(key, "blank"))) == blank
    unknown = condition(f"ISBLANK({key})")  # also of a number beyond 64 bits, inside a formula
    assert true_ids(unknown) == blank
    assert ids_of(read(asked, where=unknown)) == blank
    assert pages(asked, (key, "asc")) == in_order(wanted, reverse=False)
    assert pages(asked, (key, "desc")) == in_order(wanted, reverse=True)


def in_order(wanted, *, reverse):
    filled = [n for n, value in wanted.items() if value is not None]
    blank = [n for n, value in wanted.items() if value is None]
    return [*sorted(filled, key=lambda n: wanted[n], reverse=reverse), *blank]


def pages(asked, order):
    """The ids of all pages of two, one after the other."""
    found, cursor = [], None
    while True:
        page = read(asked, order=(order,), limit=2, cursor=cursor, select=(order[0],))
        found += [row["id"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("key", COMPUTED)
def test_in_groups(asked, key):
    uow, tables = asked
    wanted = computed(key)
    measures = [Measure("count", key), Measure("max", key)] if key in VALUED else []
    found = query.grouped(
        uow, SYSTEM, Query("w.order"), keys=[Key(key)], measures=measures, tables=tables,
        catalog=CATALOG, params=PARAMS,
    )  # fmt: skip
    counted = {value: wanted.count(value) for value in wanted}
    assert {group.keys[0]: group.count for group in found} == counted
    if measures:
        assert all(group.values[1] == group.keys[0] for group in found)


@pytest.mark.parametrize("key", COMPUTED)
def test_in_a_rule_and_in_the_rights_of_a_role(asked, key):
    uow, _ = asked
    formula = condition(f"NOT ISBLANK({key}) AND (SQRT(amount) > 1 OR ISBLANK(amount))")
    wanted = true_ids(formula)
    assert sorted(leaves.ids_where(uow, source(asked), formula, PARAMS)) == wanted
    events = read_events(uow, EventQuery(source(asked), "", "due", ("name",), formula, PARAMS))
    dated = [n for n in wanted if ROWS[n - 1]["due"] is not None]
    assert sorted(event.id for event in events) == dated
    scope = Scope({"w.order": AnyOf((formula,))}, today=20_000)
    page = read(asked, scope, select=("name", "boss.amount"))
    assert ids_of(page) == wanted
    for row in page.rows:  # whoever is out of sight is blank
        boss = ROWS[row["id"] - 1].get("boss")
        shown = ROWS[boss - 1]["amount"] if boss in wanted else None
        assert row["boss.amount"] == shown


@pytest.mark.parametrize(
    ("key", "agg"), list(itertools.product(VALUED, ["sum", "min", "max", "latest"]))
)
def test_in_the_input_of_a_metric(asked, key, agg):
    uow, _ = asked
    item = CATALOG.compiled_metric(f"w.m_{key}").inputs[agg]
    grid = Grid(1, (19_999, 20_030, 20_060))
    found = leaves.fold(uow, LeafQuery(source(asked), item, grid, PARAMS))
    assert isinstance(item.value.type, Number)
    values, counts = evaluated(item.value), evaluated(item.where)
    groups = {}
    for row, value, counts_ in zip(ROWS, values, counts, strict=True):
        if counts_ is not True or row.get("boss") is None or row["due"] is None:
            continue
        period = 1 if row["due"] < 20_030 else 2
        groups.setdefault((row["boss"], period), []).append((row["due"], value))
    assert {(r.subject_id, r.period) for r in found} == set(groups)
    for row in found:
        group = groups[row.subject_id, row.period]
        given = [value for _, value in group if value is not None]
        assert (row.records, row.count) == (len(group), len(given))
        if agg == "latest":
            newest = [value for _, value in sorted(group, key=lambda g: g[0]) if value is not None]
            assert row.total == (newest[-1] if newest else None)
        else:
            fold = {"sum": sum, "min": min, "max": max}[agg]
            assert row.total == (fold(given) if given else None)


def test_a_computed_field_beyond_64_bits_is_blank_and_says_why():
    row = {"amount": 2**62}
    for text, wanted in (
        ("plain - amount", (None, "DSL202")),
        ("ISBLANK(plain)", (True, None)),
        ("amount * 2 - amount", (2**62, None)),  # on the way to one result it may be larger
    ):
        formula = CATALOG.row_formula(text, "w.order").formula
        assert program(formula).evaluate(row, PARAMS) == wanted, text
