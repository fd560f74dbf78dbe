"""Ask what was known at a change number, of one entity with 1.1 million versions."""

from __future__ import annotations

import time
from itertools import repeat

from sqlalchemy import func, select, text, update

from benchmarks.databases import KINDS, fresh
from benchmarks.figures import Figure
from builder.catalog import Catalog
from builder.codec import decode
from dsl.formula import compile_formula
from runtime.context import SYSTEM_ACTOR, Cause, Context
from runtime.decide.periods import period_of
from runtime.measuring import leaf_query
from runtime.packs import SHIPPED, load_folder
from store import leaves, record_schema, records
from store.bulk import insert_rows
from store.db import Database
from store.query import Query, count, read
from store.record_tables import tables_of
from store.record_writes import Stamp
from store.system_scope import SYSTEM
from store.tables import head
from store.unit import OPEN_REV

RECORDS, VERSIONS, GOALS = 100_000, 11, 250
STEP = 1_000  # change numbers between two versions of a record
REV = 5 * STEP + 500  # half of the records are at their sixth version, half at their fifth
REPORT = "performance_core.weekly_report"
FIRST_DAY = 18_003  # a Wednesday of 2019; one report a week, 400 weeks
LIMIT_S = 0.5
REPEATS = 5
TOTAL = {
    "kind": "metric",
    "key": "reported",
    "label": {"zh-CN": "x", "en": "x"},
    "subject": "goal",
    "grain": "year",
    "unit": "ratio",
    "decimals": 4,
    "direction": "up",
    "inputs": {
        "total": {
            "label": {"zh-CN": "x", "en": "x"},
            "from": "weekly_report",
            "agg": "sum",
            "value": "progress",
            "subject": "goal",
            "date": "week_end",
        }
    },
    "versions": [{"from": "2010-01-01", "formula": "total"}],
}


def rev_of(record, version):
    """The change number at which a record got a version, both counted from 0."""
    return version * STEP + record % STEP + 1


def progress_of(record, version):
    return (record * 7 + version * 13) % 10_000 * 100  # a percentage has six decimals


class House:
    """The pack's own entity with many versions of its records."""

    def __init__(self, url):
        self.database = Database.open(url)
        self.database.migrate()
        loaded = load_folder(SHIPPED / "performance_core")
        metric = decode("metric", TOTAL, pack="performance_core")
        assert not isinstance(metric, list), metric
        self.catalog = Catalog.of([*loaded.definitions, metric], revision=1)
        with self.database.write(publishing=True) as uow:
            record_schema.ensure(uow, self.catalog)
        with self.database.write() as uow:
            self.fill(uow)
        if self.database.dialect == "postgresql":
            with self.database.write() as uow:
                uow.execute(text("ANALYZE"))

    def fill(self, uow):
        """Goals through the product; the versions, which take years to come, into the tables."""
        tables = tables_of(uow, self.catalog)
        people = records.insert_many(
            uow, tables, "person", [{"name": "p", "email": "p@x", "active": True}],
            uids=["p"], stamp=Stamp("bench", 0),
        )  # fmt: skip
        rows = [{"name": f"g{n}", "owner": people[0]} for n in range(GOALS)]
        goals = records.insert_many(
            uow, tables, "performance_core.goal", rows,
            uids=[f"g{n}" for n in range(GOALS)], stamp=Stamp("bench", 0),
        )  # fmt: skip
        mine = tables[REPORT]
        numbers = range(RECORDS)
        shared = {
            "id": range(1, RECORDS + 1),
            "uid": [f"r{n}" for n in numbers],
            mine.column("goal").name: [goals[n % GOALS] for n in numbers],
            mine.column("week_end").name: [FIRST_DAY + n // GOALS * 7 for n in numbers],
            mine.column("note").name: list(repeat("as the team reported it", RECORDS)),
        }
        same = {
            "deleted": False, "created_at": 0, "created_by": "bench", "updated_at": 0,
            "updated_by": "bench", "origin_kind": "sensor",
        }  # fmt: skip
        progress = mine.column("progress").name
        for version in range(VERSIONS):
            last = version == VERSIONS - 1
            closed = list(repeat(OPEN_REV, RECORDS)) if last else [
                rev_of(n, version + 1) for n in numbers
            ]  # fmt: skip
            columns = {
                **shared,
                progress: [progress_of(n, version) for n in numbers],
                "rev_from": [rev_of(n, version) for n in numbers],
                "rev_to": closed,
            }
            insert_rows(uow, mine.history, columns, {**same, "version": version + 1})
        columns = {
            **shared,
            progress: [progress_of(n, VERSIONS - 1) for n in numbers],
            "rev": [rev_of(n, VERSIONS - 1) for n in numbers],
        }
        insert_rows(uow, mine.current, columns, {**same, "version": VERSIONS})
        uow.rev()
        uow.execute(update(head).values(rev=VERSIONS * STEP + 1))

    def context(self, uow):
        return Context(
            uow=uow, catalog=self.catalog, tables=tables_of(uow, self.catalog), scope=SYSTEM,
            actor=SYSTEM_ACTOR, now=0, new_uid=str, cause=Cause("bench"),
        )  # fmt: skip

    def bare(self, uow, statement, **values):
        """A hand-written statement over the physical tables."""
        mine = tables_of(uow, self.catalog)[REPORT]
        names = {key: column.name for key, column in mine.fields.items()}
        live = "NOT deleted" if uow.dialect == "postgresql" else "deleted = 0"
        known = f"rev_from <= :rev AND rev_to > :rev AND {live}"
        written = statement.format(history=mine.history.name, known=known, **names)
        return uow.execute(text(written), {"rev": REV, **values}).all()


def then(record):
    """The progress of a record as known at REV."""
    version = 5 if rev_of(record, 5) <= REV else 4
    return progress_of(record, version)


# --- the questions: ours, by hand, and what the answer must be ------------------------------
GOAL = 7  # its number; the row id is one more


def periods():
    last = FIRST_DAY + (RECORDS // GOALS - 1) * 7
    return period_of(FIRST_DAY, "year"), period_of(last, "year")


def one_goal(_house, ctx):
    """The way of the passport: the records that counted, then what they said at the time."""
    compiled = ctx.catalog.compiled_metric("performance_core.reported")
    item = compiled.inputs["total"]
    query = leaf_query(ctx, compiled, item, periods=periods(), subjects=[GOAL + 1], as_of=REV)
    ids, total = leaves.record_ids(ctx.uow, query, limit=500)
    select_ = ("week_end", "progress", "note", "origin_kind")
    page = read(
        ctx.uow, ctx.scope, Query(REPORT, select_, ids=ids, as_of=REV),
        tables=ctx.tables, catalog=ctx.catalog, params=ctx.params,
    )  # fmt: skip
    assert total == len(ids) == len(page.rows)
    return {(row["week_end"], row["progress"], row["note"]) for row in page.rows}


def one_goal_bare(house, ctx):
    rows = house.bare(
        ctx.uow,
        "SELECT {week_end}, {progress}, {note} FROM {history} WHERE {known} AND {goal} = :goal",
        goal=GOAL + 1,
    )
    return {tuple(row) for row in rows}


def one_goal_expected():
    return {
        (FIRST_DAY + n // GOALS * 7, then(n), "as the team reported it")
        for n in range(GOAL, RECORDS, GOALS)
    }


def every_goal(_house, ctx):
    """A sum for every goal and year, over all records as known."""
    compiled = ctx.catalog.compiled_metric("performance_core.reported")
    query = leaf_query(ctx, compiled, compiled.inputs["total"], periods=periods(), as_of=REV)
    return {(r.subject_id, r.period): (r.records, r.total) for r in leaves.fold(ctx.uow, query)}


def every_goal_bare(house, ctx):
    year = "CAST(strftime('%Y', {week_end} * 86400, 'unixepoch') AS INTEGER)"
    if ctx.uow.dialect == "postgresql":
        year = "CAST(EXTRACT(YEAR FROM DATE '1970-01-01' + CAST({week_end} AS integer)) AS integer)"
    rows = house.bare(
        ctx.uow,
        f"SELECT {{goal}} + 0, {year}, COUNT(*), SUM({{progress}}) FROM {{history}} "
        "WHERE {known} GROUP BY 1, 2",
    )
    return {(goal, period): (records_, int(total)) for goal, period, records_, total in rows}


def every_goal_expected():
    found = {}
    for n in range(RECORDS):
        pair = (n % GOALS + 1, period_of(FIRST_DAY + n // GOALS * 7, "year"))
        records_, total = found.get(pair, (0, 0))
        found[pair] = (records_ + 1, total + then(n))
    return found


def counted(_house, ctx):
    """How many records were below a half then."""
    scope = ctx.catalog.scope(REPORT)
    where = compile_formula("progress < 50%", scope).formula
    query = Query(REPORT, where=where, as_of=REV)
    return count(ctx.uow, ctx.scope, query, tables=ctx.tables, catalog=ctx.catalog)


def counted_bare(house, ctx):
    statement = "SELECT COUNT(*) FROM {history} WHERE {known} AND {progress} < 500000"
    return house.bare(ctx.uow, statement)[0][0]


def counted_expected():
    return sum(then(n) < 500_000 for n in range(RECORDS))


QUESTIONS = {
    "400 records of one goal": (one_goal, one_goal_bare, one_goal_expected),
    "sum per goal and year, all records": (every_goal, every_goal_bare, every_goal_expected),
    "count by a condition, all records": (counted, counted_bare, counted_expected),
}


def timed(house, act):
    with house.database.read() as uow:
        ctx = house.context(uow)
        start = time.perf_counter()
        result = act(house, ctx)
        return time.perf_counter() - start, result


def measure(house):
    """The best seconds of each question, ours and by hand; answers are checked each time."""
    with house.database.read() as uow:
        history = tables_of(uow, house.catalog)[REPORT].history
        assert uow.execute(select(func.count()).select_from(history)).scalar() == RECORDS * VERSIONS
    best = {}
    expected = {name: want() for name, (_, _, want) in QUESTIONS.items()}
    for _ in range(REPEATS):  # turn and turn about, so that noise falls on all
        for name, (ours, bare, _) in QUESTIONS.items():
            for side, act in (("ours", ours), ("bare", bare)):
                taken, result = timed(house, act)
                assert result == expected[name], f"{name}, {side}: a wrong answer"
                best[name, side] = min(taken, best.get((name, side), taken))
    return best


def run():
    figures = []
    for kind in KINDS:
        with fresh(kind) as url:
            house = House(url)
            best = measure(house)
            house.database.close()
        figures += [
            Figure(
                f"as known at, {kind}: {name}",
                best[name, "ours"],
                limit_s=LIMIT_S,
                baseline_s=best[name, "bare"],
                baseline="hand-written statement",
            )
            for name in QUESTIONS
        ]
    return figures
