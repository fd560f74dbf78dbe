"""Rules and entities off the beaten path of the sample pack."""

import json

import pytest

from builder import codec
from builder.catalog import Catalog
from builder.check import check
from builder.compiled import CompiledNowRule
from builder.errors import BrokenDefinitionError
from builder.packs import load
from builder.sentence import sentence
from tests.builder import samples

NOW = {
    "kind": "rule",
    "key": "heavy",
    "entity": "goal",
    "enter": "weight > 50%",
    "exit": "weight <= 50%",
    "enabled": False,
    "limits": {"storm": 5},
    "actions": [
        {"type": "notify", "to": ["owner", "subject.owner.manager"], "template": "behind_plan"},
        {
            "type": "task_card",
            "to": "subject.owner",
            "due": {"hours": 4, "calendar": "office"},
            "steps": [
                {"type": "confirm", "label": {"en": "Seen"}},
                {"type": "records", "entity": "weekly_report", "where": "goal.name = subject.name"},
            ],
        },
    ],
}
SCORED = {
    "kind": "entity",
    "key": "scored",
    "display": "name",
    "fields": [
        {"key": "name", "type": "text", "default": "'new'"},
        {"key": "goal", "type": "reference", "entity": "goal"},
        {"key": "rows", "type": "child_table", "entity": "score_row"},
        {"key": "twice", "type": "formula", "formula": "SUM(rows.double)", "decimals": 2},
        {"key": "late", "type": "formula", "formula": "IF(goal.days > 10, twice × 2, 0)"},
    ],
}
SCORE_ROW = {
    "kind": "entity",
    "key": "score_row",
    "display": "points",
    "parent": "scored",
    "fields": [
        {"key": "points", "type": "decimal"},
        {"key": "double", "type": "formula", "formula": "points × 2"},
    ],
}


def files(**more):
    written = {
        name.replace("__", "/") + ".json": json.dumps(d).encode() for name, d in more.items()
    }
    return samples.files() | written


@pytest.fixture(scope="module")
def catalog():
    made = files(rules__heavy=NOW, entities__scored=SCORED, entities__score_row=SCORE_ROW)
    pack = load(made)
    assert check(pack.definitions, manifests={}) == []
    return Catalog.of(pack.definitions, revision=1)


def test_a_now_rule_is_compiled_although_it_is_off(catalog):
    rule = catalog.compiled_rule("perf.heavy")
    assert isinstance(rule, CompiledNowRule)
    assert set(rule.card_filters["1/1"].needs.paths) == {"goal.name", "subject.name"}
    assert codec.decode("rule", codec.encode(rule.rule), pack="perf") == rule.rule
    said = sentence(catalog, rule.rule)
    assert said.text("zh-CN").startswith("当「个人目标」满足 权重 > 50% 时告警")
    assert "notify Owner, Owner's Manager" in said.text("en")


def test_computed_fields_reach_into_child_rows_and_references(catalog):
    formula = catalog.computed_field("perf.scored", "late")
    assert set(formula.needs.paths) == {"goal.start", "goal.end"}
    assert formula.needs.rows["rows"].paths == ("points",)
    assert catalog.field_type("perf.scored", "twice").scale == 2
    behind = catalog.row_formula("SUM(rows[points > 1].double) + late", "perf.scored").formula
    assert behind.needs.rows["rows"].paths == ("points",)


def test_computed_rows_are_reached_through_a_reference():
    holder = {
        "kind": "entity",
        "key": "holder",
        "display": "what",
        "fields": [
            {"key": "what", "type": "reference", "entity": "scored"},
            {"key": "own", "type": "formula", "formula": "what.late + 1"},
        ],
    }
    made = files(entities__holder=holder, entities__scored=SCORED, entities__score_row=SCORE_ROW)
    whole = Catalog.of(load(made).definitions, revision=1)
    formula = whole.computed_field("perf.holder", "own")
    assert set(formula.needs.paths) == {"what.goal.start", "what.goal.end"}
    assert formula.needs.rows["what.rows"].paths == ("points",)


def test_a_computed_field_through_its_own_entity_is_a_cycle():
    looping = {
        "kind": "entity",
        "key": "link",
        "display": "up",
        "fields": [
            {"key": "up", "type": "reference", "entity": "link"},
            {"key": "depth", "type": "formula", "formula": "up.depth + 1"},
        ],
    }
    found = check(load(files(entities__link=looping)).definitions, manifests={})
    assert [(d.code, d.pointer) for d in found] == [("BLD207", "/fields/1/formula")]


def changed(document, **more):
    return {**json.loads(json.dumps(document)), **more}


def breaker(**more):
    quantifier = {"events": 3, "within": "PT8H", "broken_by": [{"events": "qc_ticket", **more}]}
    return changed(samples.ALARM_X3, quantifier=quantifier)


TIMELESS = {
    "kind": "entity",
    "key": "qc_ticket",
    "display": "station",
    "log": True,
    "fields": [{"key": "station", "type": "reference", "entity": "machine"}],
}


@pytest.mark.parametrize(
    ("rule", "more", "wanted"),
    [
        (breaker(subject="station", at="checked_at"), {}, []),
        (breaker(subject="batch"), {}, [("BLD204", "/quantifier/broken_by/0/subject")]),
        (breaker(at="batch"), {}, [("BLD205", "/quantifier/broken_by/0/at")]),
        (
            changed(samples.ALARM_X3, subject=""),
            {},
            [("BLD231", "/subject")],
        ),
        (changed(samples.ALARM_X3, events="alrm"), {}, [("BLD202", "/events")]),
        (
            breaker(),
            {"entities__qc_ticket": TIMELESS},
            [("BLD222", "/quantifier/broken_by/0")],
        ),
    ],
)
def test_breakers_and_subjects(rule, more, wanted):
    made = files(rules__dim_alarm_x3=rule, **more)
    found = check(load(made).definitions, manifests={})
    mine = [(d.code, d.pointer) for d in found if d.file == "perf/rules/dim_alarm_x3.json"]
    assert [row for row in mine if row[1] != "/actions/0/steps/1/where"] == wanted


def test_a_rule_without_its_metric_is_broken():
    rule = codec.decode("rule", changed(samples.BEHIND, signal="goal_progress"), pack="perf")
    metric = codec.decode("metric", changed(samples.PROGRESS, subject="nothing"), pack="perf")
    with pytest.raises(BrokenDefinitionError) as caught:
        Catalog.of([rule, metric], revision=1).compiled_rule("perf.behind_plan")
    assert caught.value.name == "perf.behind_plan"


def test_a_tree_of_metrics_without_a_root_is_found():
    def child_of(key, parent):
        return changed(samples.PROGRESS, key=key, parent=parent)

    made = files(
        metrics__goal_progress=child_of("goal_progress", "b"),
        metrics__b=child_of("b", "c"),
        metrics__c=child_of("c", "b"),
    )
    found = [(d.code, d.file) for d in check(load(made).definitions, manifests={})]
    assert found == [("BLD207", "perf/metrics/b.json"), ("BLD207", "perf/metrics/c.json")]


def test_problems_of_one_pack_only():
    made = files(rules__behind_plan=changed(samples.BEHIND, signal="x"))
    definitions = load(made).definitions
    assert check(definitions, manifests={}, only=frozenset({"other"})) == []
    assert check(definitions, manifests={}, only=frozenset({"perf"}))
