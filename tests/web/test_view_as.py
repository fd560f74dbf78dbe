"""An administrator looks as somebody else: the same answers, nothing changed, all of it on record."""

import json

import pytest
from sqlalchemy import select

from store.tables import audit

PATHS = (
    "/entities", "/entities/perf.goal/records", "/entities/person/records", "/me/summary",
    "/tasks", "/metrics", "/notices", "/forms", "/entities/perf.weekly_report/records",
    "/lookup/person", "/accounts", "/incidents", "/entities/no.such/records",
)  # fmt: skip


@pytest.fixture
def viewing(admin):
    """An administrator who looks as Li."""
    told = {"login": "li", "reason": "ticket 17"}
    response = admin.post("/session/view-as", told)
    assert response.status_code == 200
    yield admin, response
    admin.call("DELETE", "/session/view-as")


def said(response):
    body = response.get_json(force=True)
    for key in ("now", "clock_factor"):
        body.pop(key, None)
    return response.status_code, body


def test_every_answer_is_what_that_person_would_get(viewing, li, admin):
    looking, _ = viewing
    english = {"headers": {"Accept-Language": "en"}}
    answers = [said(looking.get(path, **english)) for path in PATHS]
    assert answers == [said(li.get(path, **english)) for path in PATHS]
    assert {status for status, _ in answers} == {200, 403, 404}


def test_the_session_says_who_is_looking(viewing):
    looking, response = viewing
    body = response.get_json()
    assert (body["viewed_by"], body["account"]["login"]) == ("admin", "li")
    assert body["account"]["admin"] is False
    assert looking.get("/session").get_json()["viewed_by"] == "admin"
    assert looking.call("DELETE", "/session/view-as").status_code == 204
    body = looking.get("/session").get_json()
    assert (body["viewed_by"], body["account"]["login"]) == (None, "admin")


def test_nothing_can_be_changed_meanwhile(viewing):
    looking, _ = viewing
    tried = [
        ("POST", "/entities/perf.goal/records", {"values": {"title": "x"}}),
        ("PATCH", "/session", {"language": "en"}),
        ("POST", "/session/view-as", {"login": "wang", "reason": "further"}),
        ("POST", "/notices/none/read", None),
    ]
    for method, path, body in tried:
        response = looking.call(method, path, body)
        assert response.status_code == 403, path
    assert looking.post("/notices/none/read").get_json(force=True)["code"] == "WEB118"


def test_it_is_on_record_with_the_reason(viewing, wiring):
    looking, _ = viewing
    looking.call("DELETE", "/session/view-as")
    with wiring.reading() as ctx:
        chosen = select(audit.c.actor, audit.c.action, audit.c.detail).order_by(audit.c.seq.desc())
        end, begin = ctx.uow.execute(chosen.where(audit.c.action.like("view_as%")).limit(2)).all()
    assert (begin.actor, begin.action) == ("admin", "view_as.begin")
    assert json.loads(begin.detail) == {"login": "li", "reason": "ticket 17"}
    assert (end.actor, end.action) == ("admin", "view_as.end")


def test_only_administrators_look_and_only_with_a_reason(li, admin):
    assert li.post("/session/view-as", {"login": "wang", "reason": "x"}).status_code == 403
    assert admin.post("/session/view-as", {"login": "li", "reason": "  "}).status_code == 422
    assert admin.post("/session/view-as", {"login": "nobody", "reason": "x"}).status_code == 404
    assert admin.get("/session").get_json()["viewed_by"] is None


def test_looking_ends_with_the_session(viewing, wiring):
    looking, _ = viewing
    assert looking.call("DELETE", "/session").status_code == 204
    assert looking.get("/session").status_code == 401
