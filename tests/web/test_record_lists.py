"""Lists, the life of records, export and import over the API; answers have their shapes."""

import io
import json

import pytest
from openpyxl import Workbook, load_workbook

from runtime.worker import drain

from .test_api import refused, shaped

PATH = "/entities/perf.goal"


@pytest.fixture
def goal(li):
    person = li.get("/lookup/person?q=Li").get_json()["items"][0]["uid"]
    values = {"name": "提高合格率", "owner": person, "weight": "0.25", "start": "2026-01-05"}
    record = shaped("Record", li.post(f"{PATH}/records", {"values": values}), 201)
    yield record
    li.call("DELETE", f"{PATH}/records/{record['uid']}")


def asked(tests):
    return json.dumps(tests)


def test_a_list_is_filtered_searched_counted_and_grouped(li, goal):
    match = asked([{"field": "weight", "op": ">", "value": "0.2"}])
    query = f"match={match}&q=合格&sort=-weight&columns=name,weight"
    (item,) = shaped("RecordPage", li.get(f"{PATH}/records?{query}"))["items"]
    assert item["values"] == {"name": "提高合格率", "weight": "0.25"}
    assert shaped("RecordCount", li.get(f"{PATH}/count?q=合格")) == {"count": 1, "exact": True}
    found = li.get(f"{PATH}/groups?by=owner,start:month&measures=sum:weight&q=合格")
    (group,) = shaped("RecordGroupPage", found)["items"]
    assert [key["display"] for key in group["keys"]] == ["Li", "2026-01"]
    assert (group["count"], group["values"]) == (1, ["0.25"])
    described = shaped("Entity", li.get(PATH))["fields"]
    weight = next(field for field in described if field["key"] == "weight")
    assert ">=" in [each["key"] for each in weight["comparisons"]]
    assert "avg" in weight["aggregates"]


def test_wrong_lists_are_told_in_both_languages(li):
    wrong = asked([{"field": "weight", "op": "contains", "value": "x"}])
    told = refused(li.get(f"{PATH}/records?match={wrong}"), 422, "RUN212", "match.0.op")
    chinese = li.get(f"{PATH}/records?match={wrong}", headers={"Accept-Language": "zh-CN"})
    assert chinese.get_json(force=True)["detail"] != told["detail"]
    refused(li.get(f"{PATH}/records?match=5"), 422, "WEB202", "match")
    refused(li.get(f"{PATH}/records?match=[["), 422, "WEB202", "match")
    refused(li.get(f"{PATH}/groups?by=owner&measures=sum:name"), 422, "RUN214", "measures.0")
    refused(li.get(f"{PATH}/groups"), 422, "WEB201", "by")
    refused(li.get("/entities/perf.machine/count"), 404, "RUN201")


def test_what_was_seen_is_told_by_if_match(li, goal):
    path = f"{PATH}/records/{goal['uid']}"
    tag = li.get(path).headers["ETag"]
    first = li.call("PATCH", path, {"values": {"weight": "0.3"}}, headers={"If-Match": tag})
    assert shaped("Record", first)["values"]["weight"] == "0.3"
    again = li.call("PATCH", path, {"values": {"weight": "0.2"}}, headers={"If-Match": tag})
    body = refused(again, 409, "RUN203")
    assert body["details"]["fields"]["weight"] == {"base": "0.25", "theirs": "0.3", "mine": "0.2"}
    refused(li.call("PATCH", path, {"values": {"weight": "0.2"}}), 422, "WEB201", "base_version")
    wrong = {"If-Match": '"nonsense"'}
    sent = li.call("PATCH", path, {"values": {"weight": "0.2"}}, headers=wrong)
    refused(sent, 422, "WEB201", "base_version")


def test_a_record_goes_into_the_trash_and_back_and_to_an_earlier_version(li, admin, goal):
    path = f"{PATH}/records/{goal['uid']}"
    li.call("PATCH", path, {"values": {"weight": "0.3"}, "base_version": 1})
    versions = shaped("RecordVersionPage", li.get(f"{path}/history"))["items"]
    assert versions[1]["changes"] == [{"field": "weight", "before": "0.25", "after": "0.3"}]
    back = li.post(f"{path}/restore", {"version": 1, "base_version": 2})
    assert shaped("Record", back)["values"]["weight"] == "0.25"
    refused(li.post(f"{path}/restore", {"version": 9, "base_version": 3}), 404, "RUN201")
    li.call("DELETE", path)
    (item,) = [i for i in shaped("TrashPage", li.get(f"{PATH}/trash"))["items"]
               if i["uid"] == goal["uid"]]  # fmt: skip
    assert item["deleted_by"] == "li"
    trashed = f"{PATH}/trash/{goal['uid']}"
    shaped("Record", li.post(f"{trashed}/restore"))
    li.call("DELETE", path)
    assert li.call("DELETE", trashed).status_code == 403
    refused(admin.call("DELETE", trashed), 422, "RUN220")
    assert admin.call("DELETE", trashed + "?at_once=yes").status_code == 204
    refused(li.post(f"{trashed}/restore"), 404, "RUN201")


def test_people_talk_about_a_record(li, wang, goal):
    path = f"{PATH}/records/{goal['uid']}/comments"
    person = wang.get("/lookup/person?q=Li").get_json()["items"][0]["uid"]
    said = shaped("Comment", li.post(path, {"body": "hm", "mentions": [person]}), 201)
    assert said["told"] == []  # nobody tells himself
    (seen,) = shaped("CommentPage", li.get(path))["items"]
    assert seen["body"] == "hm"
    refused(li.post(path, {"body": " "}), 422, "RUN223", "body")
    shaped("Comment", li.call("PATCH", f"/comments/{said['uid']}", {"body": "oh"}))
    assert li.call("DELETE", f"/comments/{said['uid']}").status_code == 204


def test_views_are_kept(li):
    document = {"filter": "weight > 5%", "columns": ["name"], "sort": "-weight", "group": ["owner"]}
    saved = li.post(f"{PATH}/views", {"name": "mine", "document": document})
    view = shaped("View", saved, 201)
    assert view["document"] == document
    assert [v["name"] for v in shaped("ViewPage", li.get(f"{PATH}/views"))["items"]] == ["mine"]
    changed = {"name": "other", "document": {}, "base_version": 1}
    shaped("View", li.call("PUT", f"/views/{view['uid']}", changed))
    refused(li.call("PUT", f"/views/{view['uid']}", changed), 409, "RUN225")
    assert li.call("DELETE", f"/views/{view['uid']}").status_code == 204
    wrong = {"name": "x", "document": {"columns": ["none"]}}
    refused(li.post(f"{PATH}/views", wrong), 422, "RUN102", "document.columns.0")
    refused(li.post(f"{PATH}/views", {"name": "x", "document": {"x": 1}}), 422, "WEB203")


def test_many_records_change_in_the_background(li, wiring, goal):
    body = {"values": {"weight": "0.2"}, "uids": [goal["uid"]]}
    preview = shaped("BulkPreview", li.post(f"{PATH}/bulk/preview", body))
    assert (preview["count"], preview["would_change"]) == (1, 1)
    work = shaped("Work", li.post(f"{PATH}/bulk", body), 202)
    drain(wiring, "test")
    done = shaped("Work", li.get(f"/work/{work['uid']}"))
    assert (done["state"], done["written"]) == ("done", 1)
    assert work["uid"] in [w["uid"] for w in shaped("WorkPage", li.get("/work"))["items"]]
    undone = shaped("Work", li.post(f"/work/{work['uid']}/undo"), 202)
    shaped("Work", li.post(f"/work/{undone['uid']}/cancel"))
    drain(wiring, "test")
    assert shaped("Work", li.get(f"/work/{undone['uid']}"))["state"] == "cancelled"
    refused(li.post(f"{PATH}/bulk/preview", {"values": {"weight": "9"}}), 422, "BLD404", "weight")


def test_records_leave_and_come_in_as_files(admin, li, wiring):
    made = Workbook()
    for row in (["name", "weight"], ["Alpha", "0.2"], ["Beta", "viel"]):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    sent = admin.http.post(
        "/api/v1/files",
        data={"file": (io.BytesIO(out.getvalue()), "goals.xlsx")},
        headers={"X-CSRF-Token": admin.csrf},
    ).get_json()
    found = shaped("ImportPreview", admin.post(f"{PATH}/imports/preview", {"file": sent["uid"]}))
    mapping = {c["title"]: c["field"] for c in found["columns"]}
    assert mapping == {"name": "name", "weight": "weight"}
    body = {"file": sent["uid"], "mapping": mapping}
    tried = shaped("Work", admin.post(f"{PATH}/imports", {**body, "dry_run": True}), 202)
    work = shaped("Work", admin.post(f"{PATH}/imports", body), 202)
    drain(wiring, "test")
    assert shaped("Work", admin.get(f"/work/{tried['uid']}"))["written"] == 1
    done = shaped("Work", admin.get(f"/work/{work['uid']}"))
    assert (done["written"], done["refused"], done["rows"][0]["row"]) == (1, 1, 3)
    rows = load_workbook(io.BytesIO(admin.get(f"/work/{work['uid']}/refused").data)).active
    assert [cell.value for cell in rows[2]][:2] == ["Beta", "viel"]
    csv = admin.get(f"{PATH}/export?format=csv&columns=name,weight&q=Alpha")
    assert csv.mimetype == "text/csv"
    assert "attachment" in csv.headers["Content-Disposition"]
    assert csv.data.decode("utf-8-sig").splitlines()[1] == "Alpha,0.2"
    long = shaped("Work", admin.post(f"{PATH}/exports", {"columns": ["name"], "q": "Alpha"}), 202)
    refused(admin.get(f"/work/{long['uid']}/file"), 404, "RUN201")
    drain(wiring, "test")
    sheet = load_workbook(io.BytesIO(admin.get(f"/work/{long['uid']}/file").data)).active
    assert [cell.value for cell in sheet["A"]][1:] == ["Alpha"]
    assert li.get(f"{PATH}/export").status_code == 403
    for item in admin.get(f"{PATH}/records?q=Alpha").get_json()["items"]:
        admin.call("DELETE", f"{PATH}/records/{item['uid']}")
