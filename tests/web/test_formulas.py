"""The editor of formulas over HTTP, with the rights of whoever asks."""

import itertools

import pytest

from runtime import edit

GOAL = "perf.goal"
REPORT = "perf.weekly_report"
_numbers = itertools.count(1)


@pytest.fixture
def goal(wiring):
    """A goal of Li with two plan points, and a report on it."""
    with wiring.writing() as ctx:
        from runtime.lookups import look_up

        owner = next(p["uid"] for p in look_up(ctx, "person", "Li") if p["display"] == "Li")
        points = [{"on": "2026-01-10", "percent": "0.25"}, {"on": "2026-02-10", "percent": "0.5"}]
        values = {"name": f"Weld {next(_numbers)}", "owner": owner, "weight": "0.3", "state": "open",
                  "start": "2026-01-01", "end": "2026-03-01", "plan_points": points}  # fmt: skip
        uid = edit.create_record(ctx, GOAL, values)
    with wiring.writing() as ctx:
        report = {"goal": uid, "week_end": "2026-01-11", "progress": "0.4321"}
        return uid, edit.create_record(ctx, REPORT, report)


def ask(person, what, text, *, status=200, entity=GOAL, language="zh-CN", **more):
    response = person.post(
        f"/formulas/{what}",
        {"text": text, "entity": entity, **more},
        headers={"Accept-Language": language},
    )
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json(force=True)


def cursor(marked):
    return {"text": marked.replace("|", ""), "at": marked.index("|")}


def items(person, marked, **more):
    found = ask(person, "completions", **cursor(marked), **more)
    return [item["text"] for item in found["items"]]


# --- problems -------------------------------------------------------------------------------
def test_a_right_formula_has_a_type_and_no_problems(li):
    found = ask(li, "diagnostics", "权重 * 2")
    assert found["diagnostics"] == []
    assert found["type"]["name"] == "number"
    assert found["canonical"] == "weight * 2"


@pytest.mark.parametrize(
    ("language", "words", "title"),
    [
        ("zh-CN", "没有字段“权中”，是不是“权重”？", "改为 权重"),
        ("en", "unknown field '权中'; did you mean '权重'?", "change to 权重"),
    ],
)
def test_problems_come_with_fixes_in_the_language(li, language, words, title):
    found = ask(li, "diagnostics", "权中 > 1", language=language)["diagnostics"]
    assert [each["message"] for each in found] == [words]
    assert (found[0]["start"], found[0]["end"]) == (0, 2)
    fix = {"title": title, "start": 0, "end": 2, "replacement": "权重"}
    assert found[0]["fixes"] == [fix]


def test_a_condition_must_be_one(li):
    assert ask(li, "diagnostics", "weight", condition=True)["diagnostics"]
    assert not ask(li, "diagnostics", "weight > 0", condition=True)["diagnostics"]


def test_a_rule_judges_value_target_and_subject(li):
    text = "value < target * (1 - 20%) AND CONSECUTIVE(value < 1, 2) AND subject.weight > 0"
    assert not ask(li, "diagnostics", text, scope="rule")["diagnostics"]
    assert ask(li, "diagnostics", text)["diagnostics"]
    assert items(li, "value < |", scope="rule")[:2] == ["实际值", "目标值"]
    assert "权重" in items(li, "subject.|", scope="rule")


def test_known_names_are_marked_in_a_wrong_formula_too(li):
    found = ask(li, "diagnostics", "权重 + 权中 + SUM(计划点.完成度")["names"]
    spans = [(each["start"], each["end"], each["kind"]) for each in found]
    assert spans == [(0, 2, "field"), (10, 13, "function"), (14, 17, "rows"), (18, 21, "field")]


# --- what there is to choose -----------------------------------------------------------------
def names(person, language="zh-CN", status=200, entity=GOAL, **more):
    response = person.post(
        "/formulas/names", {"entity": entity, **more}, headers={"Accept-Language": language}
    )
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json(force=True)


def test_the_fields_are_listed_with_what_they_are_found_by(li):
    fields = {each["key"]: each for each in names(li)["fields"]}
    weight = fields["weight"]
    assert (weight["label"], weight["text"], weight["kind"]) == ("权重", "权重", "field")
    assert {"weight", "权重", "qz", "quanzhong"} <= set(weight["words"])
    assert fields["owner"]["path"] == fields["owner"]["text"]
    assert fields["plan_points"]["text"] == "COUNT(计划点)"
    english = {each["key"]: each for each in names(li, "en")["fields"]}
    assert english["weight"]["label"] == "Weight"


def test_a_path_leads_to_the_fields_behind(li):
    inside = names(li, path="owner")
    assert "owner.姓名" in [each["text"] for each in inside["fields"]]
    assert inside["functions"] == []
    rows = {each["key"]: each["text"] for each in names(li, path="计划点")["fields"]}
    assert rows["percent"] == "SUM(计划点.完成度)"
    assert rows["on"] == "MAX(计划点.日期)"
    for nowhere in ("weight", "owner.", "SUM(owner", "1 + owner", "x", "“"):
        assert names(li, path=nowhere)["fields"] == []


def test_everything_that_is_listed_can_be_typed(admin):
    listed = names(admin)["fields"]
    listed += [
        f for each in listed if each["path"] for f in names(admin, path=each["path"])["fields"]
    ]
    assert len(listed) > 15
    for each in listed:
        if each["text"]:
            assert ask(admin, "diagnostics", each["text"])["diagnostics"] == [], each


def test_the_functions_come_category_by_category(li):
    functions = names(li)["functions"]
    kinds = [each["category"] for each in functions]
    assert list(dict.fromkeys(kinds)) == ["数字", "条件与空值", "汇总", "文本", "日期与时间"]
    found = next(each for each in functions if each["name"] == "ROUND")
    assert found["signature"].startswith("ROUND(")
    assert found["examples"][0]["result"]
    assert "sswr" in found["words"]
    judged = [each["name"] for each in names(li, scope="rule")["functions"]]
    assert "CONSECUTIVE" in judged
    assert "CONSECUTIVE" not in [each["name"] for each in functions]


def test_hidden_fields_are_not_listed(li, admin):
    assert "progress" in [each["key"] for each in names(admin, entity=REPORT)["fields"]]
    assert "progress" not in [each["key"] for each in names(li, entity=REPORT)["fields"]]
    names(li, entity="perf.alarm", status=404)


# --- completion, hover, rename, format ---------------------------------------------------------
@pytest.mark.parametrize(
    ("marked", "first"),
    [("qz|", "权重"), ("owner.|", "姓名"), ("SUM(计划点.wan|", "完成度"), ("state = |", "'进行中'"),
     ("SUM(计划点[|", "日期"), ("(权重 + round|", "ROUND(")],
)  # fmt: skip
def test_completion(li, marked, first):
    assert first in items(li, marked)[:2]


def test_hover_on_fields_and_functions(li):
    found = ask(li, "hover", "ROUND(权重, 1)", at=7)["found"]
    assert (found["kind"], found["title"], found["doc"]) == ("field", "权重", "weight")
    found = ask(li, "hover", "ROUND(权重, 1)", at=1)["found"]
    assert found["kind"] == "function"
    assert found["examples"]
    assert ask(li, "hover", "1 + ", at=3) == {"found": None}


def test_rename_and_format(li):
    found = ask(li, "rename", "权重＋ weight*权重", at=0, new="占 比")
    assert found["text"] == "{占 比}＋ weight*{占 比}"
    assert [each["start"] for each in found["edits"]] == [0, 11]
    assert ask(li, "format", "权重*2")["text"] == "权重 * 2"
    assert ask(li, "format", "权重*2", names="keys")["text"] == "weight * 2"


# --- the value on a record ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("weight * 2", "0.6"),
        ("SUM(plan_points.percent)", "0.75"),
        ("SUM(plan_points[on > this.start + 20d].percent)", "0.5"),
        ("COUNT(plan_points[percent > 30%])", "1"),
        ("owner.name", "Li"),
        ("owner", "Li"),
        ("days + 1", "60"),
        ("weight / 0", None),
        ("state = 'open'", True),
    ],
)
def test_value_on_a_record(li, goal, text, value):
    found = ask(li, "value", text, record=goal[0])
    assert found["value"] == value
    assert found["record"] == goal[0]
    assert found["tree"]["text"] == text


def test_the_tree_tells_every_part(li, goal):
    tree = ask(li, "value", "weight * 2 + 1", record=goal[0])["tree"]
    assert tree["value"] == "1.6"
    assert [part["value"] for part in tree["children"]] == ["0.6", "1"]
    assert [part["value"] for part in tree["children"][0]["children"]] == ["0.3", "2"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_option_is_called_by_its_label(li, goal, language):
    label = {"zh-CN": "进行中", "en": "Open"}[language]
    found = ask(li, "value", "state = 'open'", record=goal[0], language=language)
    assert [part["value"] for part in found["tree"]["children"]] == [label, label]
    assert ask(li, "value", "state", record=goal[0], language=language)["value"] == label


def test_calendars_are_known_to_everybody_who_writes(li, goal):
    text = "NETWORKDAYS(start, end, 'shop_24x7') - NETWORKDAYS(start, end)"
    assert int(ask(li, "value", text, record=goal[0])["value"]) > 10
    rule = {"scope": "rule", "metric": "perf.nothing"}
    ask(li, "diagnostics", "value > 0", status=404, **rule)


def test_an_administrator_marks_the_days_of_a_year(li, goal, admin):
    path, count = "/calendars/office/days", "NETWORKDAYS(2031-03-03, 2031-03-09)"
    assert ask(li, "value", count, record=goal[0])["value"] == "5"
    marked = {"year": 2031, "days": {"2031-03-05": False, "2031-03-08": True, "2031-03-03": True}}
    said = admin.call("PUT", path, marked).get_json()
    assert [(d["day"], d["workday"], d["source"]) for d in said["items"]] == [
        ("2031-03-03", True, "table"), ("2031-03-05", False, "table"),
        ("2031-03-08", True, "table"),
    ]  # fmt: skip
    assert said["holidays_known"] is False, "nobody has said yet what is free in 2031"
    free = {"2031-03-05": False, "2031-03-06": False}
    assert admin.call("PUT", path, {"year": 2031, "days": free}).status_code == 200
    assert ask(li, "value", count, record=goal[0])["value"] == "3"
    stale = admin.call("PUT", path, {"year": 2031, "days": {}, "version": said["version"]})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "RUN152")
    now = admin.get(f"{path}?year=2031").get_json()
    assert [(d["day"], d["unmarked"]) for d in now["items"]] == [(day, True) for day in free]
    seen = {"year": 2031, "days": {"2031-03-05": False}, "version": now["version"]}
    assert len(admin.call("PUT", path, seen).get_json()["items"]) == 1
    assert admin.get(f"{path}?year=2026").get_json()["holidays_known"] is True
    assert "office" in [each["name"] for each in admin.get("/calendars").get_json()["items"]]


@pytest.mark.parametrize(
    ("path", "days", "status", "code"),
    [
        ("office", {"2031-02-30": True}, 422, "RUN150"),
        ("office", {"2032-03-05": True}, 422, "RUN151"),
        ("office", {"2031-03-05": "yes"}, 422, "WEB202"),
        ("perf.none", {}, 404, "RUN201"),
    ],
)
def test_only_days_of_the_year_are_marked(admin, path, days, status, code):
    said = admin.call("PUT", f"/calendars/{path}/days", {"year": 2031, "days": days})
    assert (said.status_code, said.get_json()["code"]) == (status, code), said.get_json()


def test_without_a_record_the_first_one_is_taken(li, goal):
    assert ask(li, "value", "name")["value"].startswith("Weld")


def test_value_of_a_rule(li, goal):
    text = "value < target AND subject.weight > 20%"
    given = {"scope": "rule", "record": goal[0], "target": "0.9"}
    assert ask(li, "value", text, value="0.7", **given)["value"] is True
    assert ask(li, "value", text, value="0.95", **given)["value"] is False
    assert ask(li, "value", text, value="seven", status=422, **given)["code"] == "RUN210"
    ask(li, "value", text, metric="perf.nothing", status=404, **given)
    found = ask(li, "value", text, metric="perf.goal_progress", **given)
    assert found["tree"]["children"][0]["children"][1]["value"] == "0.9"


# --- over the inputs of a metric -----------------------------------------------------------------
MEASURED = {"scope": "metric", "metric": "perf.goal_progress"}


def test_the_inputs_of_a_metric_are_its_names(li):
    found = ask(li, "diagnostics", "周报进展 * 2", **MEASURED)
    assert (found["diagnostics"], found["canonical"]) == ([], "progress * 2")
    assert found["names"] == [{"start": 0, "end": 4, "kind": "field"}]
    (wrong,) = ask(li, "diagnostics", "周报进站", **MEASURED)["diagnostics"]
    assert wrong["fixes"][0]["replacement"] == "周报进展"
    for text in ("weight", "progress > 1", "value"):  # of the subject, no number, of a rule
        assert ask(li, "diagnostics", text, **MEASURED)["diagnostics"], text
    assert items(li, "zb|", **MEASURED)[0] == "周报进展"
    assert "PERIOD_END()" in items(li, "DAYS(PERIOD_E|", **MEASURED)
    hovered = ask(li, "hover", "周报进展", at=1, language="en", **MEASURED)["found"]
    assert (hovered["title"], hovered["doc"]) == ("Reported progress", "progress")
    listed = names(li, **MEASURED)
    assert [each["key"] for each in listed["fields"]] == ["progress"]
    assert "PERIOD_START" in [each["name"] for each in listed["functions"]]
    assert ask(li, "dependencies", "progress", **MEASURED)["paths"] == ["progress"]


def test_the_inputs_of_a_metric_have_values(li, goal):
    text, on = "progress + DAYS(PERIOD_START(), PERIOD_END())", {"record": goal[0], **MEASURED}
    first = ask(li, "value", text, period="2026-W02", **on)
    assert (first["value"], first["period"], first["record"]) == ("6.4321", "2026-W02", goal[0])
    assert ask(li, "value", "progress", period="2026-W03", **on)["value"] is None
    assert ask(li, "value", "progress", **on)["period"].startswith("20")
    assert ask(li, "value", "progress", period="May", status=422, **on)["code"] == "RUN210"
    target = "DAYS(start, PERIOD_END()) > 0"  # of the subject, in the periods of the metric
    assert ask(li, "value", target, record=goal[0], metric=MEASURED["metric"])["value"] is True
    for wrong in ({"metric": "perf.nothing"}, {"entity": REPORT}):
        ask(li, "diagnostics", "progress", status=404, **{**MEASURED, **wrong})
    ask(li, "diagnostics", "progress", status=404, scope="metric")


def test_a_wrong_formula_has_no_value(li, goal):
    assert ask(li, "value", "weight +", record=goal[0], status=422)["code"] == "DSL007"


# --- rights --------------------------------------------------------------------------------------
def test_a_hidden_field_is_as_good_as_none(li, admin, goal):
    record = {"record": goal[1], "entity": REPORT}
    assert ask(admin, "value", "progress * 1", **record)["value"] == "0.4321"
    for text in ("progress * 1", "进展 * 1", "IF(progress > 0.4, 1, 0)"):
        refused = ask(li, "value", text, status=422, **record)
        assert refused["code"] == "DSL102"
        assert "0.4321" not in str(refused)
    assert "进展" in items(admin, "进|", entity=REPORT) + items(admin, "prog|", entity=REPORT)
    assert items(li, "prog|", entity=REPORT) == []
    assert "progress" not in str(
        ask(li, "diagnostics", "progres", entity=REPORT)["diagnostics"][0]["fixes"]
    )
    assert ask(li, "hover", "progress", at=2, entity=REPORT) == {"found": None}
    ask(li, "dependencies", "progress", entity=REPORT, status=422)


def test_records_of_others_have_no_value(caller, goal):
    zhang = caller("zhang")
    ask(zhang, "value", "weight", record=goal[0], status=404)


def test_entities_out_of_reach_are_not_found(li):
    for what in ("diagnostics", "format", "dependencies"):
        ask(li, what, "1", entity="perf.alarm", status=404)
    ask(li, "completions", "1", at=1, entity="perf.nothing", status=404)


def test_no_id_of_the_house_is_told(li, goal):
    found = ask(li, "value", "owner = owner", record=goal[0])
    assert {part["value"] for part in found["tree"]["children"]} == {"Li"}


# --- dependencies --------------------------------------------------------------------------------
def test_what_a_formula_reads_and_where_it_runs(li):
    text = "days + SUM(plan_points[on < TODAY()].percent) + SQRT(weight)"
    found = ask(li, "dependencies", text)
    assert set(found["paths"]) == {"start", "end", "weight"}
    assert set(found["rows"]["plan_points"]["paths"]) == {"on", "percent"}
    assert found["params"] == ["today"]
    assert found["runs"] == {
        "sqlite": True, "postgresql": False, "browser": False, "server_only": True,
        "prevented_by": ["SQRT"],
    }  # fmt: skip
    assert ask(li, "dependencies", "weight + 1")["runs"]["prevented_by"] == []
