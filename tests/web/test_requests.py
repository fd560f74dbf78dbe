"""What is refused before a view is called, and how it is told."""

import json

import pytest
from flask import Flask, g

from runtime.context import SYSTEM_ACTOR
from web import payloads, problems, queries
from web.routes import MissingPolicyError, Routes, add_routes, check_policies, public

routes = Routes()


@routes.post("/things", body=payloads.RecordChange)
@public
def change(asked):
    """Change a thing."""
    return {"values": asked.body["values"], "language": asked.language}


@routes.get("/things", query=queries.RecordQuery)
@public
def things(asked):
    """List things."""
    return {"items": [], "next": None, "query": dict(asked.query)}


@routes.get("/things/<uid:uid>")
@public
def thing(asked, uid):
    """One thing."""
    return {"uid": uid}


@routes.post("/nothing")
@public
def nothing(asked):
    """Needs no body."""
    return {"done": True}


@routes.get("/bug")
@public
def bug(asked):
    """Breaks."""
    raise RuntimeError("a secret detail")


@pytest.fixture(scope="module")
def client():
    app = Flask("test", static_folder=None)
    problems.install(app)

    @app.before_request
    def actor():
        g.actor = SYSTEM_ACTOR

    add_routes(app, None, routes.listed)
    check_policies(app)
    return app.test_client()


GOOD = {"values": {"a": "1"}, "base_version": 3}


def post(client, data, *, kind="application/json", path="/api/v1/things", **headers):
    if not isinstance(data, bytes | str):
        data = json.dumps(data)
    return client.post(path, data=data, content_type=kind, headers=headers)


def assert_problem(response, status, code):
    body = response.get_json(force=True)
    assert response.mimetype == "application/problem+json"
    assert response.status_code == status == body["status"], body
    assert body["code"] == code, body
    assert body["type"] == f"urn:plumbline:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body


def test_a_good_request_passes(client):
    response = post(client, GOOD)
    assert response.status_code == 200
    assert response.get_json() == {"values": {"a": "1"}, "language": "zh-CN"}


@pytest.mark.parametrize(
    ("data", "status", "code", "field"),
    [
        ("", 400, "BLD101", None),
        ("{", 400, "BLD101", None),
        ("[]", 400, "WEB101", None),
        ("null", 400, "WEB101", None),
        ('"x"', 400, "WEB101", None),
        ("[" * 100_000, 400, "BLD104", None),
        ('{"values": {"a": 1, "a": 2}}', 400, "BLD102", None),
        ('{"values": {"a": NaN}}', 400, "BLD103", "a"),
        ('{"values": {"a": 1e999}}', 400, "BLD103", "a"),
        ('{"values": {"a": 9223372036854775808}}', 400, "BLD103", "a"),
        (r'{"values": {"a": "\u0000"}}', 400, "BLD105", "a"),
        (r'{"values": {"a": "\ud800"}}', 400, "BLD105", "a"),
        (b'{"values": {"a": "\xff"}}', 400, "BLD101", None),
        ({**GOOD, "id": 5}, 422, "WEB203", "id"),
        ({"base_version": 3}, 422, "WEB201", "values"),
        ({**GOOD, "values": []}, 422, "WEB202", "values"),
        ({**GOOD, "values": None}, 422, "WEB204", "values"),
        ({**GOOD, "base_version": "3"}, 422, "WEB210", "base_version"),
        ({**GOOD, "base_version": 3.0}, 422, "WEB210", "base_version"),
        ({**GOOD, "base_version": True}, 422, "WEB210", "base_version"),
        ({**GOOD, "base_version": 2.58e-42}, 422, "WEB210", "base_version"),
        ({**GOOD, "base_version": -1}, 422, "WEB207", "base_version"),
        ({**GOOD, "base_version": 2**62}, 422, "WEB207", "base_version"),
    ],
)
def test_a_bad_body_is_refused_and_the_field_is_named(client, data, status, code, field):
    body = assert_problem(post(client, data), status, code)
    assert body["diagnostics"][0].get("field") == field


def test_the_body_must_be_json_and_not_too_large(client):
    assert_problem(post(client, GOOD, kind="text/plain"), 415, "WEB107")
    assert_problem(post(client, b"a=1", kind="application/x-www-form-urlencoded"), 415, "WEB107")
    large = json.dumps({"values": {"a": "x" * 1024 * 1024}, "base_version": 1})
    assert_problem(post(client, large), 413, "WEB106")


def test_a_route_without_a_body_takes_none(client):
    assert client.post("/api/v1/nothing").status_code == 200
    assert post(client, {}, path="/api/v1/nothing").status_code == 200
    assert_problem(post(client, {"x": 1}, path="/api/v1/nothing"), 422, "WEB203")


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("x=1", "WEB203", "x"),
        ("limit=0", "WEB207", "limit"),
        ("limit=9999", "WEB207", "limit"),
        ("limit=1.5", "WEB210", "limit"),
        ("limit=%EF%BC%95", "WEB210", "limit"),
        ("limit=" + "9" * 5000, "WEB210", "limit"),
        ("limit=1&limit=2", "WEB208", "limit"),
        ("filter=%00", "WEB202", "filter"),
        ("filter=" + "x" * 5000, "WEB205", "filter"),
        ("sort=", "WEB205", "sort"),
    ],
)
def test_a_bad_query_is_refused(client, query, code, field):
    body = assert_problem(client.get(f"/api/v1/things?{query}"), 422, code)
    assert body["diagnostics"][0]["field"] == field


def test_addresses_that_do_not_exist(client):
    assert_problem(client.get("/api/v1/none"), 404, "WEB104")
    assert_problem(client.get("/api/v1/things/a%00b"), 404, "WEB104")
    assert_problem(client.get("/api/v1/things/" + "a" * 65), 404, "WEB104")
    response = client.delete("/api/v1/things")
    assert_problem(response, 405, "WEB105")
    assert "GET" in response.headers["Allow"]


def test_a_bug_tells_a_number_and_nothing_else(client, caplog):
    response = client.get("/api/v1/bug")
    body = assert_problem(response, 500, "WEB110")
    assert "secret" not in response.get_data(as_text=True)
    number = body["detail"].rpartition(" ")[2]
    assert number in caplog.text
    caplog.clear()


def test_the_language_is_the_one_asked_for(client):
    def message(language):
        headers = {"Accept-Language": language} if language else {}
        return client.get("/api/v1/none", headers=headers).get_json(force=True)["title"]

    assert message("en-GB,en;q=0.9,zh;q=0.5") == "Not found"
    assert message("zh-TW,en;q=0.3") == "没有找到"
    assert message("fr, en;q=0.2") == "Not found"
    assert message("fr") == "没有找到"
    assert message("en;q=0, zh") == "没有找到"
    assert message(None) == "没有找到"


def test_an_unchanged_answer_is_not_sent_again(client):
    first = client.get("/api/v1/things")
    tag = first.headers["ETag"]
    again = client.get("/api/v1/things", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.get_data() == b""
    other = client.get("/api/v1/things?limit=5", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert "Accept-Language" in first.headers["Vary"]


def test_an_application_with_a_view_without_policy_does_not_start():
    bare = Routes()

    @bare.get("/open")
    def view(asked):
        return {}

    app = Flask("test", static_folder=None)
    add_routes(app, None, bare.listed)
    with pytest.raises(MissingPolicyError, match="has no policy"):
        check_policies(app)
