"""One formula, one answer: Python, SQLite and PostgreSQL on random formulas and rows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from builder.catalog import Catalog
from builder.model.entity import Entity, Option
from dsl.backends.python import Params, program
from dsl.backends.sql import NotPushable
from dsl.formula import compile_formula
from dsl.types import Boolean
from store import record_schema, records
from store.db import Database
from store.record_tables import tables_of
from store.records import Stamp
from store.source import Source
from store.system_scope import SYSTEM
from tests.dsl.strategies import formulas, rows
from tests.dsl.world import PARAMS, ROW, SCOPE

from .conftest import _label, make_field

KINDS = {
    "percent": ("confirmed", "due", "review", "value", "target", "rate"),
    "money": ("none", "zeroed"),
    "integer": ("count", "big"),
    "text": ("name", "blank"),
    "boolean": ("passed", "unknown"),
    "date": ("start", "end"),
    "datetime": ("raised", "closed"),
    "duration": ("response",),
}
FIELDS = tuple(make_field(key, kind) for kind, keys in KINDS.items() for key in keys)
CODE = make_field(
    "code",
    "choice",
    options=tuple(Option(key, _label(key)) for key in ("dim_out_of_tolerance", "coolant_low")),
)
WORLD = Entity(
    name="w.row",
    label=_label("row"),
    display="name",
    fields=(*FIELDS, CODE, make_field("lines", "child_table", entity="w.line")),
)
LINE = Entity(
    name="w.line",
    label=_label("line"),
    display="quantity",
    parent="w.row",
    fields=(
        make_field("quantity", "integer"),
        make_field("amount", "money"),
        make_field("valid", "boolean"),
    ),
)
CATALOG = Catalog.of([WORLD, LINE], revision=1)
STAMP = Stamp("li", 0)
GIVEN = Params(**PARAMS)
STORED = {field.key for field in WORLD.fields}
CHILD = {field.key for field in LINE.fields}


def open_world(url):
    database = Database.open(url)
    with database.write() as uow:
        record_schema.ensure(uow, CATALOG)
    with database.read() as uow:
        return database, tables_of(uow)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """The world of the formula tests as tables; rows are rolled back after each look."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('world')}/w.db"
        first = Database.open(url)
        first.migrate()
        first.close()
    else:
        server = request.getfixturevalue("postgresql_server")
        name = server.take()
        url = server.url(name)
    database, tables = open_world(url)
    yield database, tables
    database.close()
    if request.param == "postgresql":
        server.give_back(name)


def storable(row):
    kept = {key: value for key, value in row.items() if key in STORED}
    kept["lines"] = [
        {key: value for key, value in line.items() if key in CHILD} for line in row["lines"] or ()
    ]
    return kept


def in_database(world, sources, given_rows):
    """Every formula for every row, by the database."""
    database, tables = world
    answers = []
    with database.write() as uow:
        uids = [str(n) for n in range(len(given_rows))]
        kept = [storable(row) for row in given_rows]
        records.insert_many(uow, tables, "w.row", kept, uids=uids, stamp=STAMP)
        for formula in sources:
            source = Source(uow, tables, CATALOG, "w.row", scope=SYSTEM, params=GIVEN)
            value = source.formula(formula).label("value")
            statement = select(value).select_from(source.from_).where(*source.conditions)
            answers.append(list(uow.execute(statement.order_by(source.column("id"))).scalars()))
        uow.roll_back()
    return answers


def compiled(text):
    found = compile_formula(text, SCOPE).formula
    if found is not None and isinstance(found.type, Boolean):
        assert found.type is not None
    return found


def agree(world, texts, given_rows):
    usable = [formula for formula in map(compiled, texts) if formula is not None]
    pushable = []
    for formula in usable:
        try:
            in_database(world, [formula], [])
        except NotPushable:
            continue
        pushable.append(formula)
    found = in_database(world, pushable, given_rows)
    for formula, values in zip(pushable, found, strict=True):
        run = program(formula)
        wanted = [run.evaluate(storable(row), GIVEN).value for row in given_rows]
        assert values == wanted, formula.source
        assert [type(v) for v in values] == [type(v) for v in wanted], formula.source


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.lists(formulas, min_size=1, max_size=8), st.lists(rows, min_size=1, max_size=8))
def test_the_database_says_what_python_says(world, texts, given_rows):
    agree(world, texts, given_rows)


EDGES = [
    "big / count",
    "big * 100",
    "big + big + big",
    "(big * big) / big",
    "ROUND(value * 1000000 / due, 4)",
    "MOD(-big, count)",
    "CLAMP(big * 4, -1, big)",
    "IF(big * big > 0, 'yes', 'no')",
    "SUM(lines.amount) * 100000000000",
    "SUM(lines[amount > this.none OR valid].amount)",
    "AVG(lines.amount)",
    "COUNT(lines[amount * amount > quantity])",
    "MIN(lines.quantity) + MAX(lines[valid].amount)",
    "YEAR(start) * 10000 + MONTH(start) * 100 + DAY(start)",
    "EOMONTH(EDATE(start, -1), 1)",
    "DATE(YEAR(start), 2, 30)",
    "DATE(2024, 2, count + 22)",
    "start + 3000y",
    "HOURS(closed - raised)",
    "closed - 1d > raised",
    "RIGHT(TRIM('　' & name & ' '), 3)",
    "LEFT(name, big)",
    "MID(name, 2, 3000000000)",
    "name < '点检 B'",
    "code IN ('coolant_low') OR ISBLANK(code)",
    "SWITCH(count, 7, 'seven', 8, 'eight', NULL)",
    "passed = unknown",
    "NOT (passed AND unknown)",
]


@pytest.mark.parametrize("text", EDGES)
def test_edges(world, text):
    edge = {**ROW, "big": 2**63 - 1, "count": -7, "none": 0, "name": "é😀 ", "start": 2_932_896}
    other = {**ROW, "big": -(2**63) + 1, "due": 0, "name": None, "lines": [], "start": -719_162}
    leap = {**ROW, "start": 19_782, "code": None, "passed": None, "big": 0}
    assert compiled(text) is not None, compile_formula(text, SCOPE).diagnostics
    agree(world, [text], [ROW, edge, other, leap])


@pytest.mark.parametrize("depth", [5, 12, 25, 50])
@pytest.mark.parametrize(
    "step",
    [
        "IF(count > {n}, {inner}, value + {n})",
        "({inner} / due + {n})",
        "ROUND(ABS({inner}) * 1.1, 2)",
        "MIN({inner}, value, {n})",
        "MOD({inner} + {n}, 7)",
        "COALESCE({inner}, {n})",
        "-({inner})",
    ],
)
def test_nesting_is_no_problem(world, step, depth):
    text = "value"
    for n in range(depth):
        text = step.format(n=n, inner=text)
    if compiled(text) is None:
        pytest.skip("deeper than the language allows")
    agree(world, [text], [ROW, {**ROW, "value": -(10**12), "count": 3}])


def test_only_parameters_reach_the_statement(world):
    database, tables = world
    hostile = "x'); DROP TABLE head; --"
    formula = compiled("CONTAINS(name, 'x''); DROP TABLE head; --') OR name = 'secret'")
    with database.read() as uow:
        source = Source(uow, tables, CATALOG, "w.row", scope=SYSTEM)
        statement = select(source.formula(formula).label("v")).select_from(source.from_)
        text = str(statement.compile(uow.connection))
    assert hostile not in text
    assert "secret" not in text
