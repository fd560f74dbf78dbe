import pytest

from builder import codec
from builder.catalog import Catalog
from builder.compiled import CompiledEventRule, CompiledPeriodRule
from builder.errors import BrokenDefinitionError
from builder.packs import load
from dsl.types import MEASUREMENT_SCALE, Number, Reference
from tests.builder import samples


@pytest.fixture(scope="module")
def catalog():
    return Catalog.of(load(samples.files()).definitions, revision=7)


def test_names_resolve_same_pack_first_then_built_in(catalog):
    assert catalog.resolve("goal", "perf") == "perf.goal"
    assert catalog.resolve("person", "perf") == "person"
    assert catalog.resolve("perf.goal", "other") == "perf.goal"
    assert catalog.resolve("goal", "other") is None
    assert catalog.revision == 7
    assert catalog.entity("sys.task").system


def test_definitions_are_those_that_are_not_built_in(catalog):
    again = Catalog.of(catalog.definitions(), revision=8)
    assert again.definitions() == catalog.definitions()
    assert "person" not in {d.name for d in catalog.definitions()}


def test_a_scope_knows_keys_and_labels(catalog):
    scope = catalog.scope("perf.goal")
    assert scope is catalog.scope("perf.goal")
    assert scope.find("责任人")[0].type == Reference("person")
    assert scope.find("Weight")[0].key == "weight"
    assert scope.entity_of("person") is catalog.scope("person")
    assert scope.entity_of("nothing") is None


def test_a_metric_is_compiled_once(catalog):
    metric = catalog.compiled_metric("perf.goal_progress")
    assert metric is catalog.compiled_metric("perf.goal_progress")
    version = metric.version_at(20_500)
    assert version is metric.versions[0]
    assert metric.version_at(0) is None
    assert version.formula.needs.paths == ("progress",)
    assert version.formula.type.scale == MEASUREMENT_SCALE
    assert version.target.needs.params == {"period_end"}
    assert set(version.bands) == {"red", "yellow"}
    leaf = metric.inputs["progress"]
    assert (leaf.subject_path, leaf.date_path, leaf.date_type) == ("goal", "week_end", "date")
    assert leaf.value.type.scale == MEASUREMENT_SCALE


def test_rules_are_compiled(catalog):
    period = catalog.compiled_rule("perf.behind_plan")
    assert isinstance(period, CompiledPeriodRule)
    assert set(period.enter.needs.paths) == {"value", "target"}
    event = catalog.compiled_rule("perf.dim_alarm_x3")
    assert isinstance(event, CompiledEventRule)
    assert event.subject_entity == "perf.machine"
    (breaker,) = event.breakers
    assert (breaker.subject_path, breaker.at) == ("station", "checked_at")
    assert set(event.card_filters["0/1"].needs.paths) == {"batch", "event.batch"}


def test_the_semantic_hash_ignores_spelling_and_actions(catalog):
    before = catalog.compiled_rule("perf.behind_plan").semantic_hash

    def changed(**more):
        rule = codec.decode("rule", {**samples.BEHIND, **more}, pack="perf")
        others = [d for d in catalog.definitions() if d.name != rule.name]
        return Catalog.of([*others, rule], revision=1).compiled_rule(rule.name).semantic_hash

    assert changed(enter="value<target*(1-20%)", actions=[]) == before
    assert changed(enter="value < target × (1 − 21%)") != before
    assert changed(quantifier={"consecutive": 3}) != before


def test_a_form_is_compiled_with_the_computed_fields_of_its_entity(catalog):
    form = catalog.compiled_form("perf.goal_form")
    assert [rule.id for rule, _ in form.conditions] == ["r1"]
    assert [rule.id for rule, _ in form.checks] == ["r2"]
    assert set(form.computed["days"].needs.paths) == {"start", "end"}


def test_computed_fields_are_written_out_in_other_formulas(catalog):
    compiled = catalog.row_formula("goal.days > 10", "perf.weekly_report")
    assert set(compiled.formula.needs.paths) == {"goal.start", "goal.end"}
    assert isinstance(catalog.field_type("perf.goal", "days"), Number)
    assert catalog.computed_field("perf.goal", "name") is None


def test_roles_carry_their_row_conditions(catalog):
    role = catalog.compiled_role("perf.manager")
    assert role.condition(role.role.grants[0]) is None
    assert role.condition(role.role.grants[1]).needs.paths == ("weight",)


def test_who_depends_on_what(catalog):
    assert catalog.metrics_reading("perf.weekly_report") == (("perf.goal_progress", "progress"),)
    assert catalog.metrics_reading("person") == ()
    assert catalog.period_rules_on("perf.goal_progress") == ("perf.behind_plan",)
    assert catalog.event_rules_on("perf.alarm") == ("perf.dim_alarm_x3",)
    assert catalog.event_rules_on("perf.qc_ticket") == ("perf.dim_alarm_x3",)


def test_a_broken_definition_is_an_exception_with_its_diagnostics():
    metric = codec.decode("metric", samples.PROGRESS, pack="perf")
    with pytest.raises(BrokenDefinitionError):
        Catalog.of([metric], revision=1).compiled_metric(metric.name)


def test_formulas_typed_by_users_do_not_fill_the_memory(catalog):
    first = catalog.row_formula("weight > 0", "perf.goal")
    assert catalog.row_formula("weight > 0", "perf.goal") is first
    for number in range(1, 1_200):
        catalog.row_formula(f"weight > {number}", "perf.goal")
    assert catalog.row_formula("weight > 0", "perf.goal") is not first


def test_formulas_are_compiled_only_when_used():
    rules = [
        codec.decode("rule", {**samples.BEHIND, "key": f"r{n}", "enter": "(((("}, pack="perf")
        for n in range(50)
    ]
    assert Catalog.of(rules, revision=1).period_rules_on("perf.goal_progress")
