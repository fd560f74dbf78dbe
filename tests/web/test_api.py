"""The nouns of the API on a real wiring; answers have the shape the document says."""

import io
import json
import zipfile

import pytest
from jsonschema import Draft202012Validator

from builder import packs
from tests.builder import samples
from web.answers import ANSWERS as COMMON
from web.answers_access import ACCESS_ANSWERS
from web.openapi import document, openapi_text

ANSWERS = {**COMMON, **ACCESS_ANSWERS}


def shaped(name, response, status=200):
    body = response.get_json(force=True)
    assert response.status_code == status, body
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": dict(ANSWERS)}}
    errors = list(Draft202012Validator(schema).iter_errors(body))
    assert errors == [], errors[0].message
    return body


def refused(response, status, code, field=None):
    body = shaped("Problem", response, status)
    assert body["code"] == code, body
    if field is not None:
        assert field in [d.get("field") for d in body["diagnostics"]]
    return body


@pytest.fixture
def person(li):
    (found,) = shaped("LookupPage", li.get("/lookup/person?q=Li"))["items"]
    return found["uid"]


GOAL = {"name": "Learn", "weight": "0.25", "start": "2026-01-05", "end": "2026-06-28"}


@pytest.fixture
def goal(li, person):
    made = li.post("/entities/perf.goal/records", {"values": {**GOAL, "owner": person}})
    record = shaped("Record", made, 201)
    yield record
    li.call("DELETE", f"/entities/perf.goal/records/{record['uid']}")


def test_what_there_is(li):
    names = [e["name"] for e in shaped("EntityPage", li.get("/entities"))["items"]]
    assert "perf.goal" in names
    assert "perf.machine" not in names
    described = shaped("Entity", li.get("/entities/perf.goal"))
    assert described["forms"] == ["perf.goal_form"]
    refused(li.get("/entities/perf.machine"), 404, "RUN201")
    refused(li.get("/entities/perf.none"), 404, "RUN201")


def test_a_record_is_made_read_changed_and_removed(li, goal):
    path = f"/entities/perf.goal/records/{goal['uid']}"
    assert goal["values"]["weight"] == "0.25"
    assert goal["values"]["days"] == "174"
    assert goal["display"] == "Learn"
    assert goal["display_values"]["owner"] == "Li"
    change = {"values": {"weight": "0.3"}, "base_version": goal["version"]}
    changed = shaped("Record", li.call("PATCH", path, change))
    assert changed["values"]["weight"] == "0.3"
    refused(li.call("PATCH", path, {**change, "values": {"weight": "0.2"}}), 409, "RUN203")
    versions = shaped("RecordVersionPage", li.get(path + "/history"))["items"]
    assert [v["values"]["weight"] for v in versions] == ["0.25", "0.3"]
    assert li.call("DELETE", path).status_code == 204
    refused(li.get(path), 404, "RUN201")


def test_a_record_is_made_once_however_often_it_is_sent(li):
    path, body = "/entities/perf.goal/records", {"key": "record-key-1", "values": {"name": "Once"}}
    first = shaped("Record", li.post(path, body), 201)
    assert shaped("Record", li.post(path, body), 201)["uid"] == first["uid"]
    refused(li.post(path, {**body, "values": {"name": "Twice"}}), 409, "RUN204")


def test_problems_of_a_record_are_told_at_their_fields(li):
    path = "/entities/perf.goal/records"
    refused(li.post(path, {"values": {"weight": "2"}}), 422, "BLD404", "weight")
    refused(li.post(path, {"values": {}}), 422, "RUN101", "name")
    refused(li.post(path, {"values": {"nme": "x"}}), 422, "RUN102", "nme")
    told = shaped("Problem", li.post(path, {"values": {"days": "3"}}), 422)
    assert "days" in [d["field"] for d in told["diagnostics"]]
    wrong_row = {"name": "x", "plan_points": [{"on": "2026-01-01"}, {"on": "soon"}]}
    refused(li.post(path, {"values": wrong_row}), 422, "BLD402", "plan_points.1.on")
    for key in ("id", "uid", "version", "created_by", "rev", "deleted", "origin_kind"):
        refused(li.post(path, {"values": {"name": "x", key: "1"}}), 422, "RUN102", key)


def test_lists_are_filtered_by_formula_and_sorted(li, goal):
    def listed(query):
        return shaped("RecordPage", li.get(f"/entities/perf.goal/records?{query}"))["items"]

    assert len(listed("filter=weight > 20%25&sort=-weight,name")) == 1
    assert listed("filter=weight > 50%25") == []
    path = "/entities/perf.goal/records"
    body = shaped("Problem", li.get(f"{path}?filter=wieght > 1"), 422)
    (found,) = body["diagnostics"]
    assert (found["field"], found["span"]) == ("filter", {"start": 0, "end": 6})
    refused(li.get(f"{path}?sort=none"), 422, "RUN207", "sort")
    refused(li.get(f"{path}?cursor=x"), 422, "RUN208", "cursor")


def test_others_do_not_see_it(goal, wang, caller):
    path = f"/entities/perf.goal/records/{goal['uid']}"
    assert shaped("Record", wang.get(path))["uid"] == goal["uid"]  # her subordinate's
    zhang = caller("zhang")
    refused(zhang.get(path), 404, "RUN201")
    assert shaped("RecordPage", zhang.get("/entities/perf.goal/records"))["items"] == []
    refused(zhang.call("PATCH", path, {"values": {}, "base_version": 1}), 404, "RUN201")


def test_a_form_is_sent_once_however_often_it_is_sent(li, person):
    form = shaped("Form", li.get("/forms/perf.goal_form"))
    assert {"when_ir", "then", "id"} <= form["rules"][0].keys()
    path = "/forms/perf.goal_form/submissions"
    body = {"key": "key-000001", "values": {"name": "Form goal", "weight": "0.1"}}
    first = shaped("Submitted", li.post(path, body), 201)
    assert shaped("Submitted", li.post(path, body), 201) == first
    refused(li.post(path, {**body, "values": {"name": "Other"}}), 409, "RUN204")
    heavy = {"key": "key-000002", "values": {"name": "Heavy", "weight": "0.5"}}
    refused(li.post(path, heavy), 422, "RUN101", "reason")
    late = {"name": "Late", "start": "2026-02-01", "end": "2026-01-01"}
    told = refused(li.post(path, {"key": "key-000003", "values": late}), 422, "RUN109", "end")
    assert told["detail"] == "The end must be after the start"
    refused(li.get("/forms/perf.none"), 404, "RUN201")


def test_work_lists_are_there_and_empty(li):
    assert shaped("Summary", li.get("/me/summary"))["tasks_open"] == 0
    assert shaped("TaskPage", li.get("/tasks?state=open"))["items"] == []
    assert shaped("AlertPage", li.get("/alerts?state=all"))["items"] == []
    assert shaped("NoticePage", li.get("/notices"))["items"] == []
    refused(li.get("/tasks?state=lost"), 422, "WEB206", "state")
    refused(li.get("/tasks/none"), 404, "RUN201")
    refused(li.get("/alerts/none"), 404, "RUN201")
    refused(li.post("/alerts/none/feedback", {"verdict": "right"}), 404, "RUN201")
    refused(li.post("/notices/none/read"), 404, "RUN201")
    refused(li.post("/tasks/none/submission", {"key": "k" * 8, "values": {}}), 404, "RUN201")


def test_metrics_rules_and_the_past(li, admin):
    (metric,) = shaped("MetricPage", li.get("/metrics"))["items"]
    assert metric["name"] == "perf.goal_progress"
    path = "/metrics/perf.goal_progress/measurements"
    for query in ("", "?from=2026-01-05&to=2026-W10"):
        assert shaped("MeasurementPage", li.get(path + query))["items"] == []
    refused(li.get(f"{path}?from=yesterday"), 422, "WEB202", "from")
    refused(li.get("/metrics/perf.none/measurements"), 404, "RUN201")
    refused(li.get("/passports/none"), 404, "RUN201")
    rules = {r["name"]: r for r in shaped("RulePage", admin.get("/rules"))["items"]}
    assert rules["perf.behind_plan"]["kind"] == "period"
    assert rules["perf.behind_plan"]["grain"] == "week"
    assert "Goal progress" in rules["perf.behind_plan"]["sentence"]["en"]
    span = {"from": "2026-01-05", "to": "2026-W10"}
    tried = shaped("Backtest", admin.post("/rules/perf.behind_plan/backtest", span))
    assert [p["period_label"] for p in tried["periods"]][:2] == ["2026-W02", "2026-W03"]
    back = {"from": "2026-W10", "to": "2026-W02"}
    refused(admin.post("/rules/perf.behind_plan/backtest", back), 422, "WEB207", "to")
    refused(admin.post("/rules/perf.dim_alarm_x3/backtest", span), 422, "RUN607")
    refused(admin.post("/rules/perf.none/backtest", span), 404, "RUN201")


def test_sources_are_watched(admin):
    listed = shaped("SourcePage", admin.get("/sources"))["items"]
    source = next(each for each in listed if each["name"] == "perf.plant")
    assert source["limit_s"] == 900
    tested = shaped("SourceTest", admin.post("/sources/perf.plant/test"))
    assert tested["ok"] is False
    assert tested["message"]
    assert shaped("Queued", admin.post("/sources/perf.plant/run"), 202) == {"queued": True}
    assert shaped("RejectPage", admin.get("/sources/perf.plant/rejects"))["items"] == []
    values = {"values": {"plant_url": "http://127.0.0.1:10"}}
    settled = shaped("Settled", admin.call("PUT", "/sources/perf.plant/settings", values))
    assert settled["allowed"] == [{"host": "127.0.0.1", "port": 10}]
    shown = shaped("SettingsOfSource", admin.get("/sources/perf.plant/settings"))
    assert {each["name"]: each["value"] for each in shown["settings"]}["plant_url"] == (
        "http://127.0.0.1:10"
    )
    assert shown["endpoints"] == [{"host": "127.0.0.1", "port": 10, "allowed": True}]
    strange = {"values": {"other": "x"}}
    refused(admin.call("PUT", "/sources/perf.plant/settings", strange), 422, "RUN403")
    refused(admin.get("/sources/perf.none/settings"), 404, "RUN201")
    refused(admin.post("/sources/perf.none/run"), 404, "RUN201")
    assert shaped("IncidentPage", admin.get("/incidents"))["items"] == []
    refused(admin.post("/incidents/none/retry"), 404, "RUN201")


def test_the_audit_chain_holds(admin):
    assert shaped("AuditVerified", admin.get("/audit/verify"))["ok"] is True


def test_packs_are_offered(admin):
    names = [p["name"] for p in shaped("PackPage", admin.get("/packs"))["items"]]
    assert "performance_core" in names
    refused(admin.post("/packs/none/install", {"parameters": {}}), 404, "RUN201")
    refused(admin.post("/packs/performance_core/install", {}), 422, "WEB201", "parameters")


def upload(admin, data, kind="application/zip", query=""):
    headers = {"X-CSRF-Token": admin.csrf, "Accept-Language": "en"}
    return admin.http.post(f"/api/v1/packs{query}", data=data, content_type=kind, headers=headers)


def test_a_pack_is_sent_as_a_zip(admin):
    small = {
        "kind": "pack",
        "key": "small",
        "version": "1.0.0",
        "label": {"zh-CN": "小包", "en": "Small"},
    }
    note = {
        "kind": "entity",
        "key": "note",
        "display": "text",
        "fields": [{"key": "text", "type": "text"}],
    }
    files = {
        "pack.json": json.dumps(small).encode(),
        "entities/note.json": json.dumps(note).encode(),
    }
    installed = shaped("Installed", upload(admin, packs.to_zip(files)))
    assert installed["plan"]["added"] == ["entity small.note", "pack small"]
    again = shaped("Installed", upload(admin, packs.to_zip(files)))
    assert again["plan"]["added"] == []
    shaped("RecordPage", admin.get("/entities/small.note/records"))
    refused(upload(admin, b"no zip"), 422, "BLD305")
    refused(upload(admin, b"{}", kind="application/json"), 415, "WEB107")
    refused(upload(admin, packs.to_zip({"../x.json": b"{}"})), 422, "BLD302")
    refused(
        upload(admin, packs.to_zip(files), query="?parameters=[1]"), 422, "WEB202", "parameters"
    )
    refused(upload(admin, b"x" * (packs.MAX_BYTES + 1)), 413, "WEB106")


def test_definitions_go_out_and_come_in_the_same(admin):
    response = admin.get("/definitions/export?pack=perf")
    assert response.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.get_data())) as archive:
        names = {name.removeprefix("perf/") for name in archive.namelist()}
        files = {n.removeprefix("perf/"): archive.read(n).decode() for n in archive.namelist()}
    assert {"pack.json", "entities/goal.json"} <= names
    assert admin.get("/definitions/export?pack=perf").get_data() == response.get_data()
    checked = shaped("Checked", admin.post("/definitions/check", {"files": files}))
    assert checked["diagnostics"] == []
    assert checked["plan"]["added"] == []
    rule = json.loads(files["rules/behind_plan.json"]) | {"enter": "valu < target"}
    broken = {**files, "rules/behind_plan.json": json.dumps(rule)}
    (found,) = shaped("Checked", admin.post("/definitions/check", {"files": broken}))["diagnostics"]
    assert (found["file"], found["pointer"]) == ("perf/rules/behind_plan.json", "/enter")
    assert found["span"] == {"start": 0, "end": 4}
    refused(admin.post("/definitions/publish", {"files": broken}), 422, found["code"])
    refused(admin.post("/definitions/publish", {"files": {"../x.json": "{}"}}), 422, "BLD302")
    refused(admin.post("/definitions/publish", {"files": {"pack.json": "{"}}), 422, "BLD101")
    named = samples.zh("落后于计划", "Behind the plan")
    renamed = {**files, "rules/behind_plan.json": json.dumps({**rule, "label": named})}
    renamed["rules/behind_plan.json"] = renamed["rules/behind_plan.json"].replace("valu ", "value ")
    published = shaped("Installed", admin.post("/definitions/publish", {"files": renamed}))
    assert published["plan"]["changed"] == ["rule perf.behind_plan"]


def test_it_is_alive(anybody):
    assert shaped("Done", anybody.get("/healthz")) == {"done": True}
    assert shaped("Ready", anybody.get("/readyz")) == {"done": True, "writable": True}


def test_the_document_describes_every_operation(admin):
    made = document()
    assert made["openapi"] == "3.1.0"
    assert admin.get("/openapi.json").get_data(as_text=True) == openapi_text()
    assert openapi_text() == openapi_text()
    operations = [o for path in made["paths"].values() for o in path.values()]
    assert len({o["operationId"] for o in operations}) == len(operations) > 45
    assert all(o["summary"].endswith(".") for o in operations)
    text = json.dumps(made)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in made["components"]["schemas"], name
