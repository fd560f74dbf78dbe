from dataclasses import replace

from builder import codec
from builder.catalog import Catalog
from builder.diff import (
    AddEntity,
    AddField,
    ChangeUnique,
    HideEntity,
    HideField,
    RetypeField,
    diff,
)
from builder.model.entity import Field
from tests.builder import samples

GOAL = codec.decode("entity", samples.GOAL, pack="perf")
POINT = codec.decode("entity", samples.PLAN_POINT, pack="perf")


def catalog(*definitions):
    return Catalog.of(definitions, revision=1)


def test_nothing_changes_between_a_catalog_and_itself():
    assert diff(catalog(GOAL, POINT), catalog(GOAL, POINT)).empty


def test_the_first_plan_makes_the_built_in_tables_too():
    plan = diff(None, catalog(GOAL))
    made = {step.entity.name for step in plan.steps if isinstance(step, AddEntity)}
    assert {"person", "department", "plan_item", "perf.goal"} <= made
    assert not any(name.startswith("sys.") for name in made)
    assert plan.added == (("entity", "perf.goal"),)


def with_field(key, **settings):
    fields = tuple(replace(f, **settings) if f.key == key else f for f in GOAL.fields)
    return replace(GOAL, fields=fields)


def test_fields_come_and_go():
    new = Field(key="x_extra", type="text", label={})
    wider = replace(GOAL, fields=(*GOAL.fields, new))
    assert diff(catalog(GOAL), catalog(wider)).steps == (AddField("perf.goal", new),)
    assert diff(catalog(wider), catalog(GOAL)).steps == (HideField("perf.goal", "x_extra"),)
    hidden = with_field("reason", hidden=True)
    assert diff(catalog(GOAL), catalog(hidden)).steps == (HideField("perf.goal", "reason"),)
    back = diff(catalog(hidden), catalog(GOAL))
    assert back.steps == (AddField("perf.goal", GOAL.field("reason")),)
    assert back.changed == (("entity", "perf.goal"),)


def test_only_another_storage_is_another_type():
    longer = with_field("name", type="long_text")
    assert diff(catalog(GOAL), catalog(longer)).steps == ()
    dated = with_field("name", type="date")
    assert diff(catalog(GOAL), catalog(dated)).steps == (
        RetypeField("perf.goal", GOAL.field("name"), dated.field("name")),
    )
    amount = with_field("weight", type="money")
    assert isinstance(diff(catalog(GOAL), catalog(amount)).steps[0], RetypeField)
    assert diff(catalog(GOAL), catalog(with_field("weight", decimals=4))).steps == ()


def test_computed_fields_and_child_tables_have_no_columns():
    bare = replace(
        GOAL, fields=tuple(f for f in GOAL.fields if f.key not in {"days", "plan_points"})
    )
    assert diff(catalog(bare), catalog(GOAL)).steps == ()


def test_entities_and_unique_keys():
    assert diff(catalog(GOAL, POINT), catalog(GOAL)).steps == (HideEntity("perf.plan_point"),)
    other = replace(GOAL, unique=())
    assert diff(catalog(GOAL), catalog(other)).steps == (
        ChangeUnique("perf.goal", GOAL.unique, ()),
    )
