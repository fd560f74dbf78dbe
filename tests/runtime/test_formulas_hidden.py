"""A formula typed by somebody shows nothing of a hidden field, through computed ones neither."""

from dataclasses import replace

import pytest

from builder.catalog import Catalog
from builder.codec import decode
from runtime.context import Actor
from runtime.errors import Invalid
from runtime.formula_numbers import Sample
from runtime.formulas import Place, try_on, where_it_runs
from tests.runtime.worlds import World, entity, field, percent, ref

LABEL = {"zh-CN": "x", "en": "x"}
STAFF = {
    "kind": "role", "key": "staff", "label": LABEL, "grants": [
        {"entity": "report", "actions": ["read"], "rows": "all", "hidden_fields": ["progress"]},
        {"entity": "step", "actions": ["read"], "rows": "all"},
    ],
}  # fmt: skip
DOCUMENTS = [
    entity(
        "report", field("title", "text"), field("progress", "percent"), field("plan", "percent"),
        field("double", "formula", formula="progress * 2"),
        field("again", "formula", formula="double + plan"),
        field("late", "formula", formula="plan * 2"),
        field("steps", "child_table", entity="step"), display="title",
    ),
    entity(
        "step", ref("of", "report"), field("share", "percent"),
        field("open", "formula", formula="of.progress - share"), display="share", parent="report",
    ),
    STAFF,
]  # fmt: skip
PLACE = Place("p.report")


@pytest.fixture
def world(database):
    found = World(database, DOCUMENTS)
    definitions = [decode(each["kind"], each, pack="p") for each in DOCUMENTS]
    found.catalog = Catalog.of(definitions, revision=1)
    (report,) = found.insert(
        "report", {"title": "r", "progress": percent("0.4"), "plan": percent("0.5")}
    )
    found.update("report", report, steps=[{"of": report, "share": percent("0.1")}])
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [("double + 1", 1_800_000), ("again", 1_300_000), ("SUM(steps.open)", 300_000),
     ("SUM(steps[open > 10%].share)", 100_000)],
)  # fmt: skip
def test_a_computed_field_over_a_hidden_one_is_hidden_too(world, text, value):
    with world.writing() as ctx:
        assert try_on(ctx, PLACE, text, Sample()).explained.value == value, "for an administrator"
        staff = replace(ctx, actor=Actor(kind="user", name="li", roles=("p.staff",)))
        for act in (
            lambda: try_on(staff, PLACE, text, Sample()),
            lambda: where_it_runs(staff, PLACE, text),
        ):
            with pytest.raises(Invalid) as refused:
                act()
            (problem,) = refused.value.problems
            assert problem.code == "RUN102"
            assert "progress" not in str(problem.args)


def test_a_computed_field_over_visible_ones_is_not(world):
    with world.writing() as ctx:
        staff = replace(ctx, actor=Actor(kind="user", name="li", roles=("p.staff",)))
        assert try_on(staff, PLACE, "late + plan", Sample()).explained.value == 1_500_000
