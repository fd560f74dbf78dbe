"""Working days in metrics and conditions, by the metric's calendar and with marked days."""

import pytest

from builder.catalog import Catalog
from builder.codec import decode
from builder.errors import BrokenDefinitionError
from builder.model.others import Calendar
from dsl.backends.python import program
from dsl.calendars import parameter_of
from dsl.formula import compile_formula
from runtime.decide.metrics import ONE
from runtime.errors import NotFound
from runtime.formulas import Place, compiled
from runtime.marked_days import mark_year
from store.query import Query, read
from store.system_scope import SYSTEM
from tests.runtime.worlds import World, day, entity, field, ref

LABEL = {"zh-CN": "x", "en": "x"}
FOUR_DAYS = {
    "kind": "calendar", "key": "four", "label": {"zh-CN": "四天制", "en": "Four days"},
    "workdays": [1, 2, 3, 4], "holidays": "none", "days": {"2026-03-07": True},
}  # fmt: skip
METRIC = {
    "kind": "metric", "key": "pace", "label": LABEL, "subject": "job", "grain": "week",
    "calendar": "four", "decimals": 0,
    "inputs": {"taken": {
        "label": LABEL, "from": "trip", "agg": "sum", "value": "NETWORKDAYS(first, last)",
        "subject": "job", "date": "last",
    }},
    "versions": [{
        "from": "2020-01-01",
        "formula": "taken * 100 + NETWORKDAYS(PERIOD_START(), PERIOD_END(), 'office')",
        "target": "NETWORKDAYS(PERIOD_START(), PERIOD_END())",
    }],
}  # fmt: skip
DOCUMENTS = [
    entity("job", field("name", "text"), field("due", "date")),
    entity(
        "trip", ref("job", "job"), field("first", "date"), field("last", "date"),
        field("office_days", "formula", formula="NETWORKDAYS(first, last)"), display="first",
    ),
    FOUR_DAYS,
    METRIC,
]  # fmt: skip


def value_and_target(world):
    ((value, target, *_),) = world.numbers().values()
    return value // ONE, target // ONE


def test_working_days_by_the_calendar_of_the_metric(database):
    world = World(database, DOCUMENTS, now="2026-03-20T08:00:00")
    (job,) = world.insert("job", {"name": "j"})
    (trip,) = world.insert(
        "trip", {"job": job, "first": day("2026-03-01"), "last": day("2026-03-08")}
    )
    world.work()
    # Monday to Thursday and the marked Saturday; the office works from Monday to Friday
    assert value_and_target(world) == (5 * 100 + 5, 5)
    with world.writing() as ctx:
        page = read(
            ctx.uow, SYSTEM, Query("p.trip", select=("office_days",), ids=(trip,)),
            tables=ctx.tables, catalog=ctx.catalog, params=ctx.params,
        )  # fmt: skip
        assert page.rows[0]["office_days"] == 5
        mark_year(ctx, "p.four", 2026, {"2026-03-05": False})
        mark_year(ctx, "office", 2026, {"2026-03-08": True})
    assert world.work() == ["measure"]
    assert value_and_target(world) == (4 * 100 + 6, 4), "people marked two days"
    with world.writing() as ctx:
        assert mark_year(ctx, "office", 2026, {"2026-03-08": True})["holidays_known"]
    assert world.work() == [], "nothing was marked anew"
    with world.writing() as ctx:
        cleared = mark_year(ctx, "p.four", 2026, {})
    saturday = {"day": "2026-03-07", "workday": True, "source": "calendar", "unmarked": True}
    assert cleared["items"] == [saturday]
    world.work()
    assert value_and_target(world) == (5 * 100 + 6, 5)


@pytest.mark.parametrize("calendar", ["four", "office"])
def test_numbers_follow_a_published_calendar(database, calendar):
    world = World(database, DOCUMENTS, now="2026-03-20T08:00:00")
    (job,) = world.insert("job", {"name": "j"})
    world.insert("trip", {"job": job, "first": day("2026-03-01"), "last": day("2026-03-08")})
    world.work()
    before = value_and_target(world)
    free = {**FOUR_DAYS, "key": calendar, "workdays": [1], "days": {}}
    documents = [*DOCUMENTS[:2], *([] if calendar == "four" else [FOUR_DAYS]), METRIC, free]
    pack = "p" if calendar == "four" else ""
    definitions = [
        decode(each["kind"], each, pack=pack if each is free else "p") for each in documents
    ]
    changed = [d for d in definitions if isinstance(d, Calendar) and d.name.endswith(calendar)]
    world.publish(Catalog.of(definitions, revision=2), changed=[("calendar", changed[0].name)])
    world.work()
    assert before == (505, 5)
    assert value_and_target(world) == ((105, 1) if calendar == "four" else (501, 5))


def test_an_editor_counts_by_the_calendar_of_the_metric(database):
    world = World(database, DOCUMENTS, now="2026-03-20T08:00:00")
    text = "NETWORKDAYS(subject.due, TODAY()) > 3 AND value > target"
    with world.writing() as ctx:
        for metric, calendar in (("p.pace", "p.four"), (None, "office")):
            place = Place("p.job", "rule", metric=metric)
            _, whole = compiled(ctx, place, text)
            assert parameter_of(calendar) in whole.needs.params
        with pytest.raises(NotFound):
            compiled(ctx, Place("p.job", "rule", metric="p.none"), text)


def test_the_catalog_knows_a_calendar_by_several_names(database):
    world = World(database, DOCUMENTS, now="2026-03-20T08:00:00")
    scope = world.catalog.scope("p.job")
    with world.writing() as ctx:
        for name in ("p.four", "four", "四天制", "Four days"):
            formula = compile_formula(f"ISWORKDAY(due, '{name}')", scope).formula
            assert formula.canonical == "ISWORKDAY(due, 'p.four')"
            days = [day(f"2026-03-0{n}") for n in (5, 6, 7)]
            outcomes = [program(formula).evaluate({"due": each}, ctx.params) for each in days]
            assert [outcome.value for outcome in outcomes] == [True, False, True]


def test_a_metric_that_names_no_calendar_of_the_catalog_is_refused():
    target = "NETWORKDAYS(PERIOD_START(), PERIOD_END(), 'fuor')"
    wrong = {**METRIC, "versions": [{**METRIC["versions"][0], "target": target}]}
    definitions = [decode(each["kind"], each, pack="p") for each in [*DOCUMENTS[:3], wrong]]
    catalog = Catalog.of(definitions, revision=1)
    with pytest.raises(BrokenDefinitionError) as refused:
        catalog.compiled_metric("p.pace")
    (problem,) = refused.value.diagnostics
    assert (problem.code, problem.pointer) == ("DSL134", "/versions/0/target")
    assert "'four'" in problem.text("en")
