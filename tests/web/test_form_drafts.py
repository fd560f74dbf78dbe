"""Drafts of forms: kept as typed, for their writer alone, until the form is sent."""

import pytest

from .test_api import refused, shaped

PATH = "/form-drafts"
FORM = "perf.goal_form"
KEYS = (f"draft-{n:04d}" for n in range(1000))


@pytest.fixture
def key():
    return next(KEYS)


def typed(li, key, base=0, **inputs):
    body = {"form": FORM, "inputs": inputs, "base_version": base}
    return li.call("PUT", f"{PATH}/{key}", body)


def keys(caller, query=""):
    return [item["key"] for item in shaped("FormDraftPage", caller.get(f"{PATH}{query}"))["items"]]


def test_a_half_filled_form_is_resumed_on_another_device(li, caller, key):
    kept = shaped("KeptDraft", typed(li, key, name="", weight="12."))
    assert kept["version"] == 1
    telephone = caller("li")
    assert keys(telephone, f"?form={FORM}")[0] == key
    found = shaped("FormDraft", telephone.get(f"{PATH}/{key}"))
    assert found["inputs"] == {"name": "", "weight": "12."}, "neither required nor judged"
    assert found["label"]["en"]
    typed(telephone, key, 1, weight="12.5")
    refused(typed(li, key, 1, weight="13"), 409, "RUN130")
    assert li.get(f"{PATH}/{key}").get_json()["inputs"] == {"weight": "12.5"}
    assert li.call("DELETE", f"{PATH}/{key}").status_code == 204
    refused(li.get(f"{PATH}/{key}"), 404, "RUN201")


def test_nobody_else_sees_it(li, wang, admin, key):
    typed(li, key, name="secret")
    for other in (wang, admin):
        refused(other.get(f"{PATH}/{key}"), 404, "RUN201")
        refused(other.call("DELETE", f"{PATH}/{key}"), 404, "RUN201")
        assert key not in keys(other)
    admin.post("/session/view-as", {"login": "li", "reason": "ticket 17"})
    assert keys(admin) == []
    refused(admin.get(f"{PATH}/{key}"), 404, "RUN201")
    assert key in keys(li)


def test_sending_the_form_ends_its_draft(li, key):
    typed(li, key, name="x")
    values = {"name": "x", "start": "2026-01-05", "end": "2026-02-05"}
    assert li.post(f"/forms/{FORM}/submissions", {"key": key, "values": {}}).status_code == 422
    assert key in keys(li), "a refused form is still a draft"
    sent = li.post(f"/forms/{FORM}/submissions", {"key": key, "values": values})
    assert sent.status_code == 201
    assert key not in keys(li)
    refused(typed(li, key, name="too late"), 409, "RUN131")


def test_what_a_draft_may_be(li, key):
    refused(typed(li, key, no_such_field="x"), 422, "RUN102", "inputs.no_such_field")
    refused(typed(li, key, name="x" * 262_144), 422, "RUN132", "inputs")
    for form in ("no.such", "perf.machine", "perf.no_form"):
        body = {"form": form, "inputs": {}, "base_version": 0}
        assert li.call("PUT", f"{PATH}/{key}", body).status_code in (403, 404)
    for place in ({"task": "nobodys"}, {"record": "nobodys"}):
        body = {"form": FORM, "inputs": {}, "base_version": 0, **place}
        refused(li.call("PUT", f"{PATH}/{key}", body), 404, "RUN201")
    assert key not in keys(li)


def test_there_is_an_end_to_how_many(wang, monkeypatch):
    monkeypatch.setattr("runtime.form_drafts.MOST_DRAFTS", 1)
    body = {"form": FORM, "inputs": {}, "base_version": 0}
    first, second = next(KEYS), next(KEYS)
    assert wang.call("PUT", f"{PATH}/{first}", body).status_code == 200
    refused(wang.call("PUT", f"{PATH}/{second}", body), 422, "RUN133")
    assert wang.call("PUT", f"{PATH}/{first}", {**body, "base_version": 1}).status_code == 200
