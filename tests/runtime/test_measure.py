"""Numbers follow their records: incremental equals full, and both equal plain Python."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder.catalog import Catalog
from builder.codec import decode
from builder.diff import Plan
from dsl.values import div_half_away
from runtime import records
from runtime.after import after_publish
from runtime.decide.metrics import ONE
from runtime.decide.periods import period_of
from runtime.explain import passport
from runtime.jobs_table import HANDLERS
from runtime.measure import recompute_all
from runtime.read_metrics import list_measurements
from runtime.reading import read_ids
from store import jobs, measurements
from store.query import Query, read
from store.tables import dirty, job
from tests.runtime.worlds import (
    OFFICE_DOCUMENTS,
    SHOP_DOCUMENTS,
    World,
    day,
    entity,
    field,
    measurement,
    moment,
    percent,
    ref,
    week,
)

METRIC = "p.passed"


@pytest.fixture
def shop(database):
    world = World(database, SHOP_DOCUMENTS, now="2026-03-20T08:00:00")
    world.teams = world.insert("department", {"name": "A"}, {"name": "B"})
    world.machines = world.insert(
        "machine", *({"code": f"M{n}", "team": world.teams[n % 2]} for n in range(3))
    )
    return world


def ticket_row(world, number, machine, passed, clock):
    return {
        "number": str(number), "machine": world.machines[machine], "passed": passed,
        "checked_at": moment(clock),
    }  # fmt: skip


def shares(world):
    """Value and count by team and month."""
    return {
        (subject, period): (value, n)
        for (_, subject, period), (value, _, n, *_) in world.numbers().items()
    }


def test_a_share_per_team_and_month_with_its_leaves(shop):
    clocks = ["2026-02-28T23:59:59", "2026-03-01T00:00:00", "2026-03-01T09:00:00"]
    shop.insert(
        "ticket", *(ticket_row(shop, n, 0, n != 2, clock) for n, clock in enumerate(clocks))
    )
    assert shop.rows(measurement, "id") == []
    assert shop.work() == ["measure"]
    february, march = 2026 * 12 + 1, 2026 * 12 + 2
    team = shop.teams[0]
    assert shares(shop) == {(team, february): (ONE, 1 + 1), (team, march): (ONE // 2, 3)}
    leaves = json.loads(shop.numbers()[METRIC, team, march][4])
    assert leaves["passed"] == {
        "value": "1", "sum": None, "count": 1, "records": 1, "automatic": 0
    }  # fmt: skip


def test_one_waiting_job_does_for_many_changes_and_none_is_lost(shop):
    for number in range(3):
        shop.insert("ticket", ticket_row(shop, number, 0, True, "2026-03-02T09:00:00"))
    assert shop.rows(job, "kind", state="ready") == ["measure"]
    assert shop.work() == ["measure"]
    shop.insert("ticket", ticket_row(shop, 9, 0, False, "2026-03-02T09:00:00"))
    assert shop.work() == ["measure"]
    assert shop.rows(dirty, "metric") == []
    assert [value for value, _ in shares(shop).values()] == [750_000]


def test_a_change_that_no_input_reads_marks_nothing(shop):
    (ticket,) = shop.insert("ticket", ticket_row(shop, 1, 0, True, "2026-03-02T09:00:00"))
    shop.work()
    shop.update("ticket", ticket, number="other")
    assert shop.rows(dirty, "metric") == []
    shop.update("machine", shop.machines[0], code="other")
    assert shop.rows(dirty, "metric") == []


def test_a_machine_that_changes_team_takes_its_records_along(shop):
    shop.insert("ticket", ticket_row(shop, 1, 0, True, "2026-03-02T09:00:00"))
    shop.work()
    shop.update("machine", shop.machines[0], team=shop.teams[1])
    shop.work()
    march = 2026 * 12 + 2
    assert shares(shop) == {(shop.teams[0], march): (None, 0), (shop.teams[1], march): (ONE, 2)}
    reasons = shop.numbers()[METRIC, shop.teams[0], march][3]
    assert json.loads(reasons) == ["RUN601"]


def test_a_ticket_and_its_machine_that_move_together_leave_nothing_behind(shop):
    (ticket,) = shop.insert("ticket", ticket_row(shop, 1, 0, True, "2026-03-02T09:00:00"))
    shop.work()
    here, there = shop.machines[0], shop.machines[2]  # of the same team
    with shop.writing() as ctx:
        records.update(ctx, "p.ticket", ticket, {"machine": there})
        for machine in (here, there):
            records.update(ctx, "p.machine", machine, {"team": shop.teams[1]})
    shop.work()
    march = 2026 * 12 + 2
    assert shares(shop) == {(shop.teams[0], march): (None, 0), (shop.teams[1], march): (ONE, 2)}


def test_the_last_record_gone_leaves_a_number_without_value(shop):
    (ticket,) = shop.insert("ticket", ticket_row(shop, 1, 0, True, "2026-03-02T09:00:00"))
    shop.work()
    shop.delete("ticket", ticket)
    shop.work()
    assert list(shares(shop).values()) == [(None, 0)]
    versions = shop.rows(measurement, "value", "current", metric=METRIC)
    assert sorted(versions, key=str) == sorted([(ONE, False), (None, True)], key=str)


# --- every way a record can matter ----------------------------------------------------------
def number(key, formula):
    """A computed number."""
    return field(key, "formula", formula=formula, decimals=2)


def ways(cost="SUM(lines.cost)"):
    """Metrics over lookups, rollups and computed fields of computed fields; `cost` is one."""
    leaf = {"label": {"en": "x"}, "from": "ticket", "subject": "machine.team", "date": "checked_at"}
    metric = {"kind": "metric", "label": {"en": "x"}, "grain": "month", "decimals": 3}
    inputs = {
        "passed": {**leaf, "where": "passed", "agg": "count", "label": {"en": "p"}},
        "all": {**leaf, "agg": "count", "label": {"en": "a"}},
    }
    load = {
        "cost": {**leaf, "agg": "sum", "value": "cost", "label": {"en": "c"}},
        "busy": {**leaf, "agg": "count", "where": "busy > 1 OR home = 'B'", "label": {"en": "b"}},
        "kinds": {**leaf, "agg": "count", "distinct": "cost", "label": {"en": "k"}},
    }
    visits = {
        "agg": "sum",
        "value": "ticket.cost",
        "from": "visit",
        "subject": "ticket.machine",
        "date": "ticket.checked_at",
        "label": {"en": "v"},
    }
    return [
        entity("part", field("name", "text"), field("price", "decimal")),
        entity(
            "machine", field("code", "text"), field("team", "department"),
            field("tickets", "incoming", entity="ticket", by="machine"),
            number("passes", "COUNT(tickets[passed])"),
            number("dear", "COUNT(tickets[cost > this.passes])"),
            field("spent", "rollup", of="tickets", agg="sum", value="cost"), display="code",
        ),
        entity(
            "ticket", field("number", "text"), ref("machine", "machine"),
            field("passed", "boolean"), field("checked_at", "datetime"),
            field("lines", "child_table", entity="line"), number("cost", cost),
            field("busy", "lookup", path="machine.passes"),
            field("home", "lookup", path="machine.team.name"), display="number",
        ),
        entity(
            "line", ref("part", "part"), field("count", "integer"),
            number("cost", "count * part.price"), display="count", parent="ticket",
        ),
        entity("visit", ref("ticket", "ticket"), field("by", "text"), display="by"),
        {
            **metric, "key": "passed", "subject": "department", "inputs": inputs,
            "versions": [{"from": "2020-01-01", "formula": "passed / all"}],
        },
        {
            **metric, "key": "load", "subject": "department", "inputs": load,
            "versions": [{"from": "2020-01-01", "formula": "cost + busy * 1000 + kinds"}],
        },
        {
            **metric, "key": "visits", "subject": "machine", "inputs": {"visits": visits},
            "scope": "passes < 4 AND dear < 2",
            "versions": [{"from": "2020-01-01", "formula": "visits", "target": "spent"}],
        },
    ]  # fmt: skip


def catalog_of(documents, revision=1):
    return Catalog.of([decode(d["kind"], d, pack="p") for d in documents], revision=revision)


COSTS = {text: catalog_of(ways(text)) for text in ("SUM(lines.cost)", "MAX(lines.cost) + 1")}
METRICS = ("p.passed", "p.load", "p.visits")
SETTABLE = {
    "team": ("p.machine", "machines"),
    "price": ("p.part", "parts"),
    "name": ("department", "teams"),
}


@pytest.fixture
def plant(database):
    world = World(database, ways(), now="2026-03-20T08:00:00")
    world.teams = world.insert("department", {"name": "A"}, {"name": "B"})
    world.machines = world.insert(
        "machine", *({"code": f"M{n}", "team": world.teams[n % 2]} for n in range(3))
    )
    world.parts = world.insert("part", {"name": "a", "price": 20_000}, {"name": "b"})
    return world


CLOCKS = st.sampled_from(["2026-02-28T23:30:00", "2026-03-01T00:30:00", "2026-03-15T12:00:00"])
writes = st.one_of(
    st.tuples(
        st.just("ticket"), st.integers(0, 3), st.integers(0, 2), st.booleans(), CLOCKS,
        st.lists(st.tuples(st.integers(0, 1), st.integers(-2, 3)), max_size=2),
    ),
    st.tuples(st.just("drop"), st.integers(0, 3)),
    st.tuples(st.just("visit"), st.integers(0, 3)),
    st.tuples(st.just("see"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("set"), st.just("team"), st.integers(0, 2), st.integers(0, 1)),
    st.tuples(st.just("set"), st.just("price"), st.integers(0, 1), st.integers(0, 30_000)),
    st.tuples(st.just("set"), st.just("name"), st.integers(0, 1), st.sampled_from("AB")),
)  # fmt: skip
ops = st.lists(
    st.one_of(
        writes,
        st.tuples(st.just("together"), st.lists(writes, min_size=2, max_size=4)),
        st.tuples(st.just("cost"), st.sampled_from(sorted(COSTS))),
        st.tuples(st.just("measure")),
    ),
    max_size=12,
)
MORNING, EVENING = "2026-02-28T23:30:00", "2026-03-15T12:00:00"
MOVES = (  # what moved, and what it came from or went to, in one unit of work
    [("ticket", 0, 1, True, EVENING, []), ("set", "team", 0, 1)],
    [("set", "team", 0, 1), ("ticket", 0, 2, True, EVENING, []), ("set", "team", 2, 1)],
    [("set", "team", 0, 1), ("drop", 0)],
    [("see", 0, 1), ("ticket", 0, 2, True, EVENING, [(0, 2)])],
)


def with_moves(test):
    """The moves as examples, after everything was measured."""
    for moves in MOVES:
        made = [("ticket", n, n, True, MORNING, [(0, 1)]) for n in range(2)]
        test = example([*made, ("visit", 0), ("measure",), ("together", moves)])(test)
    return test


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@with_moves
@given(script=ops)
def test_incremental_equals_full_equals_plain_python(plant, script):
    with plant.writing() as first:
        first.uow.rev()  # what follows a change follows at once, as on SQLite
        ctx = run_script(replace(first, catalog=COSTS["SUM(lines.cost)"]), plant, script)
        work(ctx)
        incremental = {metric: state_of(ctx, metric) for metric in METRICS}
        passed = incremental["p.passed"]
        assert {pair: n[:2] for pair, n in passed.items() if n[1]} == naive(ctx, plant)
        assert {metric: recompute_all(ctx, metric) for metric in METRICS} == dict.fromkeys(
            METRICS, 0
        )
        ctx.uow.execute(measurement.delete())
        for metric in METRICS:
            recompute_all(ctx, metric)
            full = {pair: n for pair, n in state_of(ctx, metric).items() if n[1]}
            assert full == {pair: n for pair, n in incremental[metric].items() if n[1]}
        ctx.uow.roll_back()


def run_script(ctx, plant, script):
    """Do one thing after the other; the context with the catalog that is in force then."""
    tickets, visits = {}, {}
    for op, *args in script:
        if op == "together":
            told = []
            apart = replace(ctx, after=lambda _, changes, told=told: told.extend(changes))
            for each, *its in args[0]:
                run_op(apart, plant, (tickets, visits), each, its)
            ctx.after(ctx, told)
        elif op == "cost":
            before, ctx = ctx.catalog, replace(ctx, catalog=COSTS[args[0]])
            plan = Plan((), added=(), changed=(("entity", "p.ticket"),), removed=())
            after_publish(ctx, plan, before=before)
        else:
            run_op(ctx, plant, (tickets, visits), op, args)
    return ctx


def run_op(ctx, plant, made, op, args):
    tickets, visits = made
    match op:
        case "ticket":
            number, machine, passed, clock, lines = args
            row = ticket_row(plant, number, machine, passed, clock)
            row["lines"] = [{"part": plant.parts[part], "count": count} for part, count in lines]
            if number in tickets:
                records.update(ctx, "p.ticket", tickets[number], row)
            else:
                tickets[number] = records.insert(ctx, "p.ticket", [row])[0].id
        case "drop" if args[0] in tickets:
            records.remove(ctx, "p.ticket", tickets.pop(args[0]))
        case "visit" if args[0] in tickets:
            visits[args[0]] = records.insert(ctx, "p.visit", [{"ticket": tickets[args[0]]}])[0].id
        case "see" if args[0] in visits and args[1] in tickets:
            records.update(ctx, "p.visit", visits[args[0]], {"ticket": tickets[args[1]]})
        case "set":
            key, place, value = args
            name, ids = SETTABLE[key]
            new = plant.teams[value] if key == "team" else value
            records.update(ctx, name, getattr(plant, ids)[place], {key: new})
        case "measure":
            work(ctx)


def work(ctx):
    """Do what waits to be measured."""
    while True:
        found = jobs.claim(ctx.uow, now=ctx.now, real_now=2**60, owner="t", kinds=("measure",))
        if found is None:
            return
        HANDLERS["measure"](ctx, found.payload)
        jobs.done(ctx.uow, found, at=ctx.now)


def state_of(ctx, metric):
    found = measurements.read_series(ctx.uow, metric)
    return {(m.subject_id, m.period): (m.value, m.n, m.target, m.leaves) for m in found}


def naive(ctx, plant):
    """The share of what passed by plain loops."""
    page = read(
        ctx.uow, ctx.scope, Query("p.ticket", ("machine", "passed", "checked_at")),
        tables=ctx.tables, catalog=ctx.catalog,
    )  # fmt: skip
    team_of = {
        row["id"]: row["team"] for row in read_ids(ctx, "p.machine", plant.machines, ("team",))
    }
    groups = {}
    for row in page.rows:
        local_day = (row["checked_at"] + 8 * 3_600_000_000) // 86_400_000_000
        key = (team_of[row["machine"]], period_of(local_day, "month"))
        groups.setdefault(key, []).append(row["passed"] is True)
    return {
        key: (div_half_away(sum(own) * 1000, len(own)) * 1000, len(own) + sum(own))
        for key, own in groups.items()
    }


# --- every aggregate ---------------------------------------------------------------------------
SCORES = [
    entity("team", field("name", "text")),
    entity(
        "score", ref("team", "team"), field("on", "date"), field("points", "decimal"),
        field("kind", "text"), display="kind",
    ),
    {
        "kind": "metric", "key": "all", "label": {"en": "all"}, "subject": "team", "grain": "week",
        "decimals": 6,
        "inputs": {
            key: {"label": {"en": key}, "from": "score", "agg": agg, "subject": "team",
                  "date": "on", **({} if agg == "count" else {"value": "points"}), **more}
            for key, agg, more in (
                ("n", "count", {}), ("kinds", "count", {"distinct": "kind"}), ("total", "sum", {}),
                ("mean", "avg", {}), ("least", "min", {}), ("most", "max", {}),
                ("last", "latest", {}), ("kept", "latest", {"carry": True}),
            )
        },
        "versions": [{"from": "2020-01-01", "formula": "n"}],
    },
]  # fmt: skip


def test_every_aggregate(database):
    world = World(database, SCORES, now="2026-02-20T09:00:00")
    (team,) = world.insert("team", {"name": "t"})
    rows = [
        ("2026-02-02", 15_000, "a"), ("2026-02-03", None, "b"), ("2026-02-08", -25_000, "a"),
        ("2026-02-08", 70_001, "c"),
    ]  # fmt: skip
    world.insert(
        "score",
        *({"team": team, "on": day(on), "points": p, "kind": k} for on, p, k in rows),
    )
    world.work()
    numbers = world.numbers()
    leaves = json.loads(numbers["p.all", team, week("2026-02-08")][4])
    assert {key: leaf["value"] for key, leaf in leaves.items()} == {
        "n": "4", "kinds": "3", "total": "6.0001", "mean": "2.000033", "least": "-2.5",
        "most": "7.0001", "last": "7.0001", "kept": "7.0001",
    }  # fmt: skip
    following = json.loads(numbers["p.all", team, week("2026-02-15")][4])
    assert (following["kept"]["value"], following["last"]["value"]) == ("7.0001", None)


def test_sums_do_not_overflow(database):
    world = World(database, SCORES, now="2026-02-20T09:00:00")
    (team,) = world.insert("team", {"name": "t"})
    huge = 9_000_000_000_000_000  # 900 billion
    rows = [{"team": team, "on": day("2026-02-02"), "points": huge, "kind": "x"}] * 30
    world.insert("score", *rows)
    world.work()
    leaves = json.loads(world.numbers()["p.all", team, week("2026-02-02")][4])
    assert leaves["total"]["value"] == "27000000000000"
    assert leaves["mean"]["value"] == "900000000000"


def test_a_carried_number_goes_on_into_closed_weeks(database):
    world = World(database, SCORES, now="2026-02-09T00:05:00")
    (team,) = world.insert("team", {"name": "t"})
    world.insert("score", {"team": team, "on": day("2026-02-03"), "points": 10_000, "kind": "x"})
    world.work()
    assert {period for _, _, period in world.numbers()} == {week("2026-02-03")}
    for week_end in ("2026-02-08", "2026-02-15"):
        world.close_week(week_end)
    kept = {
        period: json.loads(leaves)["kept"]["value"]
        for (_, _, period), (*_, leaves, _share) in world.numbers().items()
    }
    assert kept == {week("2026-02-03"): "1", week("2026-02-15"): "1"}
    with world.writing() as ctx:
        assert recompute_all(ctx, "p.all") == 0


def test_targets_scope_and_dates_of_the_subject(database):
    world = World(database, OFFICE_DOCUMENTS, now="2026-02-20T09:00:00")
    (goal,) = world.insert(
        "goal", {"name": "g", "start": day("2026-02-02"), "end": day("2026-02-12")}
    )
    for on in ("2026-01-25", "2026-02-08", "2026-02-15", "2026-02-22"):
        row = {"goal": goal, "week_end": day(on), "progress": percent("0.5")}
        world.insert("report", row)
    world.work()
    found = {
        period: (value, target, json.loads(reasons))
        for (_, _, period), (value, target, _, reasons, *_) in world.numbers().items()
    }
    half = percent("0.5")
    assert found == {
        week("2026-01-25"): (None, None, ["RUN602"]),
        week("2026-02-08"): (half, 600_000, []),
        week("2026-02-15"): (half, ONE, []),
        week("2026-02-22"): (None, None, ["RUN602"]),
    }
    world.update("goal", goal, end=day("2026-03-31"))
    world.work()
    assert world.numbers()["p.progress", goal, week("2026-02-22")][0] == half


def test_a_number_has_the_colour_its_subject_gives_it(database):
    documents = json.loads(json.dumps(OFFICE_DOCUMENTS))
    (metric,) = (each for each in documents if each["kind"] == "metric")
    metric["versions"][0]["bands"] = {
        "red": "subject.weight > 0.5 AND value < 0.8",
        "yellow": "COUNT(subject.points) > 0",
    }
    world = World(database, documents, now="2026-02-20T09:00:00")
    goals = world.insert("goal", *({"name": n, "weight": percent(n)} for n in ("0.6", "0.4")))
    row = {"week_end": day("2026-02-15"), "progress": percent("0.5")}
    world.insert("report", *({"goal": goal, **row} for goal in goals))
    world.work()
    (first, _) = world.rows(measurement, "uid")

    def colours():
        with world.writing() as ctx:
            items = list_measurements(ctx, "p.progress")["items"]
            assert passport(ctx, first).band == items[0]["band"]
            return [item["band"] for item in items]

    assert colours() == ["red", "green"]
    world.update("goal", goals[0], weight=percent("0.4"))
    world.update("goal", goals[1], points=[{"on": day("2026-02-15"), "share": percent("1")}])
    assert colours() == ["green", "yellow"]


def test_a_new_formula_is_measured_anew(shop):
    shop.insert("ticket", ticket_row(shop, 1, 0, False, "2026-03-02T09:00:00"))
    shop.work()
    old = shop.catalog.metrics[METRIC]
    version = replace(old.versions[0], formula="(all - passed) / all")
    changed = replace(old, versions=(version,))
    kept = [d for d in shop.catalog.definitions() if d.name != METRIC]
    shop.publish(Catalog.of([*kept, changed], revision=2), changed=[("metric", METRIC)])
    assert shop.work() == ["measure"]
    assert [value for value, _ in shares(shop).values()] == [ONE]
