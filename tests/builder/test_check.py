import json
import re
from copy import deepcopy

import pytest
from sqlalchemy import MetaData

from builder.check import check
from builder.check.entities import SYSTEM_KEYS
from builder.packs import LoadedPack, load
from dsl.diagnostics import LANGUAGES
from store.record_tables import build_entity
from store.source import SYSTEM_COLUMNS
from tests.builder import samples

MANIFESTS = {
    "rest": {
        "config_schema": {
            "type": "object",
            "required": ["base_url"],
            "additionalProperties": False,
            "properties": {
                "base_url": {"type": "string", "minLength": 30},  # longer than the placeholder
                "streams": {"type": "object"},
                "port": {"oneOf": [{"type": "integer"}, {"const": "any"}]},
                "x": {"type": "string"},
            },
        }
    }
}


def found(file=None, edit=None, manifests=MANIFESTS):
    files = samples.files()
    if file is not None:
        document = json.loads(files[file])
        document = deepcopy(document)
        edit(document)
        files[file] = json.dumps(document).encode()
    pack = load(files)
    assert isinstance(pack, LoadedPack), pack
    return check(pack.definitions, manifests=manifests)


def test_the_sample_pack_is_in_order():
    assert found() == []


def put(path, value):
    def edit(document):
        node = document
        *way, last = path.split("/")
        for step in way:
            node = node[int(step) if step.isdigit() else step]
        if isinstance(node, list) and int(last) == len(node):
            node.append(value)
        else:
            node[int(last) if isinstance(node, list) else last] = value

    return edit


GOAL, FORM, METRIC = "entities/goal.json", "forms/goal_form.json", "metrics/goal_progress.json"
BEHIND, ALARM, PLANT = "rules/behind_plan.json", "rules/dim_alarm_x3.json", "sources/plant.json"
FLOW = "flows/goal_approval.json"
ROLE = "roles/manager.json"
CASES = [
    (GOAL, put("fields/6/key", "uid"), "BLD235", "/fields/6/key"),
    (GOAL, put("display", "nam"), "BLD203", "/display"),
    (GOAL, put("parent", "gaol"), "BLD202", "/parent"),
    (GOAL, put("parent", "goal"), "BLD207", "/parent"),
    (GOAL, put("access/owner", "owner.department"), "BLD204", "/access/owner"),
    (GOAL, put("access/owner", "ovner"), "BLD203", "/access/owner"),
    (GOAL, put("unique/0/1", "nome"), "BLD203", "/unique/0/1"),
    (GOAL, put("fields/1/label", {"zh-CN": "权重"}), "BLD206", "/fields/2/label/zh-CN"),
    (GOAL, put("fields/2/min", "2"), "BLD213", "/fields/2/min"),
    (GOAL, put("fields/2/max", "much"), "BLD114", "/fields/2/max"),
    (GOAL, put("fields/1/decimals", 2), "BLD211", "/fields/1/decimals"),
    (GOAL, put("fields/1/type", "reference"), "BLD212", "/fields/1"),
    (GOAL, put("fields/7/entity", "weekly_report"), "BLD214", "/fields/7/entity"),
    (GOAL, put("fields/8/formula", "days + 1"), "BLD207", "/fields/8/formula"),
    (FORM, put("entity", "sys.task"), "BLD226", "/entity"),
    (FORM, put("layout/0/children/0/field", "nme"), "BLD203", "/layout/0/children/0/field"),
    (FORM, put("layout/0/children/0/id", "s1"), "BLD116", "/layout/0/children/0"),
    (FORM, put("rules/1/at", "owner"), "BLD227", "/rules/1/at"),
    (FORM, put("rules/0/then/0/require", "resaon"), "BLD203", "/rules/0/then/0/require"),
    (METRIC, put("subject", "gaol"), "BLD202", "/subject"),
    (METRIC, put("calendar", "offcie"), "BLD202", "/calendar"),
    (METRIC, put("parent", "goal_progress"), "BLD207", "/parent"),
    (METRIC, put("during/0", "name"), "BLD205", "/during/0"),
    (METRIC, put("inputs/progress/from", "weekly"), "BLD202", "/inputs/progress/from"),
    (METRIC, put("inputs/progress/subject", "goal.owner"), "BLD204", "/inputs/progress/subject"),
    (METRIC, put("inputs/progress/date", "progress"), "BLD205", "/inputs/progress/date"),
    (METRIC, lambda d: d["inputs"]["progress"].pop("value"), "BLD210", "/inputs/progress/agg"),
    (METRIC, put("versions/0/from", "2026-02-30"), "BLD117", "/versions/0/from"),
    (
        METRIC,
        put("versions/1", {"from": "2025-01-01", "formula": "progress"}),
        "BLD216",
        "/versions/1/from",
    ),
    (BEHIND, put("signal", "goal_progess"), "BLD202", "/signal"),
    (BEHIND, put("actions/0/template", "behind"), "BLD202", "/actions/0/template"),
    (BEHIND, put("actions/0/to/0", "subject.name"), "BLD209", "/actions/0/to/0"),
    (BEHIND, put("actions/0/to/0", "owner"), "BLD209", "/actions/0/to/0"),
    (BEHIND, put("actions/0/to/0", "subject.boss"), "BLD203", "/actions/0/to/0"),
    (ALARM, put("events", "goal"), "BLD215", "/events"),
    (ALARM, put("subject", "code"), "BLD204", "/subject"),
    (ALARM, put("order/0", "code"), "BLD205", "/order/0"),
    (ALARM, put("order/1", "cod"), "BLD203", "/order/1"),
    (ALARM, put("quantifier/broken_by/0/events", "goal"), "BLD221", "/quantifier/broken_by/0"),
    (ALARM, put("actions/0/to", "machine"), "BLD209", "/actions/0/to"),
    (ALARM, put("actions/0/due/calendar", "shop"), "BLD202", "/actions/0/due/calendar"),
    (ALARM, put("actions/0/steps/0/series", "machine.tool"), "BLD230", "/actions/0/steps/0/series"),
    (ALARM, put("actions/0/steps/2/form", "tree"), "BLD202", "/actions/0/steps/2/form"),
    (PLANT, put("connector", "rset"), "BLD217", "/connector"),
    (PLANT, put("config/base_url", 5), "BLD229", "/config/base_url"),
    (PLANT, put("config/bass_url", "x"), "BLD229", "/config"),
    (PLANT, put("config/port", 1.5), "BLD229", "/config/port"),
    (PLANT, lambda d: d["config"].pop("base_url"), "BLD229", "/config"),
    (PLANT, put("streams/0/fields/0/to", "passed"), "BLD220", "/streams/0/key/0"),
    (PLANT, put("config/x", "${param.nothing}"), "BLD224", "/config"),
    (PLANT, put("streams/0/stream", "ticket"), "BLD218", "/streams/0/stream"),
    (PLANT, put("streams/0/into", "sys.task"), "BLD226", "/streams/0/into"),
    (PLANT, put("streams/0/key/0", "passed"), "BLD220", "/streams/0/key/0"),
    (PLANT, put("streams/0/fields/0/to", "bacth"), "BLD203", "/streams/0/fields/0/to"),
    (PLANT, put("streams/0/fields/0/lookup", "x"), "BLD232", "/streams/0/fields/0/lookup"),
    (PLANT, put("streams/0/fields/1/lookup", "x"), "BLD203", "/streams/0/fields/1/lookup"),
    (PLANT, put("streams/0/fields/2/convert", "datetim"), "BLD219", "/streams/0/fields/2/convert"),
    (PLANT, put("series/0/code", "nr"), "BLD203", "/series/0/code"),
    (ROLE, put("grants/0/entity", "machine"), "BLD208", "/grants/0/rows"),
    (ROLE, lambda d: d["grants"][1].pop("formula"), "BLD228", "/grants/1/formula"),
    (ROLE, put("grants/0/masks", {"name": {"last": 4}}), "BLD445", "/grants/0/masks/name"),
    (
        ROLE,
        lambda d: d["grants"][0].update(masked_fields=["weight"], masks={"weight": {"first": 1}}),
        "BLD446",
        "/grants/0/masks/weight",
    ),
    (ROLE, put("grants/0/new_fields", "hidden"), "BLD447", "/grants/0/new_fields"),
    (ROLE, put("grants/0/known_fields", ["nam"]), "BLD203", "/grants/0/known_fields/0"),
    (ROLE, put("metrics/0", "goal_progres"), "BLD202", "/metrics/0"),
    ("dashboards/board.json", put("tiles/0/metric", "x"), "BLD202", "/tiles/0/metric"),
    ("calendars/shop_24x7.json", put("zone", "Asia/Shanghigh"), "BLD120", "/zone"),
    ("calendars/shop_24x7.json", put("shifts/0/0", "25:00"), "BLD119", "/shifts/0/0"),
    ("calendars/shop_24x7.json", put("days", {"2026-02-30": True}), "BLD117", "/days/2026-02-30"),
    ("pack.json", put("requires", ["core"]), "BLD202", "/requires/0"),
    (FLOW, put("start/form", "x"), "BLD202", "/start/form"),
    (
        "flows/goal_approval.json",
        put("steps/1/branches/0/steps/0/id", "sign"),
        "BLD116",
        "/steps/1/branches/0/steps/0",
    ),
    (FLOW, put("steps/1/branches/1/default", False), "BLD225", "/steps/1"),
]


@pytest.mark.parametrize(("file", "edit", "code", "pointer"), CASES)
def test_a_mistake_is_found_at_its_place(file, edit, code, pointer):
    diagnostics = found(file, edit)
    assert (code, f"perf/{file}", pointer) in [(d.code, d.file, d.pointer) for d in diagnostics]
    for d in diagnostics:
        for language in LANGUAGES:
            assert d.text(language)


FORMULAS = [
    (FORM, "rules/0/when", "weight > "),
    (FORM, "rules/1/check", "ende > start"),
    (METRIC, "versions/0/formula", "progres × 2"),
    (METRIC, "versions/0/target", "DAYS(start)"),
    (METRIC, "inputs/progress/value", "progress + name"),
    (METRIC, "inputs/progress/where", "progress"),
    (METRIC, "versions/0/bands/red", "< tarrget"),
    (BEHIND, "enter", "valu < target"),
    (BEHIND, "exit", "value"),
    (ALARM, "when", "code = 5"),
    (ALARM, "actions/0/steps/1/where", "batch = event.bach"),
    (ROLE, "grants/1/formula", "weight"),
    (GOAL, "fields/8/formula", "DAYS(start, ende)"),
]


@pytest.mark.parametrize(("file", "path", "source"), FORMULAS)
def test_a_wrong_formula_is_found_with_its_span(file, path, source):
    diagnostics = [d for d in found(file, put(path, source)) if d.pointer == f"/{path}"]
    assert diagnostics
    assert any(d.span is not None for d in diagnostics)
    for d in diagnostics:
        assert d.file == f"perf/{file}"
        if d.span is not None:
            assert 0 <= d.span.start <= d.span.end <= len(source)


def test_a_guess_is_offered():
    (d,) = found(BEHIND, put("signal", "goal_progess"))
    assert "(→ goal_progress?)" in d.text("en")


def test_two_definitions_of_one_name_are_found():
    definitions = load(samples.files()).definitions
    doubled = [*definitions, next(d for d in definitions if d.name == "perf.goal")]
    assert "BLD201" in [d.code for d in check(doubled, manifests={})]


def test_a_pack_can_not_define_a_built_in_entity():
    files = samples.files()
    person = {**samples.MACHINE, "key": "person"}
    files["entities/person.json"] = json.dumps(person).encode()
    diagnostics = check(load(files).definitions, manifests={})
    assert ("BLD223", "/key") in [(d.code, d.pointer) for d in diagnostics]


def test_problems_are_sorted_by_file_and_place():
    def edit(document):
        document["enter"] = "valu"
        document["actions"][0]["template"] = "none"

    diagnostics = found(BEHIND, edit)
    places = [(d.file, d.pointer) for d in diagnostics]
    assert places == sorted(places)
    assert len(set(places)) >= 2


@pytest.mark.parametrize("key", sorted(SYSTEM_KEYS))
def test_no_field_is_called_like_a_column_every_record_has(key):
    (problem,) = (d for d in found(GOAL, put("fields/1/key", key)) if d.code == "BLD235")
    assert (problem.file, problem.pointer) == ("perf/entities/goal.json", "/fields/1/key")
    assert f"{key}_no" in problem.text("en")
    assert f"{key}_no" in problem.text("zh-CN")


def test_the_columns_every_record_has_are_the_ones_the_tables_have():
    physical = {
        column.name
        for table in (*build("p.parent", None), *build("p.child", "p.parent"))
        for column in table.columns
        if not re.fullmatch(r"c\d+", column.name)
    }
    assert physical <= SYSTEM_KEYS
    assert SYSTEM_COLUMNS <= SYSTEM_KEYS


def build(name, parent):
    tables = build_entity(
        MetaData(), name=name, number=1 if parent is None else 2, log=False, parent=parent,
        columns={},
    )  # fmt: skip
    return tables.current, tables.history


SERVED = [
    ("entities/goal.json", "fields/8/formula", "SQRT(weight)", "SQRT"),
    ("metrics/goal_progress.json", "inputs/progress/value", "LN(progress)", "LN"),
    ("metrics/goal_progress.json", "inputs/progress/where", "SQRT(progress) > 0.1", "SQRT"),
    ("rules/behind_plan.json", "enter", "SQRT(value) < target", "SQRT"),
    ("rules/dim_alarm_x3.json", "when", "FIND('x', code) = 1", "FIND"),
    ("roles/manager.json", "grants/1/formula", "SQRT(weight) > 10%", "SQRT"),
]


@pytest.mark.parametrize(("file", "path", "source", "name"), SERVED)
def test_what_the_server_has_to_compute_for_many_is_said_when_it_is_published(
    file, path, source, name
):
    (problem,) = found(file, put(path, source))
    assert (problem.code, problem.severity, problem.pointer) == ("DSL136", "warning", f"/{path}")
    assert problem.args == {"names": name}
