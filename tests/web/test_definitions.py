"""Definitions over the API: plan, consent, drafts, revisions, changes that can be undone."""

import json

import pytest

from runtime.worker import drain

PACK = {"kind": "pack", "key": "shelf", "version": "1.0.0"}


def files(*fields, **more):
    entity = {"kind": "entity", "key": "box", "display": "name",
              "fields": [{"key": "name", "type": "text"}, *fields], **more}  # fmt: skip
    made = {"pack.json": PACK, "entities/box.json": entity}
    return {path: json.dumps(each) for path, each in made.items()}


TEXT = {"key": "size", "type": "text", "label": {"zh-CN": "尺寸", "en": "Size"}}
NUMBER = {**TEXT, "type": "integer"}


@pytest.fixture
def shelf(admin, wiring):
    """A pack of its own with two boxes, as text; the same at every start."""
    body = {"files": files(TEXT), "consent": ["shelf.box.size"]}
    assert admin.post("/definitions/publish", body).status_code == 200
    drain(wiring, "test")
    listed = admin.get("/entities/shelf.box/records").get_json()["items"]
    for each in listed:
        admin.call("DELETE", f"/entities/shelf.box/records/{each['uid']}")
    for name, size in (("a", "12"), ("b", "large")):
        values = {"values": {"name": name, "size": size}}
        assert admin.post("/entities/shelf.box/records", values).status_code == 201
    return admin


def sizes(caller):
    found = caller.get("/entities/shelf.box/records").get_json()["items"]
    return {each["values"]["name"]: each["values"]["size"] for each in found}


def test_a_plan_is_read_consented_to_and_undone(shelf):
    body = {"files": files(NUMBER)}
    plan = shelf.post("/definitions/plan", body).get_json()
    assert plan["consent"] == ["shelf.box.size"]
    (conversion,) = plan["conversions"]
    assert conversion["field"] == "shelf.box.size"
    assert conversion["failed"] >= 1
    assert conversion["rows"][-1]["value"] == "large"
    assert "Size" in conversion["rows"][-1]["reason"]
    chinese = shelf.post("/definitions/plan", body, headers={"Accept-Language": "zh-CN"})
    assert "尺寸" in chinese.get_json()["conversions"][0]["rows"][-1]["reason"]
    refused = shelf.post("/definitions/publish", body)
    assert (refused.status_code, refused.get_json()["diagnostics"][0]["code"]) == (422, "RUN411")
    done = shelf.post("/definitions/publish", {**body, "consent": plan["consent"]})
    assert done.get_json()["waiting"] is None
    assert sizes(shelf) == {"a": "12", "b": None}
    change = shelf.get("/definitions/changes").get_json()["items"][0]
    assert (change["before"], change["after"], change["can_undo"]) == ("text", "integer", True)
    failures = shelf.get(f"/definitions/changes/{change['uid']}/failures").get_json()["items"]
    assert failures[-1]["value"] == "large"
    of = f"/definitions/changes/{change['uid']}/failures?of=versions"
    assert shelf.get(of).get_json()["items"][-1]["value"] == "large"
    undone = shelf.post(f"/definitions/changes/{change['uid']}/undo", {})
    assert undone.status_code == 200
    assert sizes(shelf) == {"a": "12", "b": "large"}
    again = shelf.post(f"/definitions/changes/{change['uid']}/undo", {})
    assert (again.status_code, again.get_json()["code"]) == (409, "RUN417")


def test_a_long_publication_is_followed_and_cancelled(shelf, wiring, monkeypatch):
    from runtime import reshape

    monkeypatch.setattr(reshape, "FEW", 0)
    body = {"files": files(NUMBER)}
    waiting = shelf.post("/definitions/publish", body).get_json()["waiting"]
    assert waiting is not None
    drain(wiring, "test")
    found = shelf.get("/definitions/publications").get_json()["items"][0]
    assert (found["uid"], found["state"]) == (waiting, "waiting")
    assert found["problems"][0]["code"] == "RUN411"
    path = f"/definitions/publications/{waiting}"
    assert shelf.post(f"{path}/cancel", {}).status_code == 200
    assert shelf.post(f"{path}/cancel", {}).status_code == 409
    assert sizes(shelf) == {"a": "12", "b": "large"}
    waiting = shelf.post("/definitions/publish", body).get_json()["waiting"]
    drain(wiring, "test")
    path = f"/definitions/publications/{waiting}"
    assert shelf.post(f"{path}/consent", {"consent": ["shelf.box.size"]}).status_code == 200
    drain(wiring, "test")
    assert sizes(shelf) == {"a": "12", "b": None}


def test_what_uses_a_field(admin):
    found = admin.get("/definitions/used-in?entity=perf.goal&field=start").get_json()["items"]
    assert {"metric", "entity"} <= {each["kind"] for each in found}
    missing = admin.get("/definitions/used-in?entity=perf.goal&field=nothing")
    assert missing.status_code == 404


def test_drafts_are_saved_planned_and_published(shelf):
    path = "/definitions/drafts/entity/shelf.box"
    document = json.loads(files(TEXT, {"key": "colour", "type": "text"})["entities/box.json"])
    saved = shelf.call("PUT", path, {"document": document, "version": 0}).get_json()
    assert saved["version"] == 1
    stale = shelf.call("PUT", path, {"document": document, "version": 0})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "RUN407")
    names = {"names": ["entity shelf.box"]}
    plan = shelf.post("/definitions/drafts/plan", names).get_json()
    assert [step["do"] for step in plan["plan"]["steps"]] == ["AddField"]
    before = shelf.get("/definitions/revisions").get_json()["items"][0]["revision"]
    shelf.post("/definitions/publish", {"files": files(TEXT, {"key": "weight", "type": "text"})})
    refused = shelf.post("/definitions/drafts/publish", names)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "RUN418")
    theirs = refused.get_json()["details"]["theirs"]
    assert [each["key"] for each in theirs["fields"]] == ["name", "size", "weight"]
    assert shelf.call("DELETE", path).status_code == 204
    assert shelf.get("/definitions/drafts").get_json()["items"] == []
    back = shelf.post("/definitions/rollback", {"revision": before})
    assert back.get_json()["diagnostics"][0]["code"] == "RUN413"
    consent = {"revision": before, "consent": ["shelf.box.weight"]}
    newest = shelf.post("/definitions/rollback", consent).get_json()["revision"]
    same = shelf.get(f"/definitions/compare?older={before}&newer={newest}").get_json()
    assert same["documents"] == []
    unknown = shelf.call("PUT", "/definitions/drafts/nothing/shelf.box",
                         {"document": None, "version": 0})  # fmt: skip
    assert unknown.status_code == 404
