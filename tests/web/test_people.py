"""One person's data over the API: exported by the person, erased by an administrator."""

import io
import json
import zipfile

from runtime.worker import drain


def uid_of(caller, name):
    people = caller.get("/entities/person/records?limit=50").json["items"]
    return next(each["uid"] for each in people if each["display"] == name)


def test_a_person_takes_the_own_data_home_and_is_erased_with_consent(
    caller, admin, anybody, wiring
):
    own = caller("zhang")
    uid = uid_of(admin, "Zhang")
    made = own.post(f"/people/{uid}/exports", {})
    assert made.status_code == 202
    assert own.post(f"/people/{uid_of(admin, 'Li')}/exports", {}).status_code == 404
    drain(wiring, "test")
    content = own.get(f"/work/{made.json['uid']}/file").data
    assert "person.json" in zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert admin.get(f"/work/{made.json['uid']}/file").status_code == 404
    scopes = [each for each in own.get("/me/keys").json["scopes"] if each != "admin"]
    key = own.post("/me/keys", {"label": "all", "scopes": scopes, "days": 1}).json["key"]
    program = {"Authorization": f"Bearer {key}"}
    ways = (("GET", f"/work/{made.json['uid']}"), ("GET", f"/work/{made.json['uid']}/file"),
            ("POST", f"/people/{uid}/exports"))  # fmt: skip
    assert [anybody.call(*way, headers=program).status_code for way in ways] == [200, 404, 404]
    assert admin.post("/session/view-as", {"login": "zhang", "reason": "t"}).status_code == 200
    assert [admin.call(*way).status_code for way in ways] == [200, 404, 403]
    admin.call("DELETE", "/session/view-as")
    again = own.post("/me/exports", {})  # without knowing under which name one is recorded
    assert again.status_code == 202
    drain(wiring, "test")
    content = own.get(f"/work/{again.json['uid']}/file").data
    (person,) = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("person.json"))
    assert person["uid"] == uid
    assert admin.post("/me/exports", {}).json["code"] == "RUN124", "a person is missing"

    assert own.get(f"/people/{uid}/erasure").status_code == 403
    shown = admin.get(f"/people/{uid}/erasure").json
    assert {each["entity"] for each in shown["items"]} >= {"person"}
    stale = {"reason": "left", "consent": "x"}
    assert admin.post(f"/people/{uid}/erasure", stale).json["code"] == "RUN120"
    asked = {"reason": "left", "consent": shown["consent"]}
    begun = admin.post(f"/people/{uid}/erasure", asked)
    assert begun.status_code == 202
    drain(wiring, "test")
    assert admin.get(f"/work/{begun.json['uid']}").json["state"] == "done"
    gone = admin.get(f"/entities/person/records/{uid}").json
    assert gone["display"].startswith("anon-")
    assert own.get("/me/summary").status_code == 401


def test_what_personal_data_is_for_is_part_of_the_description(admin):
    fields = admin.get("/entities/person").json["fields"]
    told = {each["key"]: each["privacy"] for each in fields}
    assert told["email"]["class"] == "personal"
    assert told["email"]["purpose"]["en"] == "To send tasks and reminders"
    assert told["active"] is None
